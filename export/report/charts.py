"""The charts of the report as SVG for the page: what is drawn is also in its words and in a table beside it.

Every shape has a class, so that the page can give it a system colour where somebody set their own colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.drawing import svg
from export.drawing.colours import ANSWERS
from export.report.words import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree import ElementTree as ET

    Words = Mapping[str, Any]

FILE: Final = "beeld"
INK: Final = "currentColor"
OWN: Final = ANSWERS[-1]
INTERVAL: Final = "#8fa5dc"
OTHERS: Final = "#c9ced8"
EARLIER: Final = "#a35a00"
TRACK: Final = "#e6eaf2"

WIDTH: Final = 260.0
EDGE: Final = 8.0
"""Room at both ends, for a mark that stands at the end of the scale."""
SCALE_HEIGHT, BAR_HEIGHT, SHARE_HEIGHT = 40.0, 24.0, 16.0
NARROWEST: Final = 12
"""Points; a narrower part of a bar has no room for its number."""
MIDDLE: Final = 14.0


def on_scale(found: Words) -> str:
    """Return a mean on its own scale: a dot, its interval, last year a diamond, other schools a band."""
    low, high = found["schaal"]
    title = sentence(FILE, "schaal_kop", titel=found["titel"], laag=low, hoog=high)
    drawing = _drawing(SCALE_HEIGHT, title, sentence(FILE, "schaal", **_said(found)))
    places = found["plaatsen"]
    others = (places["scholen_van"], places["scholen_tot"])
    _stretch(drawing, others, height=20, fill=OTHERS, name="others")
    svg.line(drawing, (EDGE, MIDDLE), (WIDTH - EDGE, MIDDLE), INK)
    for end, number in ((EDGE, low), (WIDTH - EDGE, high)):
        svg.line(drawing, (end, MIDDLE - 6), (end, MIDDLE + 6), INK)
        svg.text(drawing, number, end, SCALE_HEIGHT - 3, anchor="middle", fill=INK)
    _stretch(drawing, (places["van"], places["tot"]), height=10, fill=INTERVAL, name="interval")
    _diamond(drawing, places["vorig"])
    if places["gemiddelde"] is not None:
        at = {"cx": f"{_x(places['gemiddelde']):.1f}", "cy": f"{MIDDLE:.0f}", "r": "5"}
        svg.shape(drawing, "circle", **at, fill=OWN, class_="own")
    return svg.written(drawing)


def of_question(found: Words) -> str:
    """Return the answers to one question as parts of a bar, the least favourable left."""
    alt = "; ".join(sentence(FILE, "antwoord", **part) for part in found["delen"]) or found["reden"]
    drawing = _drawing(BAR_HEIGHT, sentence(FILE, "vraag_kop", vraag=found["vraag"]), alt)
    left, whole = 0.0, sum(part["deel"] for part in found["delen"])
    for part in found["delen"]:
        width = WIDTH * part["deel"] / (whole or 1)
        place = {"x": f"{left:.1f}", "y": "0", "width": f"{width:.1f}", "height": f"{BAR_HEIGHT:.0f}"}
        svg.shape(drawing, "rect", **place, fill=part["kleur"], stroke="#ffffff", class_="part")
        if part["deel"] >= NARROWEST:
            middle = left + width / 2
            svg.text(drawing, part["getal"], middle, 17, anchor="middle", fill=part["op"], class_="on-part")
        left += width
    return svg.written(drawing)


def of_share(found: Words) -> str:
    """Return one share as a bar on a track from none to all."""
    drawing = _drawing(SHARE_HEIGHT, sentence(FILE, "deel_kop", titel=found["titel"]), found["gezegd"])
    whole = {"x": "0", "y": "0", "width": f"{WIDTH:.0f}", "height": f"{SHARE_HEIGHT:.0f}"}
    svg.shape(drawing, "rect", **whole, fill=TRACK, class_="track")
    part = {**whole, "width": f"{WIDTH * found['deel'] / 100:.1f}"}
    svg.shape(drawing, "rect", **part, fill=OWN, class_="own")
    return svg.written(drawing)


def _drawing(height: float, title: str, alt: str) -> ET.Element:
    return svg.drawing(WIDTH, height, title=title, alt=alt, class_="weerglas-chart", font_size="12")


def _said(found: Words) -> dict[str, str]:
    return {name: found[name] for name in ("gemiddelde", "interval", "vorig", "scholen")}


def _x(place: float) -> float:
    return EDGE + place * (WIDTH - 2 * EDGE)


def _stretch(
    drawing: ET.Element, ends: tuple[float | None, float | None], *, height: int, fill: str, name: str
) -> None:
    start, end = ends
    if start is None or end is None:
        return
    place = {"x": f"{_x(start):.1f}", "y": f"{MIDDLE - height / 2:.0f}"}
    size = {"width": f"{max(_x(end) - _x(start), 1):.1f}", "height": str(height)}
    svg.shape(drawing, "rect", **place, **size, fill=fill, class_=name)


def _diamond(drawing: ET.Element, place: float | None) -> None:
    if place is None:
        return
    x, half = _x(place), 6
    points = ((x, MIDDLE - half), (x + half, MIDDLE), (x, MIDDLE + half), (x - half, MIDDLE))
    corners = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
    look = {"fill": "#ffffff", "stroke": EARLIER, "stroke_width": "2", "class_": "earlier"}
    svg.shape(drawing, "polygon", points=corners, **look)
