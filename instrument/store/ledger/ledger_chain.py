"""The chain: each event hashed over the one before and signed; finds what was changed, added or cut off.

Works on records: rows as they lie in the store, the payload as text, so that not one byte escapes the hash.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cryptography.exceptions import InvalidSignature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Record: TypeAlias = "Mapping[str, Any]"
"""A row of the ledger, its payload still the text that was signed."""

FIRST: Final = "sha256:" + "0" * 64
"""What stands before the first event."""
COLUMNS: Final = (
    "seq", "type", "vestigingsnummer", "schooljaar", "actor", "role", "level", "date", "at_utc", "at_local",
    "request_id", "payload", "previous", "hash", "signature",
)  # fmt: skip
_SEALS: Final = ("hash", "signature")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that somebody outside wrote down: printed in every mail, and so beyond whoever has the store."""

    seq: int
    hash: str

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Read `12:sha256:…`, as a mail prints it; raises `ValueError` naming the form."""
        seq, colon, digest = text.strip().partition(":")
        if not colon or not seq.isdecimal() or len(digest) != len(FIRST) or not digest.startswith("sha256:"):
            raise ValueError(f'"{text}": write number and hash as the mail does, 12:sha256:… (64 signs)')
        return cls(int(seq), digest)

    def __str__(self) -> str:
        """Return the form of the mails."""
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class ChainFault:
    """What is wrong at one place of the ledger; `kind` is a key of ledger.toml."""

    kind: str
    seq: int
    detail: str = ""

    def __str__(self) -> str:
        """Return the sentence: place, fault, remedy."""
        return sentences()[self.kind].format(seq=self.seq, detail=self.detail)


def record_hash(record: Record) -> str:
    """Return the hash over everything of a record but its own seals."""
    facts = {name: value for name, value in record.items() if name not in _SEALS}
    return "sha256:" + hashlib.sha256(canonical(facts).encode()).hexdigest()


def sealed(facts: Record, key: Ed25519PrivateKey) -> dict[str, Any]:
    """Return a record with its hash and the signature over that hash."""
    digest = record_hash(facts)
    return {**facts, "hash": digest, "signature": key.sign(digest.encode()).hex()}


def is_sealed(record: Record, key: Ed25519PublicKey) -> bool:
    """Tell whether a record says what it said when it was signed."""
    return record["hash"] == record_hash(record) and _is_signed(record, key)


def faults(
    records: Iterable[Record], key: Ed25519PublicKey, *, anchors: Iterable[Anchor] = ()
) -> Iterator[ChainFault]:
    """Find everything that is wrong in a whole ledger, the oldest event first."""
    awaited = {anchor.seq: anchor.hash for anchor in anchors}
    previous, seq = FIRST, 0
    for record in records:
        yield from _faults_of(record, seq + 1, previous, key)
        seq, previous = record["seq"], record["hash"]
        if awaited.pop(seq, previous) != previous:
            yield ChainFault("not_the_anchor", seq)
    for missing in sorted(awaited):
        yield ChainFault("cut_off", missing, str(seq))


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


@cache
def sentences() -> dict[str, str]:
    """Return the sentence of every kind of fault."""
    text = resources.files("instrument.store.ledger").joinpath("ledger.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))


def _faults_of(record: Record, expected: int, previous: str, key: Ed25519PublicKey) -> Iterator[ChainFault]:
    seq = record["seq"]
    if seq != expected:
        yield ChainFault("not_the_next", seq, str(expected))
    if record["previous"] != previous:
        yield ChainFault("not_chained", seq)
    if record["hash"] != record_hash(record):
        yield ChainFault("changed", seq)
    elif not _is_signed(record, key):
        yield ChainFault("not_signed", seq)


def _is_signed(record: Record, key: Ed25519PublicKey) -> bool:
    try:
        signature = bytes.fromhex(record["signature"])
        # only the one spelling: fromhex would also take capitals and spaces
        if signature.hex() != record["signature"]:
            return False
        key.verify(signature, record["hash"].encode())
    except (InvalidSignature, ValueError):
        return False
    return True
