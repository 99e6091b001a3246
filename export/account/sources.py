"""The literature behind the methods: where a table names it, and the list at the end."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_NAMED: Final = 2
_YEAR: Final = re.compile(r"\((\d{4})\)")
_SURNAME: Final = re.compile(r"(?:^|, (?:& )?|& )([^,&]+?), (?:[A-Z][a-z]*\.[ -]?)+")


@cache
def literature() -> dict[str, str]:
    """Return every source by its key, as it is printed in the list."""
    return tomllib.loads((Path(__file__).parent / "texts" / "sources.toml").read_text("utf-8"))


def cited(keys: Iterable[str]) -> str:
    """Return sources as a text names them: `Horn (1965); Schmid & Leiman (1957)`."""
    return "; ".join(_short(literature()[key]) for key in keys)


def listed(keys: Iterable[str]) -> list[str]:
    """Return the sources of these keys as a list, each once, in the order of the alphabet."""
    return sorted({literature()[key] for key in keys}, key=str.lower)


def _short(source: str) -> str:
    year = _YEAR.search(source)
    if year is None:
        return source
    names = _SURNAME.findall(source[: year.start()])
    some = f"{names[0]} e.a." if len(names) > MOST_NAMED else " & ".join(names)
    return f"{some} ({year[1]})"
