"""What passed the gate, or the reason why it did not; a figure cannot be made anywhere else."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Final, TypeAlias

from export.disclosure.rules import TOO_FEW, DisclosureError

SEAL: Final = object()
"""Held by the gate; whoever imports it elsewhere goes round the rules, and a test finds it."""

SHARE: Final = "share"
FEW: Final = "few"
"""Fewer than three pupils, perhaps nobody (D4)."""
NEARLY_ALL: Final = "nearly_all"
"""All pupils, or all but fewer than three (D4)."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A figure that is not shown: a reason, and on purpose no count."""

    reason: str = TOO_FEW


@dataclass(frozen=True, slots=True)
class Released:
    """A mean that may be shown, with its scale and the number of valid answers that may be told."""

    mean: float
    n_valid: int
    low: int
    high: int
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse a figure that did not pass the rules of this package."""
        _check(seal, "a Released is only made by Disclosure.mean and Disclosure.means")


@dataclass(frozen=True, slots=True)
class AnswerClass:
    """Answers that are told together: their levels, how they read, and their share where they have one.

    Levels count from 1, the least favourable answer of the item.
    """

    levels: tuple[int, ...]
    reads: str
    share: int | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the answers to one item are spread, in classes from the least favourable to the most."""

    classes: tuple[AnswerClass, ...]
    n_valid: int
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse a figure that did not pass the rules of this package."""
        _check(seal, "a Distribution is only made by Disclosure.distribution")

    @property
    def below_best(self) -> AnswerClass:
        """What is told of all who did not give the most favourable answer; says no more than the classes."""
        best = self.classes[-1]
        levels = tuple(level for each in self.classes for level in each.levels)[:-1]
        if len(best.levels) > 1:
            return AnswerClass(levels, NEARLY_ALL, None)
        if best.reads == SHARE and best.share is not None:
            return AnswerClass(levels, SHARE, 100 - best.share)
        return AnswerClass(levels, FEW if best.reads == NEARLY_ALL else NEARLY_ALL, None)


Disclosed: TypeAlias = Released | Suppressed


def _check(seal: object, rule: str) -> None:
    if seal is not SEAL:
        raise DisclosureError(f"{rule}; pass the answers through it")
