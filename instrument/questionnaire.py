"""A questionnaire as values: editions, scales, items, options; knows no file, no pupil and no score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Text: TypeAlias = "Mapping[str, str]"
"""A sentence for people: language code (`nl`, `en`) to words."""

DONT_KNOW: Final = -1
"""Stored for "weet ik niet": an answer, yet missing for every score."""
PREFER_NOT_TO_SAY: Final = -2
"""Stored for "wil ik niet zeggen": an answer, yet missing for every score."""
NON_SUBSTANTIVE: Final = (DONT_KNOW, PREFER_NOT_TO_SAY)


class UnknownModuleError(ValueError):
    """An edition has no module of this code; the message lists those it has."""


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
    several: bool = False
    """More than one may be chosen: stored as one number, the sum of 2 ** (value - 1) over what is chosen."""
    faces: bool = False
    """A face stands beside each label, the gladdest at the highest value; never with a period."""

    @property
    def values(self) -> tuple[int, ...]:
        """The values that can be stored, rising."""
        if self.several:
            return tuple(range(1, 2 ** len(self.options)))
        return tuple(option.value for option in self.options)

    def chosen(self, stored: int | None) -> tuple[int, ...]:
        """Return the values of the options behind a stored value; none for what is no choice of one."""
        if stored is None or stored in NON_SUBSTANTIVE:
            return ()
        if self.several:
            return tuple(option.value for option in self.options if stored >> (option.value - 1) & 1)
        return (stored,)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a group of items measures, and which question of the law it answers."""

    code: str
    title: Text
    legal_question: str


@dataclass(frozen=True, slots=True)
class Module:
    """Questions beside the scales, which a school adds to its afname or leaves out."""

    code: str
    title: Text
    legal_question: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where one of some earlier items was answered with one of some options."""

    any_of: tuple[str, ...]
    answered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Words explained on a screen of their own, before the first item that needs them."""

    code: str
    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a scale or of a module; `reversed` when its highest value is unfavourable."""

    code: str
    scale: str | None
    text: Text
    option_set: OptionSet
    reversed: bool
    sensitive: bool
    explanation: str | None
    topic: str = ""
    module: str | None = None
    visible_if: tuple[Condition, ...] = ()
    """All must hold for a pupil to see it; none: everybody sees it."""
    note: str = ""
    """Why it is worded like this, for whoever judges the questions."""
    reading_level: str = ""
    """The author's estimate on the scale of the Common European Framework, as in `A2`."""

    @property
    def period(self) -> Text | None:
        """The time the question is about, where its answers count how often; else None."""
        return self.option_set.period

    @property
    def codes(self) -> tuple[int, ...]:
        """Every value that can be stored as an answer to this item."""
        return (*self.option_set.values, *NON_SUBSTANTIVE)

    def accepts(self, value: int) -> bool:
        """Tell whether `value` can be stored as an answer to this item."""
        return value in self.codes


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
    modules: tuple[Module, ...] = ()

    @property
    def scored(self) -> tuple[Item, ...]:
        """The items of the scales: put to every pupil, and all that scores are made of."""
        return tuple(item for item in self.items if item.scale is not None)

    def with_modules(self, chosen: Collection[str]) -> Edition:
        """Return what a school puts to its pupils: the scales and the chosen modules.

        Raises `UnknownModuleError` where one is not of this edition.
        """
        known = [module.code for module in self.modules]
        for code in chosen:
            if code not in known:
                listed = ", ".join(known) or "none at all"
                raise UnknownModuleError(f'edition "{self.code}" has no module "{code}"; it has {listed}')
        return replace(
            self,
            items=tuple(item for item in self.items if item.module is None or item.module in chosen),
            modules=tuple(module for module in self.modules if module.code in chosen),
        )

    def visible(self, answers: Mapping[str, int]) -> tuple[Item, ...]:
        """Return the items that a pupil with these stored answers is asked, in order."""
        asked: dict[str, Item] = {}
        for item in self.items:
            if all(_holds(condition, asked, answers) for condition in item.visible_if):
                asked[item.code] = item
        return tuple(asked.values())

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


def _holds(condition: Condition, asked: Mapping[str, Item], answers: Mapping[str, int]) -> bool:
    """An answer to a question that is not asked (any more) counts as none."""
    given = (asked[code].option_set.chosen(answers.get(code)) for code in condition.any_of if code in asked)
    return any(value in condition.answered for chosen in given for value in chosen)
