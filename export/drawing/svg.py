"""The few elements of SVG that our drawings are made of; knows no figures."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Sequence


def drawing(width: float, height: float, *, title: str, alt: str, **attributes: str) -> ET.Element:
    """Return an empty drawing with its name and its words for who cannot see it."""
    size = {"viewBox": f"0 0 {width} {height:.0f}", "width": str(width), "height": f"{height:.0f}"}
    about = {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **_named(attributes)}
    made = ET.Element("svg", about | size)
    ET.SubElement(made, "title").text = title
    ET.SubElement(made, "desc").text = alt
    return made


def written(made: ET.Element) -> str:
    """Return the drawing as text, every sign of a name escaped."""
    return ET.tostring(made, encoding="unicode")


def polyline(parent: ET.Element, points: Sequence[tuple[float, float]], *, stroke: str, dash: str) -> None:
    """Draw a line through points, two wide, with a dash pattern or without ("")."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    style = {"fill": "none", "stroke": stroke, "stroke-width": "2"} | _dashed(dash)
    ET.SubElement(parent, "polyline", {"points": path, **style})


def line(  # noqa: PLR0913 - a line has two ends, a colour, a width and a dash
    parent: ET.Element,
    start: tuple[float, float],
    end: tuple[float, float],
    stroke: str,
    *,
    width: float = 1,
    dash: str = "",
    **attributes: str,
) -> None:
    """Draw a straight line."""
    places = {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1]}
    ends = {name: f"{place:.1f}" for name, place in places.items()}
    style = {"stroke": stroke, "stroke-width": str(width)} | _dashed(dash) | _named(attributes)
    ET.SubElement(parent, "line", ends | style)


def shape(parent: ET.Element, kind: str, **attributes: str) -> None:
    """Draw a circle, a rect or a path with these attributes; `class_` and `stroke_width` as in SVG."""
    ET.SubElement(parent, kind, _named(attributes))


def text(  # noqa: PLR0913 - words have a place, an anchor and a colour
    parent: ET.Element,
    words: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    fill: str = "#000000",
    **attributes: str,
) -> None:
    """Write words at a place."""
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": fill}
    ET.SubElement(parent, "text", place | _named(attributes)).text = words


def _dashed(dash: str) -> dict[str, str]:
    return {"stroke-dasharray": dash} if dash else {}


def _named(attributes: dict[str, str]) -> dict[str, str]:
    return {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
