"""Sentences and labels for people, from texts/levering.toml; holds no rule and no figure of its own."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from export import dutch

TEXTS: Final = Path(__file__).parent / "texts"


@cache
def texts() -> dict[str, Any]:
    """Return every text of the levering, by part."""
    return tomllib.loads((TEXTS / "levering.toml").read_text(encoding="utf-8"))


def sentence(part: str, key: str, **fields: object) -> str:
    """Return one sentence with its fields filled in: `sentence("levering", "afname_open")`."""
    return str(texts()[part][key]).format(**fields)


def value(key: str | None) -> str:
    """Return the words for a value of the summary; a value that was not given is said to be so."""
    return str(dutch.words()["onbekend"] if key is None else texts()["waarden"][key])
