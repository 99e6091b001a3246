"""A file with pupil counts, read without trusting it: CSV, XLSX, or the counts out of EDEXML and UWLR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from instrument.roster import delimited, edexml, spreadsheet
from instrument.roster.rules import RosterFaults, checked, said

if TYPE_CHECKING:
    from instrument.afname import Stamgroep

LARGEST: Final = 10_000_000
"""Bytes. The EDEXML of 2,500 pupils takes some four million."""
_PACKED: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds, and what a person should know of how it was read."""

    groups: list[Stamgroep]
    notes: tuple[str, ...] = ()


def read(content: bytes, *, sector: str, vestigingsnummer: str) -> Found:
    """Return the stamgroepen in a file; what it is, is seen from its bytes and not from its name.

    Raises:
        RosterFaults: with every fault at once; of what is refused nothing is kept.
    """
    if len(content) > LARGEST:
        raise RosterFaults([said("te_groot", mb=LARGEST // 1_000_000)])
    if content.startswith(_OLD_EXCEL):
        raise RosterFaults([said("oud_excel")])
    if content.startswith(_PACKED):
        return Found(checked(spreadsheet.rows(content), sector=sector))
    if _is_xml(content):
        counted = edexml.count(content, vestigingsnummer=vestigingsnummer)
        return Found(checked(counted.rows, sector=sector), counted.notes)
    return Found(checked(delimited.rows(content), sector=sector))


def _is_xml(content: bytes) -> bool:
    head = content[:200]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.replace(b"\0", b"").lstrip().startswith(b"<")
