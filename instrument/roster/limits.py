"""What a stamgroep can be: the one rule for forms, files and the store."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from instrument.afname import Stamgroep

MOST_GROUPS: Final = 150
"""Stamgroepen of one vestiging; the largest Dutch secondary schools have some 120 classes."""
MOST_PUPILS: Final = 200
"""Of one stamgroep; a whole leerjaar may be registered as one."""
LONGEST_NAME: Final = 40
LEERJAREN: Final = {"po": range(1, 9), "so": range(1, 9), "vso": range(1, 7), "vo": range(1, 7)}
FORMULA_SIGNS: Final = "=+-@|%'"
"""A name that begins with one of these would be a formula in somebody's spreadsheet."""


def faults_of(group: Stamgroep, sector: str) -> list[str]:
    """Return the codes of what is wrong with a stamgroep, keys of sentences.toml; none where it is right."""
    found = [name_fault(group.name)]
    if isinstance(group.leerjaar, bool) or group.leerjaar not in LEERJAREN[sector]:
        found.append("leerjaar")
    if isinstance(group.pupils, bool) or not 1 <= group.pupils <= MOST_PUPILS:
        found.append("leerlingen")
    return [fault for fault in found if fault is not None]


def name_fault(name: str) -> str | None:
    """Return the code of what is wrong with the name of a stamgroep."""
    if not name or name != name.strip():
        return "naam_leeg"
    if len(name) > LONGEST_NAME:
        return "naam_lang"
    if is_hidden(name):
        return "naam_teken"
    return "naam_formule" if unicodedata.normalize("NFKC", name)[0] in FORMULA_SIGNS else None


def is_hidden(text: str) -> bool:
    """Tell whether a text holds a sign that is not seen: a control, a change of direction, half a pair."""
    return any(unicodedata.category(sign)[0] == "C" or sign in "\u2028\u2029" for sign in text)
