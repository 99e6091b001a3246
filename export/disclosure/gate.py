"""The gate of one closed afname: the only place where answers become a figure that may leave.

What it lets through is a `Released` or a `Distribution`, which cannot be made anywhere else; so a function
that asks for one cannot be handed a figure that did not pass. The rules are in `rules`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from export.disclosure import classes, counts, means, shares, span
from export.disclosure.figures import (
    FEW,
    NEARLY_ALL,
    SEAL,
    SHARE,
    AnswerClass,
    Disclosed,
    Distribution,
    Released,
    Suppressed,
)  # fmt: skip
from export.disclosure.rules import FLOOR, MINIMUM_ANSWERS, DisclosureError
from export.disclosure.units import KINDS, SCHOOL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from export.disclosure.counts import Counts
    from export.disclosure.tally import ScaleTally, Tally
    from export.disclosure.units import Unit
    from instrument.afname import Afname


@dataclass(frozen=True, slots=True, order=True)
class Release:
    """What was told of whom: a unit, and the scale or item in question."""

    unit: Unit
    what: str


@dataclass(frozen=True, slots=True)
class LeerjaarResponse:
    """How many pupils of one leerjaar took part; says nothing about an answer."""

    leerjaar: int
    population: int
    respondents: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The gate of one closed afname; raises `DisclosureError` while it is open (D1).

    `released` is everything that was ever released of this afname, to anybody, at any level (D3, D8).
    """

    afname: Afname
    minimum_answers: int = MINIMUM_ANSWERS
    released: tuple[Release, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an open afname and a minimum below the floor."""
        if self.afname.is_open:
            raise DisclosureError("afname: it is still open; close it, then its results can be shown (D1)")
        if self.minimum_answers < FLOOR:
            raise DisclosureError(f"minimum_answers: {self.minimum_answers} is below the floor of {FLOOR}")

    def mean(self, scores: Sequence[float], *, low: int, high: int) -> Disclosed:
        """Release the mean of one score per respondent (NaN where missing) on a scale from low to high."""
        valid = [score for score in scores if not math.isnan(score)]
        if not all(low <= score <= high for score in valid):
            raise DisclosureError(f"scores: at least one lies outside the scale {low} to {high}")
        if len(valid) < self.minimum_answers:
            return Suppressed()
        told = int(counts.readable(len(valid), len(scores)))
        return _released(math.fsum(valid) / len(valid), told, low=low, high=high)

    def means(self, tally: Tally, scale: str, *, units: Iterable[Unit] = (SCHOOL,)) -> dict[Unit, Disclosed]:
        """Release the mean of a scale for each unit that may have one beside all that was released (D3)."""
        wanted = sorted(units, key=lambda unit: self._turn(tally, unit))
        of_scale = tally.scales[scale]
        may = self._allowed(tally, scale, wanted, of_scale.valid)
        return {unit: self._mean(tally, of_scale, unit) if unit in may else Suppressed() for unit in wanted}

    def distribution(
        self, tally: Tally, item: str, *, unit: Unit = SCHOOL, sensitive: bool
    ) -> Distribution | Suppressed:
        """Release how the answers to an item are spread; a sensitive item in two classes only (D6)."""
        return self.distributions(tally, {item: sensitive}, unit=unit)[item]

    def distributions(
        self, tally: Tally, items: Mapping[str, bool], *, unit: Unit = SCHOOL
    ) -> dict[str, Distribution | Suppressed]:
        """Release items at once, each named with whether it is sensitive; as many times faster."""
        here = tally.within(unit)
        n_respondents = tally.respondents[here].sum()
        may = [item for item in items if self._may(tally, item, unit)]
        found = {item: counts.completed(tally.items[item][here].sum(axis=0), n_respondents) for item in may}
        told = {item: classes.told(found[item], sensitive=items[item]) for item in may}
        classed = {item: each for names in _alike(told) for item, each in _classed(names, told).items()}
        return {
            item: Distribution(_levels(classed[item], len(found[item])), int(found[item].sum()), SEAL)
            if classed.get(item)
            else Suppressed()
            for item in items
        }

    def response(self, stamgroepen: Iterable[str]) -> tuple[LeerjaarResponse, ...]:
        """Count the respondents per leerjaar from the stamgroep of each; no stamgroep is ever shown."""
        used = Counter(stamgroepen)
        unknown = used.keys() - {group.name for group in self.afname.stamgroepen}
        if unknown:
            raise DisclosureError(f"responses: {len(unknown)} stamgroep(en) are not part of this afname")
        respondents = self.afname.respondents(used)
        return tuple(
            LeerjaarResponse(leerjaar, population, respondents[leerjaar])
            for leerjaar, population in self.afname.population.items()
        )

    def _may(self, tally: Tally, item: str, unit: Unit) -> bool:
        return unit in self._allowed(tally, item, [unit], tally.items[item].sum(axis=-1))

    def _allowed(self, tally: Tally, what: str, wanted: Sequence[Unit], valid: Counts) -> frozenset[Unit]:
        sizes = dict(zip(tally.cells, valid.tolist(), strict=True))
        earlier = [release.unit for release in self.released if release.what == what]
        return span.allowed(wanted, sizes, earlier=earlier, fewest=self.minimum_answers)

    def _turn(self, tally: Tally, unit: Unit) -> tuple[int, int, str]:
        # by what is no secret: the kind, the number that took part, the name
        return KINDS.index(unit.kind), -int(tally.respondents[tally.within(unit)].sum()), unit.key

    def _mean(self, tally: Tally, scale: ScaleTally, unit: Unit) -> Disclosed:
        here = tally.within(unit)
        total = means.flattened(scale.counts[here].sum(axis=0), scale.weights[here].sum(axis=0)).sum()
        valid = scale.valid[here]
        # cell by cell, the finest that is ever told: so the numbers of larger units are sums of what is known
        told = int(counts.readable(valid, tally.respondents[here]).sum())
        mean = scale.low - 1 + float(total) / (scale.parts * int(valid.sum()))
        return _released(mean, told, low=scale.low, high=scale.high)


def _released(mean: float, told: int, *, low: int, high: int) -> Disclosed:
    shown = float(means.clipped(np.array(mean), np.array(told), low=low, high=high))
    return Suppressed() if math.isnan(shown) else Released(shown, told, low, high, SEAL)


def _alike(told: Mapping[str, Counts]) -> list[list[str]]:
    """Return the items by number of answers: those of one number are one array."""
    return [[item for item in told if len(told[item]) == n] for n in sorted({*map(len, told.values())})]


def _classed(items: Sequence[str], told: Mapping[str, Counts]) -> dict[str, tuple[AnswerClass, ...]]:
    """Return the classes of items, their levels those of what is told; none where no class can be told."""
    table = np.stack([told[item] for item in items])
    group = classes.grouped(table)
    points = shares.rounded(classes.sizes(table, group))
    nearly_all, one = classes.is_nearly_all(table), classes.is_one(group)
    found: dict[str, tuple[AnswerClass, ...]] = {}
    for place, item in enumerate(items):
        if nearly_all[place]:
            found[item] = _nearly_all(int(table[place].argmax()), table.shape[-1])
        elif not one[place]:
            found[item] = _with_shares(group[place].tolist(), points[place].tolist())
    return found


def _nearly_all(usual: int, n_levels: int) -> tuple[AnswerClass, ...]:
    return tuple(
        AnswerClass((level,), NEARLY_ALL if level == usual + 1 else FEW, None)
        for level in range(1, n_levels + 1)
    )


def _with_shares(group: Sequence[int], points: Sequence[int]) -> tuple[AnswerClass, ...]:
    return tuple(
        AnswerClass(
            tuple(level for level, of in enumerate(group, start=1) if of == number), SHARE, points[number]
        )
        for number in range(max(group) + 1)
    )


def _levels(found: tuple[AnswerClass, ...], n_levels: int) -> tuple[AnswerClass, ...]:
    """Return classes with the levels of the item, also where all but the best were told as one."""
    n_told = sum(len(each.levels) for each in found)
    if n_told == n_levels:
        return found
    worse, best = found
    below = tuple(range(1, n_levels))
    return AnswerClass(below, worse.reads, worse.share), AnswerClass((n_levels,), best.reads, best.share)
