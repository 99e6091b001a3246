"""Spreadsheets as rows of text, written without live formulas and read without trusting the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from instrument.catalogue import BankFaults

if TYPE_CHECKING:
    from openpyxl.cell.read_only import ReadOnlyCell

LARGEST_FILE: Final = 2_000_000
"""Bytes. The bundled bank takes some 20,000."""
LARGEST_UNPACKED: Final = 20_000_000
"""Bytes. A sheet packs to a tenth; what packs better than a tenth of that again is a bomb."""
MOST_PARTS: Final = 300
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 200
_CHUNK: Final = 1 << 16
_ESCAPED: Final = re.compile("_x00([01][0-9A-Fa-f])_")
"""How a spreadsheet keeps signs that nobody sees; openpyxl leaves them like that."""
_CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no clock: the same edition gives the same bytes

Rows: TypeAlias = "Sequence[Sequence[str]]"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet, by the heads of its columns; empty cells are left out."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]
    """Head to the letter of its column."""

    def get(self, head: str) -> str:
        """Return the text under a head; empty where there is none."""
        return self.cells.get(head, "")

    def place(self, head: str | None = None) -> str:
        """Name the cell under a head, or the row, as a person finds it."""
        if head is None:
            return f"{self.sheet}, row {self.number}"
        if head in self.columns:
            return f"{self.sheet}!{self.columns[head]}{self.number}"
        return f'{self.sheet}, row {self.number}, column "{head}" (to be added)'


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines below the heads of one sheet."""

    heads: Mapping[str, str]
    lines: tuple[Line, ...]


def write(sheets: Mapping[str, Rows]) -> bytes:
    """Return an .xlsx file in which every cell is text, and what starts with = + - @ stays text."""
    import xlsxwriter  # noqa: PLC0415 - only for whoever writes a file

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"num_format": "@", "bold": True, "valign": "top"})
        for name, rows in sheets.items():
            _write_sheet(book.add_worksheet(name), rows, text, head)
    return out.getvalue()


def _write_sheet(sheet: Any, rows: Rows, text: object, head: object) -> None:  # noqa: ANN401 - has no types
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(rows[0]) - 1, 24, text)  # as text: Excel makes a date of a typed 2/3 otherwise
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value:
                # never write(): that makes a formula of "=1+1" and a link of an address
                sheet.write_string(number, column, value, text if number else head)


def read(name: str, content: bytes) -> dict[str, Sheet]:
    """Return the sheets of an .xlsx file by name.

    Raises:
        BankFaults: it is no such file, too large, or has cells that are no text; each fault with its cell.
    """
    _check_package(name, content)
    faults: list[str] = []
    try:
        sheets = {title: _sheet(title, rows, faults) for title, rows in _raw(content)}
    except Exception as fault:  # openpyxl raises whatever it meets: KeyError, ValueError, ParseError
        raise _refusal(
            name, "is no spreadsheet that can be read; save it as .xlsx from Excel or LibreOffice"
        ) from fault
    if faults:
        raise BankFaults(tuple(f"{name}: {fault}" for fault in faults))
    return sheets


def _check_package(name: str, content: bytes) -> None:
    """Unpack once, counting: a bomb says nothing true about its size, and no entity is ever expanded."""
    if len(content) > LARGEST_FILE:
        raise _refusal(name, "is larger than 2 MB; a questionnaire holds only text, so check the path")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_parts(name, package)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as fault:
        if isinstance(fault, BankFaults):
            raise
        raise _refusal(name, "is no .xlsx file; save it as .xlsx from Excel or LibreOffice") from fault
    except Exception as fault:  # zlib.error is no subclass of any of these
        raise _refusal(name, "is damaged; save it again from Excel or LibreOffice") from fault


def _check_parts(name: str, package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS:
        raise _refusal(name, f"has more than {MOST_PARTS} parts inside; save the questionnaire as a new file")
    left = LARGEST_UNPACKED
    for part in parts:
        with package.open(part) as stream:
            unpacked = bytearray()
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _refusal(name, "unpacks to more than 20 MB; save the questionnaire as a new file")
                unpacked += chunk
        # Without its zero bytes UTF-16 shows the same signs as UTF-8.
        if b"<!DOCTYPE" in unpacked.replace(b"\0", b"").upper():
            raise _refusal(name, "declares XML entities; save the questionnaire as a new file")


def _raw(content: bytes) -> Iterator[tuple[str, list[tuple[ReadOnlyCell, ...]]]]:
    import openpyxl  # noqa: PLC0415 - only for whoever reads a file

    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may claim any size; what it holds decides
        # One row and column more than allowed, to notice that there are more.
        rows: Any = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1)
        yield sheet.title, list(rows)


def _sheet(title: str, rows: list[tuple[ReadOnlyCell, ...]], faults: list[str]) -> Sheet:
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS and row[-1].value is not None for row in rows):
        faults.append(f"{title}: has more than {MOST_ROWS} rows or {MOST_COLUMNS} columns; leave some out")
        return Sheet({}, ())
    texts = [[_text(f"{title}!{_letter(c)}{n}", cell, faults) for c, cell in enumerate(row)]
             for n, row in enumerate(rows, start=1)]  # fmt: skip
    heads = _heads(title, texts[0] if texts else [], faults)
    columns = {head: _letter(place) for place, head in heads.items()}
    lines = [
        Line(title, number, {heads[c]: text for c, text in enumerate(row) if text and c in heads}, columns)
        for number, row in enumerate(texts[1:], start=2)
    ]
    return Sheet(columns, tuple(line for line in lines if line.cells))


def _heads(title: str, row: list[str], faults: list[str]) -> dict[int, str]:
    heads: dict[int, str] = {}
    for place, text in enumerate(row):
        head = text.strip()
        if head and head in heads.values():
            faults.append(f'{title}!{_letter(place)}1: "{head[:40]}" heads an earlier column too; remove one')
        elif head:
            heads[place] = head
    return heads


def _text(place: str, cell: ReadOnlyCell, faults: list[str]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        faults.append(f"{place}: holds a formula; write its outcome as text")
    elif cell.data_type in {"e", "d"} or isinstance(value, datetime):
        kind = "an error" if cell.data_type == "e" else "a date"
        faults.append(
            f"{place}: the spreadsheet made {kind} of this; format the cell as text, and write it again"
        )
    elif isinstance(value, bool):
        return "yes" if value else "no"
    elif isinstance(value, float) and value.is_integer() and abs(value) < MOST_ROWS:
        return str(int(value))
    else:
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return ""


def _letter(place: int) -> str:
    first, last = divmod(place, 26)
    return (_letter(first - 1) if first else "") + chr(ord("A") + last)


def _refusal(name: str, fault: str) -> BankFaults:
    return BankFaults((f"{name}: {fault}",))
