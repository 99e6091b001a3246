"""A workbook (XLSX) that never runs: words stay words, and the same sheets give the same bytes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from export.levering.spreadsheet import Cell, harmless

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

LONGEST_NAME: Final = 31
"""Signs of a sheet's name (Excel)."""
NOT_IN_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
UNDATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no zone
"""Written as the moment of making: the real one would change the bytes."""
WIDEST: Final = 70


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name: `note` stands above it, `columns` are its heads."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def xlsx_bytes(sheets: tuple[Sheet, ...]) -> bytes:
    """Return the sheets as a workbook; figures are numbers, words are text that no program runs."""
    import xlsxwriter  # noqa: PLC0415 - only for whoever writes a file

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": UNDATED})
        words = book.add_format({"quote_prefix": True, "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True, "bottom": 1, "quote_prefix": True, "text_wrap": True})
        for sheet in sheets:
            _write(book, sheet, words=words, head=head)
    return file.getvalue()


def _write(book: Workbook, sheet: Sheet, *, words: Format, head: Format) -> None:
    page = book.add_worksheet(sheet.name.translate(NOT_IN_NAMES)[:LONGEST_NAME])
    first = 0
    if sheet.note:
        page.write_string(0, 0, harmless(sheet.note), book.add_format({"quote_prefix": True, "italic": True}))
        first = 2
    for column, title in enumerate(sheet.columns):
        page.write_string(first, column, harmless(title), head)
        page.set_column(column, column, _width(sheet, column))
    for number, row in enumerate(sheet.rows, start=first + 1):
        for column, cell in enumerate(row):
            _put(page, number, column, cell, words)
    page.freeze_panes(first + 1, 0)


def _put(page: Worksheet, row: int, column: int, cell: Cell, words: Format) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_string(row, column, "ja" if cell else "nee", words)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, harmless(cell), words)


def _width(sheet: Sheet, column: int) -> int:
    longest = max((len(str(row[column])) for row in sheet.rows if column < len(row)), default=0)
    return min(max(longest, len(sheet.columns[column]), 8) + 2, WIDEST)
