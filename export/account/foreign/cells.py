"""A file from elsewhere as a frame of text, read without trusting it; knows nothing of what it means."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

import pandas as pd

from export.account.research_data import ResearchFileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LARGEST: Final = 500_000_000
"""Bytes. The answers of a whole country take a quarter of it."""
_MARKS: Final = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS: Final = ";,\t"
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_WHOLE: Final = r"^\s*(-?\d+)(?:[.,]0+)?\s*$"
"""A code that a spreadsheet or SPSS made a number of."""


def read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return these columns as text, without spaces around it; empty is missing, and `3,0` is `3`.

    Raises:
        ResearchFileError: it cannot be read, or lacks a column; all at once.
    """
    _check_size(path)
    rows = {".sav": _spss, ".parquet": _parquet}.get(path.suffix.lower(), _delimited)(path)
    doubled = sorted({str(name) for name in rows.columns[rows.columns.duplicated()]} & set(columns))
    faults = [
        *(
            f'column "{name}": missing; add it, or correct its name in the mapping'
            for name in columns
            if name not in rows
        ),
        *(f'column "{name}": stands here more than once; keep one' for name in doubled),
    ]
    if faults:
        raise ResearchFileError(path.name, faults)
    return rows[list(columns)].apply(_as_text)


def _as_text(cells: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(cells):  # by distinct number: quick, and 3.0 reads as 3
        return cells.map({value: f"{value:.15g}" for value in cells.dropna().unique()}).astype("str")
    text = cells.astype("str").str.strip().str.replace(_WHOLE, r"\1", regex=True)
    return text.where(text != "")


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as fault:
        raise ResearchFileError(path.name, ["is not beside the mapping; put it there"]) from fault
    if size > LARGEST:
        raise ResearchFileError(path.name, ["is larger than 500 MB; leave out what is no answer"])


def _delimited(path: Path) -> pd.DataFrame:
    text = _decoded(path)
    hidden = _HIDDEN.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        fault = f"line {line}: holds the hidden sign U+{ord(hidden[0]):04X}; save it again as CSV"
        raise ResearchFileError(path.name, [fault])
    heads, delimiter = _heads(text)
    try:
        rows = pd.read_csv(
            io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, index_col=False,
            header=None, skipinitialspace=True,
        )  # fmt: skip
    except pd.errors.EmptyDataError as fault:
        raise ResearchFileError(path.name, ["is empty; give a file with names above its rows"]) from fault
    except pd.errors.ParserError as fault:
        place = re.search(r"line \d+", str(fault))  # of the reader's words only this: the rest may hold cells
        raise ResearchFileError(path.name, [_ragged(place[0] if place else "a line")]) from fault
    if rows.shape[1] != len(heads):
        raise ResearchFileError(path.name, [_ragged("line 1")])
    return rows.iloc[1:].reset_index(drop=True).set_axis(heads, axis="columns")


def _ragged(place: str) -> str:
    return f"{place}: has more cells than the line of names, or an open quote; give each row as many cells"


def _heads(text: str) -> tuple[list[str], str]:
    """Return the names of the columns, and the delimiter that tells most of them apart."""
    first = text[: text.find("\n") if "\n" in text else len(text)]
    read_as = {
        sign: next(csv.reader([first], delimiter=sign, skipinitialspace=True), []) for sign in _DELIMITERS
    }
    delimiter = max(_DELIMITERS, key=lambda sign: len(read_as[sign]))
    return [head.strip() for head in read_as[delimiter]], delimiter


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8", "cp1252"]:
        try:
            return content.decode(encoding).replace("\r\n", "\n").lstrip("\n")
        except UnicodeDecodeError:
            continue
    raise ResearchFileError(path.name, ["is no text; save it as CSV in UTF-8"])


def _spss(path: Path) -> pd.DataFrame:
    import pyreadstat  # noqa: PLC0415 - only for a file of SPSS

    try:
        rows: pd.DataFrame = pyreadstat.read_sav(path)[0]  # what is user-missing there is missing here
    except (pyreadstat.ReadstatError, OSError, ValueError) as fault:
        raise ResearchFileError(
            path.name, ["is no .sav file that can be read; save it again in SPSS"]
        ) from fault
    return rows


def _parquet(path: Path) -> pd.DataFrame:
    import pyarrow as pa  # noqa: PLC0415 - only for this form

    try:
        return pd.read_parquet(path)
    except (OSError, ValueError, pa.ArrowException) as fault:
        raise ResearchFileError(path.name, ["is no Parquet file that can be read; write it again"]) from fault
