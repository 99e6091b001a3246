"""The summary as a spreadsheet: the rows of the CSV, figures as figures, and not one live formula."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from export.dutch import yes_no

if TYPE_CHECKING:
    from collections.abc import Iterable

    from export.levering.spreadsheet import Cell

SHEET: Final = "samenvatting"
WIDTHS: Final = (48, 60)
_CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)  # no clock: the same summary gives the same bytes


def workbook_bytes(header: Iterable[str], rows: Iterable[tuple[str, Cell]]) -> bytes:
    """Return rows of field and value as .xlsx."""
    import xlsxwriter  # noqa: PLC0415 - only for whoever writes a file

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 0)
        text, head = (book.add_format({"num_format": "@", **more}) for more in ({}, {"bold": True}))
        for column, (name, width) in enumerate(zip(header, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        for number, (field, value) in enumerate(rows, start=1):
            sheet.write_string(number, 0, field, text)
            _write(sheet, number, value, text)
    return out.getvalue()


def _write(sheet: Any, row: int, value: Cell, text: object) -> None:  # noqa: ANN401 - has no types
    # never write(): that makes a formula of "=1+1" and a link of an address
    if isinstance(value, bool):
        sheet.write_string(row, 1, yes_no(value), text)
    elif isinstance(value, int | float):
        sheet.write_number(row, 1, value)
    elif value is not None:
        sheet.write_string(row, 1, value, text)
