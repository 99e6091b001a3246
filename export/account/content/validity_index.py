"""The content validity index of items and scales, from experts' ratings of relevance; judges nothing.

Polit, Beck & Owen (2007), Is the CVI an acceptable indicator of content validity? Research in Nursing and
Health 30, 459-467.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from statistics import fmean
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RATINGS: Final = (1, 2, 3, 4)
RELEVANT: Final = 3
"""Three ("quite relevant") and four ("highly relevant") count as relevant."""
FEWEST_EXPERTS: Final = 3
"""Lynn (1986); of two, agreement says next to nothing."""


class RatingsError(ValueError):
    """Ratings from which no index can be made; the message names fault and remedy."""


@dataclass(frozen=True, slots=True)
class ItemValidity:
    """How many experts find an item relevant; `kappa` corrects I-CVI for agreement by chance."""

    n_experts: int
    n_relevant: int
    i_cvi: float
    chance: float
    kappa: float


@dataclass(frozen=True, slots=True)
class ScaleValidity:
    """The mean I-CVI of the items of a scale, and the share of items that every expert finds relevant."""

    n_items: int
    n_experts: int
    s_cvi_average: float
    s_cvi_universal: float


def item_validity(ratings: Sequence[int]) -> ItemValidity:
    """Return the index of one item from one rating (1 to 4) of each expert.

    Example:
        >>> found = item_validity([4, 3, 4, 2, 4])
        >>> found.i_cvi, round(found.kappa, 2)
        (0.8, 0.76)
    """
    if len(ratings) < 1 or not set(ratings) <= set(RATINGS):
        raise RatingsError("ratings: give one whole number from 1 to 4 of each expert")
    n_experts, n_relevant = len(ratings), sum(rating >= RELEVANT for rating in ratings)
    i_cvi = n_relevant / n_experts
    chance = comb(n_experts, n_relevant) * 0.5**n_experts
    # of one expert both are certain by chance half the time; with more, chance is always below one
    return ItemValidity(n_experts, n_relevant, i_cvi, chance, (i_cvi - chance) / (1 - chance))


def scale_validity(items: Mapping[str, ItemValidity]) -> ScaleValidity:
    """Return the index of a scale from those of its items, all rated by the same experts."""
    numbers = {item.n_experts for item in items.values()}
    if len(numbers) != 1:
        raise RatingsError("items: give at least one, each rated by every expert")
    found = [item.i_cvi for item in items.values()]
    return ScaleValidity(len(found), numbers.pop(), fmean(found), fmean(value == 1 for value in found))
