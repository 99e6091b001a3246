"""What a note may hold: plain text of a page and a half, and no sign that shows other than it says."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 5_000
"""Signs: a page and a half of the report."""
MOST_LINES: Final = 40
"""Lines with words in them: a list of measures, not a table."""
TOO_LONG, TOO_MANY_LINES, HIDDEN_SIGN = "too_long", "too_many_lines", "hidden_sign"

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# control signs, halves of signs, and line ends other than our own
_UNSEEN: Final = ("Cc", "Cs", "Zl", "Zp")
_SENTENCES: Final = {
    TOO_LONG: f"give at most {LONGEST} signs",
    TOO_MANY_LINES: f"give at most {MOST_LINES} lines",
    HIDDEN_SIGN: "take out control signs and signs that turn the direction of reading",
}


class NoteFault(ValueError):  # noqa: N818 - it reads as the fact it is
    """A text cannot be kept; `reason` says why, and nothing repeats the text."""

    def __init__(self, reason: str) -> None:
        super().__init__(_SENTENCES[reason])
        self.reason = reason


def plain(given: str) -> str:
    """Return a text with its lines ended alike; raises `NoteFault`."""
    if not isinstance(given, str):
        raise TypeError("give a text")
    text = given.replace("\r\n", "\n").strip(" \n")
    if len(text) > LONGEST:
        raise NoteFault(TOO_LONG)
    if sum(bool(line.strip()) for line in text.split("\n")) > MOST_LINES:
        raise NoteFault(TOO_MANY_LINES)
    if any(sign in _BIDI or (sign != "\n" and unicodedata.category(sign) in _UNSEEN) for sign in text):
        raise NoteFault(HIDDEN_SIGN)
    return text
