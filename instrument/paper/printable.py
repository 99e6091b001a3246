"""Signs that our fonts on paper do not have: Typst refuses an accessible PDF that would show a gap."""

from __future__ import annotations

import unicodedata
from typing import Any, Final

STAND_IN: Final = "\u25a1"
"""A white square, in the place of each sign that cannot be printed."""
_PRINTED: Final = (
    (0x20, 0x7F),
    (0xA0, 0x370),  # Latin, phonetic, accents
    (0x370, 0x460),  # Greek and Cyrillic
    (0x2010, 0x2041),  # dashes, quotation marks, dots
    (0x20A0, 0x20C0),  # currencies
    (0x2190, 0x2270),  # arrows, mathematics
    (0x25A0, 0x2600),  # shapes
)
"""Half-open ranges of code points that the fonts of `fonts/` and those inside Typst have, where assigned."""


def printable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a document with a stand-in for every sign that no font has: an emoji, Arabic, Chinese."""
    if isinstance(value, str):
        return "".join(map(_printed, unicodedata.normalize("NFC", value)))
    if isinstance(value, dict):
        return {key: printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [printable(part) for part in value]
    return value


def _printed(sign: str) -> str:
    is_ours = any(first <= ord(sign) < end for first, end in _PRINTED)
    is_printed = (is_ours and unicodedata.category(sign) not in ("Cc", "Cf", "Cn")) or sign == "\n"
    return sign if is_printed else STAND_IN
