"""The words of the report, from its text files; figures as a Dutch reader prints them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export import dutch

if TYPE_CHECKING:
    from collections.abc import Sequence

TEXTS: Final = Path(__file__).parent / "texts"
SECONDARY: Final = ("vo", "vso")
"""Sectors that count leerjaren from 1 and have no groepen."""


@cache
def texts(name: str) -> dict[str, Any]:
    """Return the sentences of one file in `texts/`."""
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


def sentence(name: str, *keys: str, **fields: object) -> str:
    """Return the sentence under keys of a file, its fields filled in."""
    found: Any = texts(name)
    for key in keys:
        found = found[key]
    return str(found).format_map(fields)


def mean(value: float | None) -> str:
    """Return a mean as it is shown everywhere: `3,2`, and a dash where there is none."""
    return dutch.number(value, decimals=1)


def percent(share: int | None) -> str:
    """Return a share as `45%`, and a dash where none is shown."""
    return dutch.number(None) if share is None else f"{share}%"


def leerjaar(number: int, sector: str) -> str:
    """Return a leerjaar as its sector calls it: `groep 7`, `leerjaar 2`."""
    return sentence("rapport", "leerjaar", "vo" if sector in SECONDARY else "po", leerjaar=number)


def listed(parts: Sequence[str], *, last: str = "en") -> str:
    """Return words in a row as people say them: `a, b en c`."""
    *head, tail = parts
    return f"{', '.join(head)} {last} {tail}" if head else tail


def quoted(labels: Sequence[str]) -> str:
    """Return answers as people say them, each in quotation marks, the last behind "of"."""
    return listed([sentence("rapport", "citaat", label=label) for label in labels], last="of")
