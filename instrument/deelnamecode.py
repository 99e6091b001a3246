"""Deelnamecodes: twelve signs that a pupil types over from a slip; knows no afname and no store."""

from __future__ import annotations

import re
import secrets
from typing import Final

ALPHABET: Final = "BCDFHJKMNPRTWX347"
"""Seventeen signs, a prime number: no vowels, hence no words, and none that looks like another."""
LENGTH: Final = 12
"""Eleven drawn signs and one check sign: 17 ** 11, about 3.4e13 codes."""
GROUP: Final = 4

_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}
_IGNORED: Final = re.compile(r"[\s\-\u2010-\u2015_.]+")


class MalformedCode(ValueError):  # noqa: N818 - it reads as the fact it is
    """Text that cannot be a deelnamecode; the message never repeats what was typed."""


def generate() -> str:
    """Draw a new code and return it in groups, as in `BCDF-HJKM-NPR3`."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return spell(drawn + _check_sign(drawn))


def normalise(text: str) -> str:
    """Return the twelve bare capitals of a code; case, spaces and dashes are ignored."""
    code = _IGNORED.sub("", text).upper()
    if len(code) != LENGTH:
        raise MalformedCode(f"a deelnamecode has {LENGTH} signs, not {len(code)}; type all three groups")
    if any(sign not in _VALUES for sign in code):
        raise MalformedCode(f"a deelnamecode has only the signs {ALPHABET}; look at the slip again")
    if _check_sign(code[:-1]) != code[-1]:
        raise MalformedCode("the signs of this deelnamecode do not fit together; look at the slip again")
    return code


def spell(code: str) -> str:
    """Return a bare code in three groups of four, as it is printed on a slip."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _check_sign(drawn: str) -> str:
    # Weights 1..11, and 16 (that is, minus one) for the check sign itself: modulo a prime every weight
    # differs and none is zero, so each single typo and each swap of two signs changes the sum.
    total = sum(weight * _VALUES[sign] for weight, sign in enumerate(drawn, start=1))
    return ALPHABET[total % len(ALPHABET)]
