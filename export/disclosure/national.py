"""The gate for many schools at once: the same rules and figures, on arrays with a place per school."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from export.disclosure import classes, counts, means, shares, span
from export.disclosure.rules import MINIMUM_ANSWERS
from export.disclosure.units import SCHOOL, of_leerjaren

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from export.disclosure.counts import Counts, Truths
    from export.disclosure.means import Numbers
    from export.disclosure.tally import ScaleTally, Tally


@dataclass(frozen=True, slots=True)
class Distributions:
    """One item in every school: the class of each level, the shares of classes, and what n may be told.

    Where `nearly_all`, no share is told but that all, or all but few, gave the answer at `usual`; where not
    `shown`, nothing is. A place that is not told holds zero.
    """

    shown: Truths
    nearly_all: Truths
    usual: Counts
    group: Counts
    share: Counts
    n_told: Counts


@dataclass(frozen=True, slots=True)
class Means:
    """One scale in every school and in every cell; NaN where nothing is shown."""

    of_school: Numbers
    n_of_school: Counts
    of_cell: Numbers
    n_of_cell: Counts


@dataclass(frozen=True, slots=True)
class National:
    """Everything that may be told of every school."""

    items: Mapping[str, Distributions]
    scales: Mapping[str, Means]


def aggregates(counted: Tally, first_cell: NDArray[np.intp], *, sensitive: Collection[str]) -> National:
    """Pass all aggregates of many schools through the gate; nothing was released of them before.

    The cells of a school lie together, one per leerjaar; `first_cell` is the first place of each school.
    """
    n_respondents = np.add.reduceat(counted.respondents, first_cell)
    return National(
        items={
            item: _distributions(
                np.add.reduceat(levels, first_cell, axis=0), n_respondents, sensitive=item in sensitive
            )
            for item, levels in counted.items.items()
        },
        scales={name: _means(scale, counted, first_cell) for name, scale in counted.scales.items()},
    )


def _distributions(levels: Counts, n_respondents: Counts, *, sensitive: bool) -> Distributions:
    # a school's only unit here is the school itself, so that the audit comes down to the minimum
    enough = levels.sum(axis=-1) >= MINIMUM_ANSWERS
    found = counts.completed(levels, n_respondents) * enough[:, None]
    told = classes.told(found, sensitive=sensitive)
    group = classes.grouped(told)
    nearly_all = classes.is_nearly_all(told) & enough
    in_classes = enough & ~nearly_all & ~classes.is_one(group)
    shown = nearly_all | in_classes
    share = shares.rounded(classes.sizes(told, group)) * in_classes[:, None]
    usual = told.argmax(axis=-1) * nearly_all
    return Distributions(
        shown, nearly_all, usual, group * in_classes[:, None], share, found.sum(axis=-1) * shown
    )


def _means(scale: ScaleTally, counted: Tally, first_cell: NDArray[np.intp]) -> Means:
    n_of_cell = counts.readable(scale.valid, counted.respondents)
    of_school, of_cell = _allowed(scale.valid, counted, first_cell)
    school_counts, school_weights, valid, told = (
        np.add.reduceat(each, first_cell, axis=0)
        for each in (scale.counts, scale.weights, scale.valid, n_of_cell)
    )
    return Means(
        of_school=_told(scale, school_counts, school_weights, valid, told, of_school),
        n_of_school=told * of_school,
        of_cell=_told(scale, scale.counts, scale.weights, scale.valid, n_of_cell, of_cell),
        n_of_cell=n_of_cell * of_cell,
    )


def _told(  # noqa: PLR0913, PLR0917 - a mean is what these say
    scale: ScaleTally, levels: Counts, weights: Counts, valid: Counts, n_told: Counts, shown: Truths
) -> Numbers:
    total = means.flattened(levels, weights).sum(axis=-1)
    mean = scale.low - 1 + total / (scale.parts * np.maximum(valid, 1))
    return np.where(shown, means.clipped(mean, n_told, low=scale.low, high=scale.high), np.nan)


def _allowed(valid: Counts, counted: Tally, first_cell: NDArray[np.intp]) -> tuple[Truths, Truths]:
    """Audit every school; where no cell is under the minimum nothing small can be left."""
    of_school = np.add.reduceat(valid, first_cell) >= MINIMUM_ANSWERS
    of_cell = valid >= MINIMUM_ANSWERS
    is_small = np.add.reduceat((valid > 0) & ~of_cell, first_cell) > 0
    ends = [*first_cell[1:].tolist(), len(valid)]
    for place in np.flatnonzero(is_small).tolist():
        cells = range(int(first_cell[place]), ends[place])
        sizes = {counted.cells[cell]: int(valid[cell]) for cell in cells}
        leerjaren = of_leerjaren(sizes)
        turn = sorted(zip(cells, leerjaren, strict=True), key=lambda one: -int(counted.respondents[one[0]]))
        wanted = [SCHOOL, *(unit for _, unit in turn)]
        may = span.allowed(wanted, sizes, earlier=(), fewest=MINIMUM_ANSWERS)
        for cell, unit in turn:
            of_cell[cell] = unit in may
    return of_school, of_cell
