"""The rules of a good question that can be counted; whether it is understood only children can tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from instrument.bank.places import Rule, Table, numbered

USUAL_LEVEL: Final = "A2"
"""For an item that names no reading level."""
_WORD: Final = re.compile(r"[^\W_]+(?:[\u2019'/-][^\W_]+)*")


def _is_one_question(bank: Table) -> Iterator[str]:
    for place, _, text in _questions(bank):
        if not text.rstrip().endswith(("?", "؟")) or text.count("?") > 1:
            yield f"{place}: is not one question; ask one thing, with one question mark at the end"


def _is_short(bank: Table) -> Iterator[str]:
    for place, item, text in _questions(bank):
        level = item.get("reading_level", USUAL_LEVEL)
        most = _lists()["levels"][level]
        words = _WORD.findall(text)
        if len(words) > most["words"]:
            yield f"{place}: has {len(words)} words; {level} reads at most {most['words']}: shorten it"
        for word in words:
            if len(word) > most["letters"]:
                remedy = f"{level} reads at most {most['letters']}: take another word"
                yield f'{place}: "{word[: 2 * most["letters"]]}" has {len(word)} letters; {remedy}'


def _has_no_negation(bank: Table) -> Iterator[str]:
    for place, word in _listed_words(bank, "negations"):
        yield f'{place}: "{word}" is a negation; ask it the other way round'


def _has_one_idea(bank: Table) -> Iterator[str]:
    for place, word in _listed_words(bank, "joining"):
        yield f'{place}: "{word}" joins two ideas; ask one of them, or make two questions'


RULES: Final[tuple[Rule, ...]] = (_is_one_question, _is_short, _has_no_negation, _has_one_idea)


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8"))


def _questions(bank: Table) -> Iterator[tuple[str, Table, str]]:
    """Yield place, item and text in each language; what is empty is reported by the form."""
    for place, item in numbered(bank, "item"):
        for language, text in item.get("text", {}).items():
            if text:
                yield f"{place}.text.{language}", item, text


def _listed_words(bank: Table, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a question that stands in a list of its language, with the place."""
    for place, _, text in _questions(bank):
        lists = _lists().get(place.rpartition(".")[2], {})
        listed = lists.get(kind, [])
        yield from ((place, word) for word in _WORD.findall(_without_pairs(text, lists)) if word in listed)


def _without_pairs(text: str, lists: Table) -> str:
    text = text.lower()
    for pair in lists.get("one_idea", []):
        text = text.replace(pair, " ")
    return text
