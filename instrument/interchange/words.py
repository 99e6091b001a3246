"""The words around the questions for other programs and on paper, per language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.questionnaire import DONT_KNOW, PREFER_NOT_TO_SAY
from instrument.screens import texts

if TYPE_CHECKING:
    from instrument.questionnaire import Edition, Text

_FILE: Final = Path(__file__).with_name("words.toml")


@cache
def words() -> dict[str, Any]:
    """Return what stands in words.toml."""
    return tomllib.loads(_FILE.read_text("utf-8"))


def languages_on_paper() -> tuple[str, ...]:
    """Return the languages in which the paper speaks."""
    return tuple(code for code, part in words().items() if "paper" in part)


def name_of(language: str) -> str:
    """Return the name of a language in itself; its code where we do not know it."""
    name: str = words()["languages"].get(language, language)
    return name


def language_named(name: str) -> str | None:
    """Return the code of the language with this name, whatever its capitals."""
    codes = {known.casefold(): code for code, known in words()["languages"].items()}
    return codes.get(name.strip().casefold())


def non_substantive(edition: Edition) -> dict[int, Text]:
    """Return the two answers that every question offers; Dutch where a language has no words for them yet."""
    return {
        DONT_KNOW: {language: _said(language, "dont_know") for language in edition.languages},
        PREFER_NOT_TO_SAY: {language: _said(language, "prefer_not_to_say") for language in edition.languages},
    }


def _said(language: str, key: str) -> str:
    spoken = texts.load()
    said: str = spoken.get(language, next(iter(spoken.values())))["question"][key]
    return said
