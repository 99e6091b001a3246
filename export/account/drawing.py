"""Lines and intervals as our own SVG, readable by a screen reader; a chart library's output changes with it.

What is drawn stands in a table beside the drawing too; a line is told by its dash and its label, never by its
colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from export.account.dutch_numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

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


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis counts, between which numbers, and where its ticks are."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 0

    def place(self, value: float, start: float, end: float) -> float:
        """Return where a value lies between two places on paper."""
        share = (value - self.low) / (self.high - self.low)
        return start + share * (end - start)


def axis(label: str, values: Sequence[float], *, steps: Sequence[float], decimals: int = 0) -> Axis:
    """Return an axis around values, with the smallest of `steps` that gives seven ticks at most."""
    low, high = min(values), max(values)
    step = next((step for step in steps if (high - low) / step <= 6), steps[-1])  # noqa: PLR2004 - seven ticks
    first, last = int(low // step), int(-(-high // step))
    ticks = tuple(round(number * step, 6) for number in range(first, max(last, first + 1) + 1))
    return Axis(label, ticks[0], ticks[-1], ticks, decimals)


def lines_drawing(lines: Sequence[Line], x: Axis, y: Axis, *, title: str, alt: str) -> str:
    """Return the SVG of lines over two axes, each with its label at its end."""
    drawing = _drawing(WIDTH, HEIGHT, title, alt)
    left, right, top, bottom = LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM
    for tick in y.ticks:
        height = y.place(tick, bottom, top)
        _line(drawing, (left, height), (right, height), GRID)
        _text(drawing, number(tick, decimals=y.decimals), left - 6, height + 4, anchor="end")
    for tick in x.ticks:
        place = x.place(tick, left, right)
        _text(drawing, number(tick, decimals=x.decimals), place, bottom + 16, anchor="middle")
    _text(drawing, x.label, (left + right) / 2, HEIGHT - 6, anchor="middle")
    upright = {"transform": f"translate(12 {(top + bottom) / 2:.0f}) rotate(-90)"}
    _text(drawing, y.label, 0, 0, anchor="middle", **upright)
    places = _label_places([y.place(line.points[-1][1], bottom, top) for line in lines])
    for number_of, (line, place) in enumerate(zip(lines, places, strict=True)):
        points = [(x.place(a, left, right), y.place(b, bottom, top)) for a, b in line.points]
        _polyline(drawing, points, number_of)
        _text(drawing, line.label, right + 8, place + 4, fill=COLOURS[number_of % len(COLOURS)])
    return ET.tostring(drawing, encoding="unicode")


def intervals_drawing(
    rows: Sequence[Interval], x: Axis, *, title: str, alt: str, border: float | None = None
) -> str:
    """Return the SVG of values with their intervals, a row each, and a dashed line at a border."""
    height = TOP + ROW * len(rows) + BOTTOM
    drawing = _drawing(WIDTH, height, title, alt)
    left, right, bottom = LABELS, WIDTH - 16, height - BOTTOM
    for tick in x.ticks:
        place = x.place(tick, left, right)
        _line(drawing, (place, TOP), (place, bottom), GRID)
        _text(drawing, number(tick, decimals=x.decimals), place, bottom + 16, anchor="middle")
    if border is not None:
        place = x.place(border, left, right)
        _line(drawing, (place, TOP), (place, bottom), COLOURS[1], dash=DASHES[1], width=1.5)
    _text(drawing, x.label, (left + right) / 2, height - 6, anchor="middle")
    for number_of, row in enumerate(rows):
        middle = TOP + ROW * number_of + ROW / 2
        _text(drawing, row.label, left - 8, middle + 4, anchor="end")
        low, value, high = (x.place(end, left, right) for end in (row.low, row.value, row.high))
        _line(drawing, (low, middle), (high, middle), COLOURS[0], width=2)
        _shape(drawing, "circle", cx=f"{value:.1f}", cy=f"{middle:.1f}", r="4", fill=COLOURS[0])
    return ET.tostring(drawing, encoding="unicode")


def _label_places(ends: Sequence[float]) -> list[float]:
    """Move labels apart that would stand on one another, from the top down."""
    places = dict.fromkeys(range(len(ends)), 0.0)
    last = float("-inf")
    for place in sorted(places, key=lambda one: ends[one]):
        places[place] = last = max(ends[place], last + 15)
    return list(places.values())


def _drawing(width: float, height: float, title: str, alt: str) -> ET.Element:
    size = {"viewBox": f"0 0 {width} {height:.0f}", "width": str(width), "height": f"{height:.0f}"}
    about = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "font-family": FONT, "font-size": "13"}
    drawing = ET.Element("svg", about | size)
    ET.SubElement(drawing, "title").text = title
    ET.SubElement(drawing, "desc").text = alt
    return drawing


def _polyline(drawing: ET.Element, points: Sequence[tuple[float, float]], number_of: int) -> None:
    colour, dash = COLOURS[number_of % len(COLOURS)], DASHES[number_of % len(DASHES)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = {"fill": "none", "stroke": colour, "stroke-width": "2"} | (
        {"stroke-dasharray": dash} if dash else {}
    )
    ET.SubElement(drawing, "polyline", {"points": path, **style})


def _line(  # noqa: PLR0913 - a line has two ends, a colour, a width and a dash
    drawing: ET.Element,
    start: tuple[float, float],
    end: tuple[float, float],
    colour: str,
    *,
    width: float = 1,
    dash: str = "",
) -> None:
    places = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    ends = {name: f"{place:.1f}" for name, place in places.items()}
    style = {"stroke": colour, "stroke-width": str(width)} | ({"stroke-dasharray": dash} if dash else {})
    ET.SubElement(drawing, "line", ends | style)


def _shape(drawing: ET.Element, kind: str, **attributes: str) -> None:
    ET.SubElement(drawing, kind, attributes)


def _text(  # noqa: PLR0913 - words have a place, an anchor and a colour
    drawing: ET.Element,
    words: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    fill: str = "#000000",
    **more: str,
) -> None:
    attributes = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": fill, **more}
    ET.SubElement(drawing, "text", attributes).text = words
