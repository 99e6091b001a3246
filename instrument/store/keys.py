"""Keys: everything that is derived from the secret of a data folder, and from a deelnamecode."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Effort:
    """What one derivation costs; the default is OWASP's for argon2id, about 30 ms and 19 MiB."""

    memory_kib: int = 19 * 1024
    passes: int = 2


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """What a code opens; nobody can compute one of these from another, nor any without the code."""

    code_tag: bytes = field(repr=False)
    spent_tag: bytes = field(repr=False)
    draft_tag: bytes = field(repr=False)
    draft_key: bytes = field(repr=False)


class Keys:
    """The pepper and the MAC key of one data folder, ready for use."""

    def __init__(self, secret: bytes, *, effort: Effort | None = None) -> None:
        self._pepper = _derive(secret, "pepper", KEY_BYTES)
        self._mac_key = _derive(secret, "mac", KEY_BYTES)
        self.pass_key = _derive(secret, "pass", KEY_BYTES)
        self.ledger_key = Ed25519PrivateKey.from_private_bytes(_derive(secret, "ledger", KEY_BYTES))
        self._effort = effort or Effort()

    def of_code(self, code: str, salt: bytes) -> CodeKeys:
        """Derive what a bare code opens in the afname with this salt; slow on purpose, so not in a loop."""
        stretched = hash_secret_raw(
            code.encode() + self._pepper,
            salt,
            time_cost=self._effort.passes,
            memory_cost=self._effort.memory_kib,
            parallelism=1,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
        return CodeKeys(
            code_tag=_derive(stretched, "code", TAG_BYTES),
            spent_tag=_derive(stretched, "spent", TAG_BYTES),
            draft_tag=_derive(stretched, "draft", TAG_BYTES),
            draft_key=_derive(stretched, "draft key", KEY_BYTES),
        )

    def mac(self, kind: str, *parts: str | int) -> bytes:
        """Return the seal over some facts; only who has the secret can make or check it."""
        # As a JSON list, so that moving a border between two parts gives other bytes.
        facts = json.dumps([kind, *parts], ensure_ascii=False).encode()
        return hmac.digest(self._mac_key, facts, hashlib.sha256)


def _derive(material: bytes, purpose: str, length: int) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=length, info=f"weerglas {purpose}".encode()).derive(material)
