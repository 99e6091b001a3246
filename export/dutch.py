"""Dates, numbers and yes or no as a Dutch reader writes them; the words are in dutch.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date


@cache
def words() -> dict[str, Any]:
    """Return the words of dutch.toml."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def yes_no(flag: bool | None) -> str:  # noqa: FBT001 - the flag is the value that is put into words
    """Return ja or nee, or that it was not given."""
    return str(words()["onbekend" if flag is None else "ja" if flag else "nee"])


def day(moment: date) -> str:
    """Return a date as people write it: `30 juni 2027`."""
    return f"{moment.day} {words()['maanden'][moment.month - 1]} {moment.year}"


def number(figure: float | None, *, decimals: int = 0) -> str:
    """Return a figure as people print it: `3,4`, and a dash where there is none."""
    if figure is None:
        return str(words()["geen_getal"])
    return f"{figure:.{decimals}f}".replace(".", ",")


def signed(figure: float | None, *, decimals: int = 0) -> str:
    """Return a difference as people print it: `+3,4`, with a real minus sign; a dash where there is none."""
    if figure is None:
        return number(None)
    sign = "" if figure == 0 else "+" if figure > 0 else str(words()["minteken"])
    return f"{sign}{number(abs(figure), decimals=decimals)}"
