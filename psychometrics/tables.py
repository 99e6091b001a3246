"""Frames as Markdown tables: the only place where psychometrics rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable


def markdown(frame: pd.DataFrame, *, decimals: int = 3) -> str:
    """Return the frame as a Markdown table, its index first; a missing value is a dash.

    Example:
        >>> import pandas as pd
        >>> print(markdown(pd.DataFrame({"alpha": [0.8123]}, index=pd.Index(["WB"], name="scale"))))
        | scale | alpha |
        | --- | --- |
        | WB | 0.812 |
    """
    index_name = "" if frame.index.name is None else str(frame.index.name)
    head = [_line([index_name, *map(str, frame.columns)]), _line(["---"] * (frame.shape[1] + 1))]
    rows = [_line(_cell(value, decimals) for value in row) for row in frame.itertuples()]
    return "\n".join(head + rows)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(value: object, decimals: int) -> str:
    if not isinstance(value, float):
        return str(value)
    return "-" if pd.isna(value) else f"{value:.{decimals}f}"
