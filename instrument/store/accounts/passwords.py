"""Passwords of accounts: kept as argon2id, and refused where a stranger would guess them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from instrument.store.refusals import Refused

SHORTEST: Final = 12
LONGEST: Final = 200
FEWEST_DIFFERENT: Final = 5
"""Signs that differ; `aaaaaaaaaaaa` and `121212121212` have fewer."""

FEWEST_OWN: Final = 4
"""Letters that differ in what is left of a password once the words that everybody tries are out."""

_HASHER: Final = PasswordHasher()
_LOOKALIKES: Final = str.maketrans("013457@$!", "oieastasi")
_NO_LETTER: Final = re.compile(r"[^a-z]+")
_ROWS: Final = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "0123456789")


def hashed(password: str) -> str:
    """Return what is kept of a password; slow on purpose."""
    return _HASHER.hash(password)


def is_right(known: str | None, password: str) -> bool:
    """Tell whether a password is the one of a hash; of no hash as slowly, so that time tells no names."""
    try:
        return _HASHER.verify(known or _nobody(), password[:LONGEST]) and known is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, *, name: str, school: str = "") -> None:
    """Refuse a password that is too short, too long, or among the first that a stranger tries."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused("password_length", {"least": SHORTEST, "most": LONGEST})
    if _is_silly(password.casefold(), name.casefold(), school.casefold()):
        raise Refused("password_silly")


def _is_silly(password: str, name: str, school: str) -> bool:
    if len(set(password)) < FEWEST_DIFFERENT or any(password in row for row in _rows()):
        return True
    letters = _NO_LETTER.sub("", password.translate(_LOOKALIKES))
    known = sorted({*_silly_words(), *_words(name), *_words(school)}, key=len, reverse=True)
    rest = letters
    for word in known:
        rest = rest.replace(word, "")
    return rest != letters and len(set(rest)) < FEWEST_OWN


@cache
def _rows() -> tuple[str, ...]:
    return tuple(way * 2 for row in _ROWS for way in (row, row[::-1]))


def _words(text: str) -> list[str]:
    return [word for word in _NO_LETTER.split(text) if len(word) > 2]  # noqa: PLR2004 - "de" is in every password


@cache
def _silly_words() -> tuple[str, ...]:
    text = (
        resources.files("instrument.store.accounts")
        .joinpath("silly_passwords.toml")
        .read_text(encoding="utf-8")
    )
    return tuple(tomllib.loads(text)["words"])


@cache
def _nobody() -> str:
    return hashed("nobody's password")
