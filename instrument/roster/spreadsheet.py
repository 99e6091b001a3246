"""Rows of stamgroepen out of an .xlsx file: no formula is computed, no link followed, no bomb unpacked."""

from __future__ import annotations

import re
from typing import Final

from instrument.catalogue import BankFaults
from instrument.interchange import workbook
from instrument.roster import delimited
from instrument.roster.rules import RosterFaults, Row, said

NAME: Final = "xlsx"
_CELL: Final = re.compile(r"^xlsx: .*!([A-Z]+[0-9]+): ")


def rows(content: bytes) -> list[Row]:
    """Return the rows of the first sheet that has the three columns; raises `RosterFaults`."""
    try:
        sheets = workbook.read(NAME, content)
    except BankFaults as refused:
        raise RosterFaults([_told(fault) for fault in refused.faults]) from None
    faults: RosterFaults | None = None
    for sheet in sheets.values():
        try:
            return _of_sheet(sheet)
        except RosterFaults as fault:
            faults = faults or fault
    raise faults or RosterFaults([said("leeg")])


def _of_sheet(sheet: workbook.Sheet) -> list[Row]:
    heads = list(sheet.heads)
    places = delimited.columns(heads)
    return [
        delimited.row(said("rij", nummer=line.number), [line.get(head) for head in heads], places)
        for line in sheet.lines
    ]


def _told(fault: str) -> str:
    """Say in Dutch what the reader of spreadsheets found, by its cell where it names one."""
    cell = _CELL.match(fault)
    return said("formule", plaats=said("cel", cel=cell[1])) if cell else said("geen_excel")
