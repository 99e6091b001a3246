"""The protocols for cognitive interviews and for the pilot, as PDF; every sentence stands in texts/*.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.account import thresholds
from export.account.content.paper import Block, Paper, as_pdf, filled, heading, table
from export.account.content.words import words
from export.account.dutch_numbers import number

if TYPE_CHECKING:
    from export.account.thresholds import Threshold
    from instrument.questionnaire import Edition
    from instrument.school import Schooljaar

LANGUAGE: Final = "nl"


def interviews(edition: Edition) -> bytes:
    """Return the protocol for cognitive interviews with a form for every item, as PDF."""
    said, fields = words("gesprekken"), _fields(edition)
    rows = [(item.code, item.text[LANGUAGE], item.note, "", "", "") for item in edition.items]
    blocks = [
        *(filled(block, **fields) for block in said["block"]),
        heading(said["form"]["heading"]),
        table(said["form"], rows),
        heading(said["sources"]["heading"]),
        {"kind": "list", "items": said["sources"]["items"]},
    ]
    return as_pdf(_paper(said, fields, blocks, landscape=True))


def pilot(edition: Edition, *, schooljaar: Schooljaar) -> bytes:
    """Return the protocol for the pilot with the thresholds in use, as PDF."""
    said, fields = words("proefafname"), {**_fields(edition), "schooljaar": str(schooljaar)}
    used = thresholds.load()
    judged = said["thresholds"]
    blocks = [
        *(filled(block, **fields) for block in said["block"]),
        heading(judged["heading"]),
        filled({"kind": "text", "text": judged["text"]}, level_of_use=used.level_of_use),
        table(judged, [_row(threshold) for threshold in used.measures.values()]),
        heading(said["after"]["heading"]),
        {"kind": "list", "items": said["after"]["items"]},
    ]
    return as_pdf(_paper(said, fields, blocks, landscape=False))


def _fields(edition: Edition) -> dict[str, str]:
    return {
        "edition": edition.title[LANGUAGE],
        "code": edition.code,
        "leerjaren": ", ".join(map(str, edition.leerjaren)),
    }


def _paper(said: dict[str, Any], fields: dict[str, str], blocks: list[Block], *, landscape: bool) -> Paper:
    return Paper(
        title=said["title"],
        subtitle=said["subtitle"].format(**fields),
        footer=f"{said['title']} · {fields['code']}",
        blocks=tuple(blocks),
        landscape=landscape,
    )


def _row(threshold: Threshold) -> tuple[str, ...]:
    sign = "≤" if threshold.lower_is_better else "≥"
    values = (threshold.sufficient, threshold.good)
    borders = (f"{sign}\u00a0{number(value, decimals=threshold.decimals)}" for value in values)
    return (threshold.measure, *borders, f"{threshold.source}, {threshold.year}")
