"""The words around the questions: complete in every language, and nothing promised that is not so."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pytest

from instrument import catalogue
from instrument.screens import texts
from instrument.screens.conversation import TRIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = list(texts.load())


def sentences(words: dict[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    for key, value in words.items():
        if isinstance(value, dict):
            yield from sentences(value, f"{place}{key}.")
        else:
            yield f"{place}{key}", value


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_dutch_comes_first() -> None:
    """The page opens in the first language."""
    assert LANGUAGES[:2] == ["nl", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_there_in_every_language(language: str) -> None:
    """A missing sentence would leave a pupil with an empty button."""
    assert dict(sentences(texts.load()[language])).keys() == dict(sentences(texts.load()["nl"])).keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_each_fills_in_the_same_values(language: str) -> None:
    dutch = dict(sentences(texts.load()["nl"]))
    for place, sentence in sentences(texts.load()[language]):
        assert sentence.strip(), place
        assert placeholders(sentence) == placeholders(dutch[place]), place


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_fully_anonymous_or_official(language: str) -> None:
    """Whoever has root on the running host can link (TRUST.md); the page may not promise more."""
    everything = " ".join(sentence for _, sentence in sentences(texts.load()[language])).lower()
    assert not [word for word in ("anoniem", "anonym", "officie", "official") if word in everything]


def test_the_promise_is_made_in_the_agreed_words() -> None:
    """PUPILS.md, rule 17."""
    assert "niet herleidbaar voor school en inspectie" in texts.load()["nl"]["welcome"]["privacy"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_named_with_its_number(language: str) -> None:
    """PUPILS.md, rule 12."""
    words = texts.load()[language]["help"]
    assert "0800-0432" in words["phone"]
    assert "vertrouwenspersoon" in words["school"]


def test_every_language_of_the_trial_edition_has_its_words() -> None:
    """Else the page would offer a language in which only the questions are written."""
    assert set(catalogue.edition(TRIAL["edition"]).languages) <= set(LANGUAGES)
