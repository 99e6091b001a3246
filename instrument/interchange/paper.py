"""An edition on paper, PDF/UA-1: for whoever judges the questions, and for a class without computers."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument import editions
from instrument.interchange.words import languages_on_paper, non_substantive, words
from instrument.paper.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from instrument.questionnaire import Condition, Edition, Item

TEMPLATE: Final = Path(__file__).with_name("paper.typ")
SHORTEST_RUN: Final = 3
"""Questions in a row that are named by the first and the last."""


class NoPaperError(ValueError):
    """There is no paper in this language; the message lists those there are."""


def as_pdf(edition: Edition, *, language: str) -> bytes:
    """Return the questionnaire in one language; the same edition gives the same bytes.

    Raises:
        NoPaperError: the edition, or the words around its questions, are not in this language.
    """
    known = [code for code in edition.languages if code in languages_on_paper()]
    if language not in known:
        raise NoPaperError(f'there is no paper in "{language}"; use one of: {", ".join(known)}')
    return typeset(TEMPLATE, document(edition, language))


def document(edition: Edition, language: str) -> dict[str, Any]:
    """Return all that stands on the paper, in order."""
    return {
        "language": language,
        "title": edition.title[language],
        "words": words()[language]["paper"],
        "edition": f"{edition.code} · {editions.fingerprint(edition)[7:15]}",
        "blocks": list(_blocks(edition, language)),
    }


def _blocks(edition: Edition, language: str) -> Iterator[dict[str, Any]]:
    numbers = {item.code: number for number, item in enumerate(edition.items, start=1)}
    explanations = {each.code: each for each in edition.explanations}
    outside = [label[language] for label in non_substantive(edition).values()]
    for item in edition.items:
        explained = explanations.pop(item.explanation, None) if item.explanation else None
        if explained is not None:
            title, text = explained.title[language], explained.text[language]
            yield {"kind": "explanation", "title": title, "text": text}
        yield {
            "kind": "question",
            "number": numbers[item.code],
            "text": item.text[language],
            "only_if": _only_if(edition, item, numbers, language),
            "several": item.option_set.several,
            "options": [option.label[language] for option in item.option_set.options],
            "outside": outside,
        }


def _only_if(edition: Edition, item: Item, numbers: Mapping[str, int], language: str) -> str:
    said = words()[language]["paper"]
    conditions = [_condition(edition, each, numbers, language) for each in item.visible_if]
    return said["only_if"].format(conditions=said["both"].join(conditions)) if conditions else ""


def _condition(edition: Edition, condition: Condition, numbers: Mapping[str, int], language: str) -> str:
    said = words()[language]["paper"]
    labels = [
        said["answer"].format(label=option.label[language])
        for code in condition.any_of
        for option in edition.item(code).option_set.options
        if option.value in condition.answered
    ]
    questions = list(_runs(sorted(numbers[code] for code in condition.any_of), said["from_to"]))
    sentence: str = said["condition"].format(
        questions=_listed(questions, said["either"]), answers=_listed(dict.fromkeys(labels), said["either"])
    )
    return sentence


def _runs(numbers: Iterable[int], from_to: str) -> Iterator[str]:
    """Name numbers in a row by the first and the last: a child does not read fourteen numbers."""
    for _, pairs in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in pairs]
        if len(run) >= SHORTEST_RUN:
            yield from_to.format(first=run[0], last=run[-1])
        else:
            yield from map(str, run)


def _listed(parts: Iterable[str], last: str) -> str:
    *head, tail = parts
    return ", ".join(head) + last + tail if head else tail
