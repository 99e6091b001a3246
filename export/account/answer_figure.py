"""How pupils answered each item of a scale, as bars; every bar's numbers stand beside it.

The drawing is our own SVG: a bar is a rectangle, and a chart library's output changes with its version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from export.account.attempt import NotComputed
from export.account.dutch_numbers import rounded_share
from export.account.tables import Table
from export.account.texts import caption, text, texts
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW
from export.drawing.colours import ANSWERS, MERGED, ON_ANSWERS

if TYPE_CHECKING:
    import pandas as pd

    from export.account.studied_scale import StudiedScale
    from instrument.questionnaire import Item

LEFT, BAR, HEIGHT, GAP = 60, 620, 22, 8
NARROWEST_LABEL: Final = 0.06
"""A narrower part of a bar has no room for its number; the table beside it has."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one bar: which score or scores, what share, and its colours."""

    label: str
    share: float
    colour: str
    text_colour: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One item with its parts, least favourable first; without parts where too few answered (D2)."""

    code: str
    text: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, repr=False)
class AnswerFigure:
    """The bars of one scale; `alt` says them in words, `table` in numbers."""

    caption: str
    alt: str
    bars: tuple[Bar, ...]
    table: Table

    def __repr__(self) -> str:
        return self.caption

    def _repr_svg_(self) -> str:
        return _drawing(self)


def answer_figure(scale: StudiedScale, shares: pd.DataFrame | NotComputed) -> AnswerFigure:
    """Return the figure of the result of `psychometrics.items.answer_shares`.

    Shares are shown in the steps of D5; a sensitive item in two classes, its highest score against the rest
    (D6).
    """
    n_answers = scale.scores.notna().sum()
    bars = tuple(_bar(item, scale.options, shares, int(n_answers[item.code])) for item in scale.items)
    return AnswerFigure(
        caption=caption("answers", simulated=scale.simulated, scale=scale.title),
        alt=text("answers", "alt", rows="; ".join(_in_words(bar) for bar in bars)),
        bars=bars,
        table=_table(scale, bars),
    )


def _bar(item: Item, options: tuple[int, ...], shares: pd.DataFrame | NotComputed, n_answers: int) -> Bar:
    if isinstance(shares, NotComputed) or n_answers < MINIMUM_ANSWERS:
        return Bar(item.code, item.text["nl"], ())
    given = shares.loc[[item.code], list(options)].to_numpy(dtype=float)[0]
    rounded = [rounded_share(share, n_answers=n_answers) for share in given]
    parts = _two_classes(options, rounded) if item.sensitive else _classes(options, rounded)
    return Bar(item.code, item.text["nl"], parts)


def _classes(options: tuple[int, ...], shares: list[float]) -> tuple[Part, ...]:
    tones = [round(place * (len(ANSWERS) - 1) / (len(options) - 1)) for place in range(len(options))]
    return tuple(
        Part(str(option), share, ANSWERS[tone], ON_ANSWERS[tone])
        for option, share, tone in zip(options, shares, tones, strict=True)
    )


def _two_classes(options: tuple[int, ...], shares: list[float]) -> tuple[Part, ...]:
    low = text("answers", "range_short", low=options[0], high=options[-2])
    rest = Part(low, 1 - shares[-1], MERGED, ON_ANSWERS[1])
    return (rest, Part(str(options[-1]), shares[-1], ANSWERS[-1], ON_ANSWERS[-1]))


def _table(scale: StudiedScale, bars: tuple[Bar, ...]) -> Table:
    low, high = scale.options[0], scale.options[-1]
    sensitive = text("answers", "sensitive") if any(item.sensitive for item in scale.items) else ""
    return Table(
        part="answers",
        caption=caption("answers", simulated=scale.simulated, scale=scale.title),
        columns=(*texts()["answers"]["columns"], *map(str, scale.options)),
        rows=tuple((bar.code, bar.text, *_cells(bar, len(scale.options))) for bar in bars),
        note=text("answers", "note", low=low, high=high, sensitive=sensitive).strip(),
    )


def _cells(bar: Bar, n_options: int) -> tuple[str, ...]:
    shown = [_percent(part.share) for part in bar.parts] or [TOO_FEW]
    if len(shown) == n_options:
        return tuple(shown)
    merged = f"{bar.parts[0].label}: {shown[0]}" if bar.parts else shown[0]
    return (merged, *[""] * (n_options - 2), shown[-1] if bar.parts else "")


def _in_words(bar: Bar) -> str:
    shares = ", ".join(f"{part.label}: {_percent(part.share)}" for part in bar.parts) or TOO_FEW
    return text("answers", "alt_row", code=bar.code, shares=shares)


def _percent(share: float) -> str:
    return f"{100 * share:.0f}%"


def _drawing(figure: AnswerFigure) -> str:
    height = len(figure.bars) * (HEIGHT + GAP)
    drawing = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "role": "img",
            "viewBox": f"0 0 {LEFT + BAR} {height}",
            "font-family": "sans-serif",
            "font-size": "13",
        },
    )
    ET.SubElement(drawing, "title").text = figure.caption
    ET.SubElement(drawing, "desc").text = figure.alt
    for place, bar in enumerate(figure.bars):
        _draw_bar(drawing, bar, top=place * (HEIGHT + GAP))
    return ET.tostring(drawing, encoding="unicode")


def _draw_bar(drawing: ET.Element, bar: Bar, *, top: int) -> None:
    _draw_text(
        drawing,
        bar.code if bar.parts else f"{bar.code} {TOO_FEW}",
        x=0,
        top=top,
        colour="#000000",
        anchor="start",
    )
    left, whole = float(LEFT), sum(part.share for part in bar.parts)
    for part in bar.parts:
        width = BAR * part.share / whole
        size = {"x": f"{left:.1f}", "y": str(top), "width": f"{width:.1f}", "height": str(HEIGHT)}
        ET.SubElement(drawing, "rect", {**size, "fill": part.colour, "stroke": "#ffffff"})
        if part.share >= NARROWEST_LABEL:
            _draw_text(
                drawing,
                _percent(part.share),
                x=left + width / 2,
                top=top,
                colour=part.text_colour,
                anchor="middle",
            )
        left += width


def _draw_text(  # noqa: PLR0913 - a text has a place, a colour and an anchor
    drawing: ET.Element, words: str, *, x: float, top: int, colour: str, anchor: str
) -> None:
    place = {"x": f"{x:.1f}", "y": str(top + HEIGHT - 6), "fill": colour, "text-anchor": anchor}
    ET.SubElement(drawing, "text", place).text = words
