"""A pilot collected elsewhere as research data: a file, and a mapping that says what its columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from export.account.foreign import answers, cells, mapping

if TYPE_CHECKING:
    from pathlib import Path

    from export.account.research_data import ResearchData


def load(path: Path) -> ResearchData:
    """Return the data of the file that the mapping (TOML) at `path` names.

    Raises:
        ResearchFileError: with every fault of the mapping, or every fault of the file.
    """
    known = mapping.read(path)
    rows = cells.read(path.parent / known.file, known.columns)
    return answers.research_data(known, rows, place=known.file)
