"""The blueprint of an edition: item by legal question by topic, with reading levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.account import thresholds
from export.account.content.paper import Paper, as_pdf, heading, table
from export.account.content.reading_ease import reading_ease
from export.account.content.words import words
from export.account.dutch_numbers import number
from instrument import editions
from instrument.interchange import workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instrument.questionnaire import Edition, Item

Rows = list[tuple[str, ...]]
LANGUAGE: Final = "nl"
MEASURE: Final = "reading_ease"


class BlueprintError(ValueError):
    """There is no blueprint of an edition without Dutch."""


def written(edition: Edition, *, form: str) -> bytes:
    """Return the blueprint as `.pdf` or `.xlsx`; the same edition gives the same bytes.

    Raises:
        BlueprintError: the edition has no Dutch.
    """
    if LANGUAGE not in edition.languages:
        raise BlueprintError(f'edition "{edition.code}" has no Dutch; add text.nl to each item')
    return as_pdf(_paper(edition)) if form == ".pdf" else _spreadsheet(edition)


def parts_of(edition: Edition) -> dict[str, tuple[str, str]]:
    """Return scale and module code to its title and the question of the law it answers."""
    scales = {scale.code: (scale.title[LANGUAGE], scale.legal_question) for scale in edition.scales}
    said = words("blauwdruk")["module"]
    modules = {
        module.code: (said.format(title=module.title[LANGUAGE]), module.legal_question)
        for module in edition.modules
    }
    return scales | modules


def _paper(edition: Edition) -> Paper:
    said = words("blauwdruk")
    rows = _tables(edition)
    topics = {
        **said["topics"],
        "columns": rows["topics"][0],
        "widths": [3, *[4] * (len(rows["topics"][0]) - 1)],
    }
    return Paper(
        title=said["title"].format(edition=edition.title[LANGUAGE]),
        subtitle=_about(edition),
        footer=edition.code,
        landscape=True,
        blocks=(
            {"kind": "text", "text": said["intro"]},
            table(said["questions"], rows["questions"]),
            table(topics, rows["topics"][1:]),
            heading(said["reading"]["heading"]),
            {"kind": "text", "text": _about_reading(edition)},
            table(said["items"], rows["items"]),
        ),
    )


def _spreadsheet(edition: Edition) -> bytes:
    said = words("blauwdruk")
    rows = _tables(edition)
    about: Rows = [
        (said["title"].format(edition=edition.title[LANGUAGE]),),
        (_about(edition),),
        (said["intro"],),
    ]
    return workbook.write({
        said["questions"]["sheet"]: [said["questions"]["columns"], *rows["questions"]],
        said["topics"]["sheet"]: rows["topics"],
        said["items"]["sheet"]: [said["items"]["columns"], *rows["items"]],
        said["reading"]["heading"]: [*about, (_about_reading(edition),)],
    })  # fmt: skip


def _tables(edition: Edition) -> dict[str, Rows]:
    parts = parts_of(edition)
    return {
        "questions": _questions(edition, parts),
        "topics": _topics(edition, parts),
        "items": [_item(item, parts) for item in edition.items],
    }


def _questions(edition: Edition, parts: Mapping[str, tuple[str, str]]) -> Rows:
    rows = []
    for code, (title, question) in parts.items():
        codes = [item.code for item in edition.items if _part(item) == code]
        listed = ", ".join(codes) or words("blauwdruk")["no_item"]
        rows.append((question, title, str(len(codes)), listed))
    return sorted(rows, key=lambda row: [question for _, question in parts.values()].index(row[0]))


def _topics(edition: Edition, parts: Mapping[str, tuple[str, str]]) -> Rows:
    """A row per topic, a column per question of the law, item codes in the cells; the heads come first."""
    questions = list(dict.fromkeys(question for _, question in parts.values()))
    found: dict[str, dict[str, list[str]]] = {}
    for item in edition.items:
        _, question = parts[_part(item)]
        found.setdefault(item.topic, {}).setdefault(question, []).append(item.code)
    rows = [
        (_plain(topic), *(", ".join(by_question.get(question, [])) for question in questions))
        for topic, by_question in sorted(found.items())
    ]
    return [(words("blauwdruk")["topics"]["first"], *questions), *rows]


def _item(item: Item, parts: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    found = reading_ease([item.text[LANGUAGE]])
    is_hard = found.index < thresholds.load().measures[MEASURE].sufficient
    return (
        item.code,
        item.text[LANGUAGE],
        parts[_part(item)][0],
        _plain(item.topic),
        item.reading_level,
        str(found.n_words),
        number(found.index, decimals=0),
        words("blauwdruk")["check"] if is_hard else "",
    )


def _about(edition: Edition) -> str:
    about: str = words("blauwdruk")["about"]
    return about.format(code=edition.code, fingerprint=editions.fingerprint(edition))


def _about_reading(edition: Edition) -> str:
    used = thresholds.load().measures[MEASURE]
    whole = reading_ease([item.text[LANGUAGE] for item in edition.items])
    fields: dict[str, Any] = {
        "good": number(used.good, decimals=0),
        "sufficient": number(used.sufficient, decimals=0),
        "index": number(whole.index, decimals=0),
        "verdict": used.judge(whole.index),
    }
    said: str = words("blauwdruk")["reading"]["text"]
    return said.format(**fields)


def _part(item: Item) -> str:
    return item.scale or item.module or ""


def _plain(topic: str) -> str:
    return topic.replace("_", " ")
