"""The account on paper: chapters by COTAN's headings, typeset by Typst as an accessible PDF (PDF/UA-1)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.account import sources, thresholds
from export.account.tables import table
from export.account.texts import texts
from instrument.paper.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TEMPLATE: Final = Path(__file__).parent / "templates" / "verantwoording.typ"

Facts = dict[str, Any]
Blocks = dict[str, Any]


def account(facts: Facts) -> Facts:
    """Return what page and paper say around the findings."""
    words = texts()
    dated = date.fromisoformat(facts["dated"])
    return {
        "title": words["title"].format(**facts),
        "subtitle": words["subtitle"].format(**facts),
        "intro": words["intro"]["text"].format(level_of_use=thresholds.load().level_of_use),
        "simulated": facts["simulated"],
        "banner": words["simulated"],
        "date": [dated.year, dated.month, dated.day],
        "page": words["page"],
        "bar_heading": words["answers"]["bar"],
        "headings": words["sections"],
        "not_shown": [*_lacking(facts), *words["not_shown"]["points"]],
    }


def paper(facts: Facts, sections: Mapping[str, Sequence[Blocks]], *, code: str) -> Facts:
    """Return everything the template places; `code` is the fingerprint of what computed it."""
    words = texts()
    blocks = {name: [_with_sources(block) for block in section] for name, section in sections.items()}
    used = [key for section in sections.values() for block in section for key in _keys(block)]
    return {
        **account(facts),
        "contents": words["contents"],
        "claims": blocks["claims"],
        "chapters": [_chapter(chapter, blocks) for chapter in words["chapter"]],
        "annexes": words["annex"],
        "thresholds": blocks["thresholds"],
        "verdicts": blocks["verdicts"],
        "bibliography": sources.listed(used),
        "bibliography_note": words["bibliography_note"],
        "origin": [_with_sources({"kind": "table", **asdict(_origin(facts, code))})],
    }


def as_pdf(whole: Facts) -> bytes:
    """Return the PDF; the same contents give the same bytes."""
    year, month, day = whole["date"]
    return typeset(TEMPLATE, whole, dated=datetime(year, month, day, tzinfo=UTC))


def _lacking(facts: Facts) -> list[str]:
    """Return what is not shown because it was not examined."""
    return [said for name, said in texts()["not_shown"]["without"].items() if not facts.get(name)]


def _chapter(chapter: Facts, blocks: Mapping[str, list[Blocks]]) -> Facts:
    level_of_use = thresholds.load().level_of_use
    headings = texts()["section"]
    return {
        "title": chapter["title"],
        "text": [paragraph.format(level_of_use=level_of_use) for paragraph in chapter["text"]],
        "sections": [{"title": headings[name], "blocks": blocks[name]} for name in chapter["sections"]],
    }


def _origin(facts: Facts, code: str) -> Any:  # noqa: ANN401 - a table, handed on as plain values
    words = texts()["origin"]
    rows = [
        (words["fingerprint"], facts["fingerprint"]),
        (words["data"], facts["data"]),
        (words["code"], code),
    ]
    return table("origin", rows, simulated=False, note=texts()["origin_note"])


def _with_sources(block: Blocks) -> Blocks:
    """Name the sources of a method in the note of its table."""
    keys = list(_keys(block))
    inner = block if block["kind"] == "table" else block["table"]
    said = texts()["cited"].format(sources=sources.cited(keys)) if keys else ""
    noted = {**inner, "note": " ".join(part for part in (inner["note"], said) if part)}
    return noted if block["kind"] == "table" else {**block, "table": noted}


def _keys(block: Blocks) -> Iterator[str]:
    part = block["part"] if block["kind"] == "table" else block["table"]["part"]
    yield from texts()[part]["sources"]
