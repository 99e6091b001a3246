"""Names of sessions and of their comms: any worker can check one, nobody can make one for another's visit.

A name holds the nonce of a page and a code over it and the visit's capability, so workers need not tell each
other which sessions there are: the one that is asked opens it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from typing import Final

NONCE_BYTES: Final = 6
CODE_BYTES: Final = 10
_SESSION: Final = b"weerglas session\0"
_COMM: Final = b"weerglas comm\0"


class Names:
    """Makes and checks names under one secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def new(self, capability: str) -> str:
        """Return a name for another page of a visit, in the form of a kernel's id."""
        return self._name(secrets.token_bytes(NONCE_BYTES), capability)

    def belongs(self, name: str, capability: str) -> bool:
        """Tell whether a name was made for a page of this visit."""
        try:
            nonce = uuid.UUID(name).bytes[:NONCE_BYTES]
        except ValueError:
            return False
        return hmac.compare_digest(self._name(nonce, capability).encode(), name.encode())

    def comm(self, name: str, number: int) -> str:
        """Return the name of a session's so many-th comm: the same on every worker."""
        return hmac.digest(self._secret, _COMM + f"{name} {number}".encode(), hashlib.sha256).hex()[:32]

    def _name(self, nonce: bytes, capability: str) -> str:
        code = hmac.digest(self._secret, _SESSION + nonce + capability.encode(), hashlib.sha256)
        return str(uuid.UUID(bytes=nonce + code[:CODE_BYTES]))
