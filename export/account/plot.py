"""A drawing with its caption, its words for who cannot see it, and its numbers in a table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from export.account import drawing
from export.account.texts import caption, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from export.account.drawing import Interval, Line
    from export.account.tables import Table
    from export.drawing.axes import Axis


@dataclass(frozen=True, slots=True, repr=False)
class Plot:
    """A figure of the account; `table` holds every number that is drawn."""

    part: str
    caption: str
    alt: str
    svg: str
    table: Table

    @property
    def shown(self) -> tuple[Plot | Table, ...]:
        """What a notebook displays of it: the drawing, and its numbers beside it."""
        return (self, self.table)

    def __repr__(self) -> str:
        return self.caption

    def _repr_svg_(self) -> str:
        return self.svg


def of_lines(  # noqa: PLR0913 - a figure has two axes
    part: str, lines: Sequence[Line], x: Axis, y: Axis, table: Table, *, simulated: bool, **fields: str
) -> Plot:
    """Return the figure of lines; `part` gives its caption, `table` its numbers, `fields` fill the texts."""
    title, alt = _words(part, table, simulated=simulated, **fields)
    svg = drawing.lines_drawing(lines, x, y, title=title, alt=alt)
    return Plot(part, title, alt, svg, table)


def of_intervals(  # noqa: PLR0913 - a border belongs to some of them only
    part: str,
    rows: Sequence[Interval],
    x: Axis,
    table: Table,
    *,
    simulated: bool,
    border: float | None = None,
    **fields: str,
) -> Plot:
    """Return the figure of values with intervals; a border is drawn as a dashed line."""
    title, alt = _words(part, table, simulated=simulated, **fields)
    svg = drawing.intervals_drawing(rows, x, title=title, alt=alt, border=border)
    return Plot(part, title, alt, svg, table)


def _words(part: str, table: Table, *, simulated: bool, **fields: str) -> tuple[str, str]:
    title = caption(part, simulated=simulated, **fields)
    rows = "; ".join(" ".join(row) for row in table.rows)
    return title, text(part, "alt", rows=rows, **fields)
