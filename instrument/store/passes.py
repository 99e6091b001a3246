"""A pupil's pass: the keys of a session, sealed by the broker, so that it outlives broker and server.

Without it a restart in the middle of a lesson would ask thirty children for their codes again. Nobody but
the broker can open or make one; who holds it can do what the session can, and no more, until it is over.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from instrument.store.keys import KEY_BYTES, TAG_BYTES, CodeKeys

if TYPE_CHECKING:
    from collections.abc import Callable

NONCE_BYTES: Final = 12
VALID_SECONDS: Final = 8 * 3600
"""A school day; then the code is asked again."""
_FORM: Final = struct.Struct(f">Q4s16s{TAG_BYTES}s{TAG_BYTES}s{TAG_BYTES}s{KEY_BYTES}s")
_PURPOSE: Final = b"weerglas pupil's pass 1"


@dataclass(frozen=True, slots=True)
class Pass:
    """What a session needs of its code; `name` numbers the session's answers in the draft."""

    afname_id: str
    keys: CodeKeys = field(repr=False)
    name: str


class Passes:
    """Seals and opens passes under one key."""

    def __init__(self, key: bytes, *, clock: Callable[[], float] = time.time) -> None:
        self._cipher = AESGCM(key)
        self._clock = clock

    def seal(self, content: Pass) -> str:
        """Return a pass as text for a cookie; two of the same content differ."""
        keys = content.keys
        plain = _FORM.pack(
            int(self._clock()) + VALID_SECONDS,
            bytes.fromhex(content.name),
            bytes.fromhex(content.afname_id),
            keys.code_tag,
            keys.spent_tag,
            keys.draft_tag,
            keys.draft_key,
        )
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._cipher.encrypt(nonce, plain, _PURPOSE)).decode()

    def open(self, text: str) -> Pass | None:
        """Return what is in a pass; None where it is no pass of ours, or is over."""
        try:
            sealed = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _PURPOSE)
        except (binascii.Error, ValueError, InvalidTag):
            return None
        until, name, afname_id, *tags = _FORM.unpack(plain)
        if until < self._clock():
            return None
        return Pass(afname_id.hex(), CodeKeys(*tags), name.hex())
