"""Looking for many secrets in many bytes at once: as they are, and as hexadecimal text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = 8
CHUNK = 1 << 22


def found(raw: bytes, secrets: Iterable[bytes]) -> list[bytes]:
    """Return the secrets, each of eight bytes or more, that stand somewhere in raw bytes."""
    forms = {form: secret for secret in secrets for form in (secret, secret.hex().encode())}
    by_start: dict[int, list[bytes]] = {}
    for form in forms:
        by_start.setdefault(int.from_bytes(form[:WORD], "little"), []).append(form)
    starts = np.sort(np.fromiter(by_start, dtype=np.uint64))
    hits = {
        forms[form]
        for at in _places(raw, starts)
        for form in by_start[int.from_bytes(raw[at : at + WORD], "little")]
        if raw[at : at + len(form)] == form
    }
    return sorted(hits)


def _places(raw: bytes, starts: np.ndarray) -> Iterable[int]:
    whole = raw + bytes(WORD)
    for begin in range(0, len(raw), CHUNK):
        for shift in range(WORD):
            n_words = (min(CHUNK, len(raw) - begin) + WORD - 1) // WORD
            if begin + shift + n_words * WORD > len(whole):
                n_words = (len(whole) - begin - shift) // WORD
            words = np.frombuffer(whole, dtype="<u8", count=n_words, offset=begin + shift)
            at = np.searchsorted(starts, words)
            at[at == len(starts)] = 0
            for hit in np.flatnonzero(starts[at] == words):
                yield begin + shift + int(hit) * WORD
