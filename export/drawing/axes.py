"""An axis: what it counts, between which numbers, and where a value lies on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis counts, between which numbers, and where its ticks are."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int = 0

    def place(self, value: float, start: float, end: float) -> float:
        """Return where a value lies between two places on paper."""
        share = (value - self.low) / (self.high - self.low)
        return start + share * (end - start)


def axis(label: str, values: Sequence[float], *, steps: Sequence[float], decimals: int = 0) -> Axis:
    """Return an axis around values, with the smallest of `steps` that gives seven ticks at most."""
    low, high = min(values), max(values)
    step = next((step for step in steps if (high - low) / step <= 6), steps[-1])  # noqa: PLR2004 - seven ticks
    first, last = int(low // step), int(-(-high // step))
    ticks = tuple(round(number * step, 6) for number in range(first, max(last, first + 1) + 1))
    return Axis(label, ticks[0], ticks[-1], ticks, decimals)
