"""A school beside itself last year and beside other schools; compares released means only, never pupils (D9).

Other schools give what was released of them: a mean to one decimal and a number of answers. What is told of
them together is their number, at least ten, the mean of all, and between which means four of five schools
lie by a normal curve: no figure is that of one school, and none stands in an order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final

from export.results.uncertainty import SchoolMean, half_width, margin, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEWEST_SCHOOLS: Final = 10
"""The mean of fewer schools would say too much of each of them."""
FOUR_OF_FIVE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Earlier:
    """The released means of the same school in an earlier schooljaar, by indicator."""

    schooljaar: str
    means: Mapping[str, SchoolMean]


@dataclass(frozen=True, slots=True)
class Pool:
    """What schools have in common: how much they differ, and the sums that their mean is made of.

    A school weighs as much as it is sure: 1 / (variance between schools + its own error variance).
    """

    n_schools: int
    between_variance: float
    weight: float
    weighted_means: float

    @property
    def mean(self) -> float:
        """The mean of all schools."""
        return self.weighted_means / self.weight

    def without(self, school: SchoolMean) -> Pool:
        """Return the pool of the other schools, the variance between schools taken as it is."""
        weight = 1 / (self.between_variance + school.error_variance)
        return Pool(
            self.n_schools - 1,
            self.between_variance,
            self.weight - weight,
            self.weighted_means - weight * school.mean,
        )


def with_earlier(own: SchoolMean, earlier: Earlier | None, code: str) -> dict[str, Any] | None:
    """Return the difference with last year and whether it is real; None where there is nothing to compare."""
    before = None if earlier is None else earlier.means.get(code)
    if earlier is None or before is None:
        return None
    difference = round(own.mean - before.mean, 1)
    variance = own.error_variance + before.error_variance
    half = half_width(variance)
    return {
        "schooljaar": earlier.schooljaar,
        "mean": before.mean,
        "difference": difference + 0.0,
        "interval": [round(difference - half, 1) + 0.0, round(difference + half, 1) + 0.0],
        "verdict": verdict(difference, variance),
    }


def with_others(own: SchoolMean, pool: Pool | None) -> dict[str, Any] | None:
    """Return how a school lies beside other schools; None where these are fewer than ten.

    The school's own mean is shrunken towards that of all, as far as it is unreliable (empirical Bayes); the
    difference is real where the interval of its distance to the mean of all leaves zero out.
    """
    if pool is None or pool.n_schools < FEWEST_SCHOOLS:
        return None
    own_weight = pool.between_variance / (pool.between_variance + own.error_variance)
    shrunken = pool.mean + own_weight * (own.mean - pool.mean)
    # of the school's true distance to the mean of all; that the variance between schools is estimated too is
    # left out: with ten schools or more it adds little
    variance = pool.between_variance * (1 - own_weight) + own_weight**2 / pool.weight
    reach = NormalDist().inv_cdf((1 + FOUR_OF_FIVE) / 2) * math.sqrt(pool.between_variance)
    return {
        "n_schools": pool.n_schools,
        "mean": _told(pool.mean),
        "low": max(_told(pool.mean - reach), float(own.low)),
        "high": min(_told(pool.mean + reach), float(own.high)),
        "difference": _told(own.mean - _told(pool.mean)),
        "shrunken": _told(shrunken),
        "interval": [_told(shrunken - margin(variance)), _told(shrunken + margin(variance))],
        "verdict": verdict(shrunken - pool.mean, variance),
    }


def pooled(schools: Sequence[SchoolMean]) -> Pool | None:
    """Return what schools have in common, each one's error variance known; None of fewer than ten."""
    if len(schools) < FEWEST_SCHOOLS:
        return None
    between = between_variance(schools)
    weights = [1 / (between + school.error_variance) for school in schools]
    weighted = sum(weight * school.mean for weight, school in zip(weights, schools, strict=True))
    return Pool(len(schools), between, sum(weights), weighted)


def between_variance(schools: Sequence[SchoolMean]) -> float:
    """Return the variance between the true means of schools, by REML."""
    # pandas and scipy behind it cost seconds; only whoever asks for figures pays them
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from psychometrics.levels.group_sums import GroupSums  # noqa: PLC0415
    from psychometrics.levels.variance_components import variance_components  # noqa: PLC0415

    errors = np.array([school.error_variance for school in schools])
    spread = float(np.mean(errors * np.array([school.n_valid for school in schools])))
    # as many pupils as would give a mean of just this error, so that stamgroepen and rounding are in it
    sizes = spread / errors
    sums = GroupSums(
        sizes=sizes,
        means=np.array([school.mean for school in schools]),
        within_squares=spread * float((sizes - 1).sum()),
        school_of_group=np.arange(len(schools)),
        schools=pd.RangeIndex(len(schools)),
        n_respondents=round(float(sizes.sum())),
        n_missing=0,
        has_classes=False,
    )
    return variance_components(sums).between_variance


def _told(figure: float) -> float:
    return round(figure, 1) + 0.0
