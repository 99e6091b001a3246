"""Where things stand in a bank that was read by `form.BANK`: tables with their places, as far as in form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

Table: TypeAlias = dict[str, Any]
Rule: TypeAlias = Callable[[Table], Iterator[str]]
"""Yields each fault with its place and remedy; skips what has no form, which is reported already."""


def numbered(bank: Table, name: str) -> Iterator[tuple[str, Table]]:
    """Yield the tables under a key with their places, counted from one as a person counts."""
    for number, entry in enumerate(bank.get(name, []), start=1):
        if entry is not None:
            yield f"{name}[{number}]", entry


def coded(bank: Table, name: str) -> Iterator[tuple[str, Table]]:
    """Yield those that have a code."""
    return ((place, entry) for place, entry in numbered(bank, name) if "code" in entry)


def option_values(bank: Table) -> Iterator[tuple[str, str | None, list[int]]]:
    """Yield place, code and values of each option set of which every value has its form."""
    for place, entry in numbered(bank, "option_set"):
        options = entry.get("option", [])
        values = [option["value"] for option in options if option is not None and "value" in option]
        if options and len(values) == len(options):
            yield place, entry.get("code"), values
