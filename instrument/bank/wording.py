"""The rules of a good question that can be counted; whether it is understood only children can tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from instrument.bank.kinds import join
from instrument.bank.places import Rule, Table, numbered

USUAL_LEVEL: Final = "A2"
"""For an item that names no reading level."""
_WORD: Final = re.compile(r"[^\W_]+(?:[\u2019'/-][^\W_]+)*")
_SENTENCE: Final = re.compile(r"[.!?\u061f\uff1f\u3002]+")
_QUESTION_MARK: Final = re.compile(r"[?\u061f\uff1f]")


def _is_one_question(bank: Table) -> Iterator[str]:
    for place, _, text in _questions(bank):
        marks = [match.end() for match in _QUESTION_MARK.finditer(text)]
        if marks != [len(text.rstrip())]:
            yield f"{place}: is not one question; ask one thing, with one question mark at the end"


def _is_short(bank: Table) -> Iterator[str]:
    for place, item, text in _questions(bank):
        level, lists = item.get("reading_level", USUAL_LEVEL), _lists().get(_language(place), {})
        most = _lists()["levels"][level]["words"] + lists.get("more_words", 0)
        n_words = len(_words(text, lists))
        if n_words > most:
            yield f"{place}: has {n_words} words; {level} reads at most {most}: shorten it"


def _has_short_words(bank: Table) -> Iterator[str]:
    """In the languages counted here; others join words, or write without spaces."""
    for place, item, text in _questions(bank):
        level = item.get("reading_level", USUAL_LEVEL)
        most = _lists()["levels"][level]["letters"]
        for word in _WORD.findall(text) if _language(place) in _lists() else ():
            if len(word) > most:
                remedy = f"{level} reads at most {most}: take another word"
                yield f'{place}: "{word[: 2 * most]}" has {len(word)} letters; {remedy}'


def _has_no_negation(bank: Table) -> Iterator[str]:
    for place, word in _listed_words(bank, "negations"):
        yield f'{place}: "{word}" is a negation; ask it the other way round'


def _has_one_idea(bank: Table) -> Iterator[str]:
    for place, word in _listed_words(bank, "joining"):
        yield f'{place}: "{word}" joins two ideas; ask one of them, or make two questions'
    for place, _, text in _questions(bank):
        for word in _WORD.findall(text):
            if "/" in word:
                yield f'{place}: "{word[:40]}" joins two ideas; ask one of them, or make two questions'


def _how_often_has_a_period(bank: Table) -> Iterator[str]:
    """That a period is named in the text, once there is one, is a rule of the option set (rules)."""
    counted = {entry.get("code") for _, entry in numbered(bank, "option_set") if "period" in entry}
    known = {entry.get("code") for _, entry in numbered(bank, "option_set")}
    for place, item, text in _questions(bank):
        opening = _lists().get(_language(place), {}).get("how_often")
        if opening and text.lower().startswith(opening) and item.get("option_set") in known - counted:
            yield f"{place}: asks how often, over no period; give its option set a period, and name it here"


def _explanations_fit_a_screen(bank: Table) -> Iterator[str]:
    most = _lists()["explanation"]
    for entry_place, entry in numbered(bank, "explanation"):
        for language, text in entry.get("text", {}).items():
            place = join(f"{entry_place}.text", language)
            n_words = len(_WORD.findall(text))
            if n_words > most["words"]:
                yield f"{place}: has {n_words} words; a phone shows at most {most['words']}: shorten it"
            longest = max(len(_WORD.findall(sentence)) for sentence in _SENTENCE.split(text))
            if longest > most["sentence"]:
                yield f"{place}: has a sentence of {longest} words; write at most {most['sentence']} in one"


RULES: Final[tuple[Rule, ...]] = (
    _is_one_question,
    _is_short,
    _has_short_words,
    _has_no_negation,
    _has_one_idea,
    _how_often_has_a_period,
    _explanations_fit_a_screen,
)


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8"))


def _questions(bank: Table) -> Iterator[tuple[str, Table, str]]:
    """Yield place, item and text in each language; what is empty is reported by the form."""
    for place, item in numbered(bank, "item"):
        for language, text in item.get("text", {}).items():
            if text:
                yield join(f"{place}.text", language), item, text


def _language(place: str) -> str:
    return place.rpartition(".")[2]


def _listed_words(bank: Table, kind: str) -> Iterator[tuple[str, str]]:
    """Yield each word of a question that stands in a list of its language, with the place."""
    for place, _, text in _questions(bank):
        lists = _lists().get(_language(place), {})
        yield from ((place, word) for word in _words(text, lists) if word in lists.get(kind, []))


def _words(text: str, lists: Table) -> list[str]:
    """Split into small-letter words; those that are one idea together count as one."""
    text = text.lower().replace("'", "\u2019")
    for together in lists.get("one_idea", []):
        text = re.sub(rf"\b{re.escape(together)}\b", together.replace(" ", ""), text)
    return _WORD.findall(text)
