"""Lines and intervals of the account as SVG.

What is drawn stands in a table beside the drawing too; a line is told by its dash and its label, never by its
colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.account.dutch_numbers import number
from export.drawing import svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

    from export.drawing.axes import Axis

COLOURS: Final = ("#1f3f8f", "#8c4a00", "#444444", "#00665c")
DASHES: Final = ("", "7 4", "2 3", "9 3 2 3")
FONT: Final = "'Libertinus Serif', sans-serif"
"""The first is the one on paper; a browser that has it not takes its own."""
GRID: Final = "#d5d9e0"

WIDTH, HEIGHT = 680, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 150, 14, 44
ROW, LABELS = 22, 210
"""Of intervals: the height of a row, and the room for its label."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points (x, y), rising in x, with its name."""

    label: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with both ends of its interval, and its name."""

    label: str
    low: float
    value: float
    high: float


def lines_drawing(lines: Sequence[Line], x: Axis, y: Axis, *, title: str, alt: str) -> str:
    """Return the SVG of lines over two axes, each with its label at its end."""
    drawing = _drawing(WIDTH, HEIGHT, title, alt)
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    for tick in y.ticks:
        height = y.place(tick, bottom, top)
        svg.line(drawing, (left, height), (right, height), GRID)
        svg.text(drawing, number(tick, decimals=y.decimals), left - 6, height + 4, anchor="end")
    for tick in x.ticks:
        place = x.place(tick, left, right)
        svg.text(drawing, number(tick, decimals=x.decimals), place, bottom + 16, anchor="middle")
    svg.text(drawing, x.label, (left + right) / 2, HEIGHT - 6, anchor="middle")
    upright = {"transform": f"translate(12 {(top + bottom) / 2:.0f}) rotate(-90)"}
    svg.text(drawing, y.label, 0, 0, anchor="middle", **upright)
    places = _label_places([y.place(line.points[-1][1], bottom, top) for line in lines])
    for number_of, (line, place) in enumerate(zip(lines, places, strict=True)):
        points = [(x.place(a, left, right), y.place(b, bottom, top)) for a, b in line.points]
        _polyline(drawing, points, number_of)
        svg.text(drawing, line.label, right + 8, place + 4, fill=COLOURS[number_of % len(COLOURS)])
    return svg.written(drawing)


def intervals_drawing(
    rows: Sequence[Interval], x: Axis, *, title: str, alt: str, border: float | None = None
) -> str:
    """Return the SVG of values with their intervals, a row each, and a dashed line at a border."""
    height = TOP + ROW * len(rows) + BOTTOM
    drawing = _drawing(WIDTH, height, title, alt)
    left, right, bottom = LABELS, WIDTH - 16, height - BOTTOM
    for tick in x.ticks:
        place = x.place(tick, left, right)
        svg.line(drawing, (place, TOP), (place, bottom), GRID)
        svg.text(drawing, number(tick, decimals=x.decimals), place, bottom + 16, anchor="middle")
    if border is not None:
        place = x.place(border, left, right)
        svg.line(drawing, (place, TOP), (place, bottom), COLOURS[1], dash=DASHES[1], width=1.5)
    svg.text(drawing, x.label, (left + right) / 2, height - 6, anchor="middle")
    for number_of, row in enumerate(rows):
        middle = TOP + ROW * number_of + ROW / 2
        svg.text(drawing, row.label, left - 8, middle + 4, anchor="end")
        low, value, high = (x.place(end, left, right) for end in (row.low, row.value, row.high))
        svg.line(drawing, (low, middle), (high, middle), COLOURS[0], width=2)
        svg.shape(drawing, "circle", cx=f"{value:.1f}", cy=f"{middle:.1f}", r="4", fill=COLOURS[0])
    return svg.written(drawing)


def _label_places(ends: Sequence[float]) -> list[float]:
    """Move labels apart that would stand on one another, from the top down."""
    places = dict.fromkeys(range(len(ends)), 0.0)
    last = float("-inf")
    for place in sorted(places, key=lambda one: ends[one]):
        places[place] = last = max(ends[place], last + 15)
    return list(places.values())


def _drawing(width: float, height: float, title: str, alt: str) -> ET.Element:
    return svg.drawing(width, height, title=title, alt=alt, font_family=FONT, font_size="13")


def _polyline(drawing: ET.Element, points: Sequence[tuple[float, float]], number_of: int) -> None:
    colour, dash = COLOURS[number_of % len(COLOURS)], DASHES[number_of % len(DASHES)]
    svg.polyline(drawing, points, stroke=colour, dash=dash)
