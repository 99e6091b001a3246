"""Requests: what a caller asks, read field by field; refuses a wrong kind without repeating the value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

LARGEST: Final = 2**53 - 1
"""The largest whole number that JavaScript counts exactly."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the broker and who asks it."""

    op: str
    capability: str
    fields: Mapping[str, Any] = field(repr=False)

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.fields.get(name)
        return value if isinstance(value, str) and _is_writable(value) else _refuse(name, "give a text")

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where it was not given."""
        return None if self.fields.get(name) is None else self.text(name)

    def number(self, name: str, *, least: int = 0, most: int = LARGEST) -> int:
        """Return a whole number within bounds that must be there."""
        value = self.fields.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        return _refuse(name, f"give a whole number from {least} to {most}")

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object that must be there."""
        value = self.fields.get(name)
        return value if isinstance(value, dict) else _refuse(name, "give an object")

    def listing(self, name: str) -> list[Any]:
        """Return a list that must be there and not empty."""
        value = self.fields.get(name)
        return value if isinstance(value, list) and value else _refuse(name, "give a list of at least one")

    def parsed(self, name: str, parse: Callable[[Any], T]) -> T:
        """Return what `parse` makes of a field; its `ValueError` becomes a refusal that names the field."""
        try:
            return parse(self.fields.get(name))
        except (ValueError, TypeError, AttributeError) as fault:
            return _refuse(name, str(fault))


def _is_writable(text: str) -> bool:
    if "\0" in text:  # which PostgreSQL cannot hold
        return False
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can spell and no store can hold
        return False
    return True


def _refuse(name: str, fault: str) -> NoReturn:
    raise Refused("bad_request", {"field": name, "fault": fault})
