"""Facts and rows as bytes and back, in three forms: CSV, Parquet, SPSS; decides nothing about either.

CSV opens with the facts as lines of `# key = value`; elsewhere, read it with `#` as sign of a comment.
Parquet keeps them in its metadata under "weerglas", SPSS as the document of the file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from export.account.research_data import BACKGROUND, CLASSES, ResearchFileError

if TYPE_CHECKING:
    from instrument.questionnaire import Edition

FORMS: Final = (".csv", ".parquet", ".sav")
METADATA: Final = b"weerglas"
_TEXT: Final = {BACKGROUND[0]: str, CLASSES: str}
"""Columns whose numbers are names."""


@dataclass(frozen=True, slots=True, repr=False)
class Content:
    """Lines of TOML, and a frame whose cells are numbers or text."""

    facts: list[str]
    rows: pd.DataFrame


def quoted(text: str) -> str:
    """Return TOML's basic string on one line."""
    clean = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{clean}"'


def check_form(path: Path) -> str:
    """Return the end of a file's name, in small letters; refuses what is none of `FORMS`."""
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        raise ResearchFileError(path.name, [f"its form is not known; end the name with {', '.join(FORMS)}"])
    return suffix


def encoded(content: Content, path: Path, edition: Edition) -> bytes:
    """Return the bytes of a file of this name; the edition gives SPSS its labels."""
    suffix = check_form(path)
    if suffix == ".sav":
        from export.account import spss_file  # noqa: PLC0415 - pyreadstat, needed only here

        return spss_file.encoded(content, edition)
    return _as_csv(content) if suffix == ".csv" else _as_parquet(content)


def decoded(path: Path) -> Content:
    """Return the content of a file; `ResearchFileError` where it cannot be read."""
    suffix = check_form(path)
    if suffix == ".sav":
        from export.account import spss_file  # noqa: PLC0415 - pyreadstat, needed only here

        return spss_file.decoded(path)
    return _from_csv(path) if suffix == ".csv" else _from_parquet(path)


def unreadable(path: Path, fault: Exception) -> ResearchFileError:
    """Make the refusal of a file that is not what its name says; the library's own words may hold cells."""
    remedy = "give the path of a research file that `weerglas extract` wrote"
    return ResearchFileError(path.name, [f"cannot be read ({type(fault).__name__}); {remedy}"])


def no_table(path: Path) -> ResearchFileError:
    """Make the refusal of a file without columns and rows."""
    return ResearchFileError(path.name, ["is no table; write one header line and as many cells in each row"])


def _as_csv(content: Content) -> bytes:
    header = "".join(f"# {line}\n" for line in content.facts)
    return (header + content.rows.to_csv(index=False, lineterminator="\n")).encode()


def _from_csv(path: Path) -> Content:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise unreadable(path, fault) from fault
    stream, facts, start = io.StringIO(text), [], 0
    while (line := stream.readline()).startswith("#"):  # only above the table: below, it is a fault in a cell
        facts.append(line.removeprefix("#").strip())
        start = stream.tell()
    return Content(facts, _table(path, text[start:]))


def _table(path: Path, text: str) -> pd.DataFrame:
    try:
        return pd.read_csv(io.StringIO(text), dtype=_TEXT, index_col=False, low_memory=False)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except pd.errors.ParserError as fault:
        raise no_table(path) from fault


def _as_parquet(content: Content) -> bytes:
    import pyarrow as pa  # noqa: PLC0415 - only for whoever writes this form
    from pyarrow import parquet  # noqa: PLC0415

    codes = [name for name in content.rows if pd.api.types.is_integer_dtype(content.rows[name])]
    rows = content.rows.astype(dict.fromkeys(codes, "Int8"))
    # without pandas' own metadata: that names versions
    table = pa.Table.from_pandas(rows, preserve_index=False)
    table = table.replace_schema_metadata({METADATA: "\n".join(content.facts).encode()})
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _from_parquet(path: Path) -> Content:
    import pyarrow as pa  # noqa: PLC0415 - only for whoever reads this form
    from pyarrow import parquet  # noqa: PLC0415

    try:
        table = parquet.read_table(path)
        facts = (table.schema.metadata or {}).get(METADATA, b"").decode()
    except (OSError, UnicodeDecodeError, pa.ArrowException) as fault:
        raise unreadable(path, fault) from fault
    return Content(facts.splitlines(), table.replace_schema_metadata().to_pandas())
