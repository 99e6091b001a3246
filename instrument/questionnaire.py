"""A questionnaire as values: editions, scales, items, options; knows no file, no pupil and no score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Text: TypeAlias = "Mapping[str, str]"
"""A sentence for people: language code (`nl`, `en`) to words."""

DONT_KNOW: Final = -1
"""Stored for "weet ik niet": an answer, yet missing for every score."""
PREFER_NOT_TO_SAY: Final = -2
"""Stored for "wil ik niet zeggen": an answer, yet missing for every score."""
NON_SUBSTANTIVE: Final = (DONT_KNOW, PREFER_NOT_TO_SAY)


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that a pupil can choose, with the value that is stored for it."""

    value: int
    label: Text


@dataclass(frozen=True, slots=True)
class OptionSet:
    """The answers offered together, in the order of the screen and of rising value."""

    code: str
    options: tuple[Option, ...]
    period: Text | None = None
    """The time these answers count over; each item that offers them names it. None: no frequency."""

    @property
    def values(self) -> tuple[int, ...]:
        """The stored values, rising."""
        return tuple(option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a group of items measures, and which question of the law it answers."""

    code: str
    title: Text
    legal_question: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Words explained on a screen of their own, before the first item that needs them."""

    code: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Item:
    """One question; `reversed` when its highest value is unfavourable."""

    code: str
    scale: str
    text: Text
    option_set: OptionSet
    reversed: bool
    sensitive: bool
    explanation: str | None
    topic: str = ""

    @property
    def period(self) -> Text | None:
        """The time the question is about, where its answers count how often; else None."""
        return self.option_set.period

    def accepts(self, value: int) -> bool:
        """Tell whether `value` can be stored as an answer to this item."""
        return value in self.option_set.values or value in NON_SUBSTANTIVE


@dataclass(frozen=True, slots=True)
class Edition:
    """A questionnaire as it is put to pupils; a changed comma is another edition."""

    code: str
    title: Text
    sector: str
    leerjaren: tuple[int, ...]
    languages: tuple[str, ...]
    minimum_answered: float
    scales: tuple[Scale, ...]
    explanations: tuple[Explanation, ...]
    items: tuple[Item, ...]

    def item(self, code: str) -> Item:
        """Return the item with this code; raises `KeyError` with the code where there is none."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def items_of(self, scale: str) -> tuple[Item, ...]:
        """Return the items of one scale, in the order of the questionnaire."""
        return tuple(item for item in self.items if item.scale == scale)

    @property
    def model(self) -> dict[str, list[str]]:
        """Scale code to item codes: the form in which `psychometrics` takes a measurement model."""
        return {scale.code: [item.code for item in self.items_of(scale.code)] for scale in self.scales}
