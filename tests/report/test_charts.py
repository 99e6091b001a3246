"""The charts on the page: readable without sight and without colour, and never made of somebody's words."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from export.drawing import colours
from export.report import charts, document
from export.screens import results_panel
from tests.report.documents import alone
from tests.report.documents import document as results

SVG = "{http://www.w3.org/2000/svg}"
MARKUP = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["<img src=x onerror=alert(1)>", "</svg><script>", "{{ 7*7 }}", "&lt;b&gt;", "' onload='x", "]]>"]
    ),
)


def words(found: dict[str, Any] | None = None) -> dict[str, Any]:
    return document.document(found or results(), variant="team", note="")


def drawings(report: dict[str, Any]) -> list[ET.Element]:
    """Return every chart of the page."""
    made = [charts.on_scale(one) for one in report["gemiddelden"]]
    made += [charts.of_share(one) for one in report["soorten"]]
    made += [charts.of_question(row) for scale in report["schalen"] for row in scale["rijen"]]
    return [ET.fromstring(each) for each in made]  # noqa: S314 - our own drawing


def test_every_chart_is_an_image_with_a_name_and_its_numbers_in_words():
    report = words()
    for drawing in drawings(report):
        assert drawing.get("role") == "img"
        title, alt = (drawing.findtext(f"{SVG}{name}") for name in ("title", "desc"))
        assert title
        assert alt
    scale = drawings(report)[0]
    placed = report["gemiddelden"][0]
    for said in (placed["gemiddelde"], placed["interval"], placed["vorig"], placed["scholen"]):
        assert said in scale.findtext(f"{SVG}desc", "")


def test_a_bar_is_as_long_as_its_share():
    report = words()
    for kind in report["soorten"]:
        drawing = ET.fromstring(charts.of_share(kind))  # noqa: S314 - our own drawing
        (own,) = [rect for rect in drawing.iter(f"{SVG}rect") if rect.get("class") == "own"]
        assert float(own.get("width", "")) == round(charts.WIDTH * kind["deel"] / 100, 1)


def test_the_parts_of_a_question_fill_its_bar():
    for scale in words()["schalen"]:
        for row in scale["rijen"]:
            drawing = ET.fromstring(charts.of_question(row))  # noqa: S314 - our own drawing
            widths = [float(rect.get("width", "")) for rect in drawing.iter(f"{SVG}rect")]
            assert abs(sum(widths) - charts.WIDTH) < 0.5


def test_what_is_not_shown_is_not_drawn():
    report = words(alone(pupils=8))
    shapes = [
        shape
        for drawing in drawings(report)
        for kind in ("circle", "polygon", "rect")
        for shape in drawing.iter(f"{SVG}{kind}")
        if shape.get("class") != "track" and shape.get("width") != "0.0"
    ]
    assert shapes == []


def test_words_on_a_colour_are_read_by_whoever_sees_little():
    """WCAG 1.4.3: a contrast of 4.5 to 1 at least, whatever the number of answers."""
    for number in range(2, 8):
        for colour, on_colour in colours.of_answers(number):
            assert _contrast(colour, on_colour) >= 4.5


def test_neighbours_in_a_bar_differ_in_grey_too():
    """Told apart without colour vision; a white line stands between them as well."""
    for number in (2, 3, 4, 5):
        tones = [colour for colour, _ in colours.of_answers(number)]
        for left, right in pairwise(tones):
            assert _contrast(left, right) > 1.05


def _contrast(one: str, other: str) -> float:
    lights = sorted((_luminance(one), _luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Tags(HTMLParser):
    """Every element of a page with the names of its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


@settings(max_examples=25, deadline=None)
@given(MARKUP)
def test_words_of_people_never_become_elements_of_the_page(hostile: str):
    """A name, a question, an answer: whatever it holds, the page has the elements it always has."""
    found = results()
    found["school"]["name"] = hostile
    for item in found["items"]:
        item["text"] = hostile
        for option in item["options"]:
            option["label"] = hostile
    for kind in found["kinds"]:
        kind["title"] = hostile
    usual, now = (Tags(results_panel.page_of(each)).found for each in (results(), found))
    assert sorted(now) == sorted(usual)
