"""Rows of stamgroepen out of CSV: any of the ways in which a Dutch spreadsheet writes it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from instrument.roster.limits import is_hidden
from instrument.roster.rules import RosterFaults, Row, said

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_LINES: Final = 2_000
HEADS: Final = {
    "stamgroep": ("stamgroep", "groep", "klas", "naam", "groepsnaam"),
    "leerjaar": ("leerjaar", "jaargroep", "jaar"),
    "leerlingen": ("leerlingen", "aantal", "aantal leerlingen", "aantal_leerlingen"),
}
"""What may stand above each of the three columns."""
_ENCODINGS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS: Final = ";,\t"
_LAID_OUT: Final = "\t\r\n"


def rows(content: bytes) -> list[Row]:
    """Return the rows of a CSV file; raises `RosterFaults`."""
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    _check_signs(text)
    lines = _lines(text)
    if not lines:
        raise RosterFaults([said("leeg")])
    (_, heads), *filled = lines
    places = columns(heads)
    faults = [said("rafelig", plaats=_place(number)) for number, cells in filled if len(cells) > len(heads)]
    if faults:
        raise RosterFaults(faults)
    return [row(_place(number), cells, places) for number, cells in filled]


def columns(heads: Sequence[str]) -> list[int]:
    """Return where name, leerjaar and number of pupils stand; raises `RosterFaults` where one does not."""
    plain = [head.strip().casefold() for head in heads]
    found = {
        name: [place for place, head in enumerate(plain) if head in known] for name, known in HEADS.items()
    }
    faults = [said("kolommen", kolom=name) for name, places in found.items() if not places]
    faults += [said("dubbele_kolom", kolom=name) for name, places in found.items() if len(places) > 1]
    if faults:
        raise RosterFaults(faults)
    return [places[0] for places in found.values()]


def row(place: str, cells: Sequence[str], places: Sequence[int]) -> Row:
    """Return the three cells of a line; what is not there is empty."""
    name, leerjaar, pupils = (cells[at].strip() if at < len(cells) else "" for at in places)
    return Row(place, name, leerjaar, pupils)


def _decoded(content: bytes) -> str:
    marked = next((name for mark, name in _ENCODINGS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RosterFaults([said("geen_tekst")])


def _check_signs(text: str) -> None:
    """Refuse what is not seen: a control, or a change of direction that makes a name look like another."""
    faults = []
    for number, line in enumerate(text.split("\n"), start=1):
        hidden = next((sign for sign in line if sign not in _LAID_OUT and is_hidden(sign)), None)
        if hidden is not None:
            faults.append(said("onzichtbaar", plaats=_place(number), teken=f"{ord(hidden):04X}"))
    if faults:
        raise RosterFaults(faults)


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return line numbers and cells, without empty lines."""
    if text.count("\n") > MOST_LINES:
        raise RosterFaults([said("te_lang", hoogstens=MOST_LINES)])
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True, skipinitialspace=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        raise RosterFaults([said("rafelig", plaats=_place(reader.line_num))]) from None


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _place(number: int) -> str:
    return said("regel", nummer=number)
