"""CSV that opens right in a Dutch spreadsheet and never runs: all quoted, decimal comma, no live formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell: TypeAlias = str | float | bool | None

FORMULA_SIGNS: Final = "=+-@|%"
"""A cell that starts with one of these is a formula to one spreadsheet or another (OWASP, CSV injection)."""


def csv_bytes(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return rows as CSV: UTF-8 with BOM, `;`, every cell quoted, lines ended by CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, int | float):
        return str(cell).replace(".", ",")  # our own figure: its minus sign starts no formula
    return harmless(cell)


def harmless(text: str) -> str:
    """Put an apostrophe before what a spreadsheet could run, as it would read it: trimmed, half width."""
    read = unicodedata.normalize("NFKC", text).lstrip()
    starts_badly = text[:1] in ("\t", "\r", "\n") or read[:1] in tuple(FORMULA_SIGNS)
    return f"'{text}" if starts_badly else text
