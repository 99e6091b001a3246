"""Between which values the share of schools in the variance of a score lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize, stats

from psychometrics.levels.variance_components import criterion

if TYPE_CHECKING:
    from collections.abc import Callable

    from psychometrics.levels.group_sums import GroupSums
    from psychometrics.levels.variance_components import VarianceComponents

LARGEST_RATIO: Final = 1e12
"""A variance between schools this many times that within is all there is."""
LARGEST_SHARE: Final = 1 - 1e-9
"""A share of one leaves no variance to pupils and has no likelihood."""


@dataclass(frozen=True, slots=True)
class IccInterval:
    """The lowest and highest ICC(1) that the scores agree with."""

    low: float
    high: float


def icc_interval(sums: GroupSums, components: VarianceComponents, *, confidence: float) -> IccInterval:
    """Return the interval of ICC(1): exact for two levels, by profile likelihood for three.

    Two levels: Wald (1940), as in Harville and Fenech (1985); it holds for schools of any size, and equals
    that of Searle (1971) where they are of one size. Three levels: every share that the restricted
    likelihood does not reject against the best one (chi-square, one degree of freedom).
    """
    if sums.has_classes:
        return _profile_interval(sums, components, confidence)
    return _exact_interval(sums, confidence)


def _exact_interval(sums: GroupSums, confidence: float) -> IccInterval:
    between, within = sums.n_schools - 1, sums.n_respondents - sums.n_schools
    tail = (1 - confidence) / 2
    ends = [
        _ratio_with_f(sums, float(stats.f.ppf(share, between, within)), within) for share in (1 - tail, tail)
    ]
    return IccInterval(ends[0] / (1 + ends[0]), ends[1] / (1 + ends[1]))


def _ratio_with_f(sums: GroupSums, quantile: float, freedom: int) -> float:
    within = sums.within_squares / freedom

    def excess(ratio: float) -> float:
        # at the true ratio this is exactly F, and it falls as the ratio rises
        weights = sums.sizes / (1 + sums.sizes * ratio)
        mean = (weights * sums.means).sum() / weights.sum()
        between = (weights * np.square(sums.means - mean)).sum() / (sums.n_schools - 1)
        return float(between / within - quantile)

    if excess(0.0) <= 0:
        return 0.0
    logarithm = optimize.brentq(
        lambda point: excess(float(np.exp(point))), -np.log(LARGEST_RATIO), np.log(LARGEST_RATIO), xtol=1e-12
    )
    return float(np.exp(logarithm))


def _profile_interval(sums: GroupSums, components: VarianceComponents, confidence: float) -> IccInterval:
    limit = components.criterion + float(stats.chi2.ppf(confidence, 1))
    school, of_class = components.ratios
    share = school / (1 + school + of_class)

    def excess(at: float) -> float:
        return _profile(sums, at) - limit

    return IccInterval(_crossing(excess, share, 0.0), _crossing(excess, share, LARGEST_SHARE))


def _profile(sums: GroupSums, share: float) -> float:
    # with ICC(1) held at `share`, classes take what suits the scores best
    def given(class_icc: float) -> float:
        class_ratio = class_icc / (1 - class_icc)
        return criterion(sums, share * (1 + class_ratio) / (1 - share), class_ratio)

    found = optimize.minimize_scalar(given, bounds=(0.0, LARGEST_SHARE), method="bounded")
    return min(float(found.fun), given(0.0))


def _crossing(excess: Callable[[float], float], inside: float, outermost: float) -> float:
    if excess(outermost) <= 0:
        return outermost
    return float(optimize.brentq(excess, inside, outermost, xtol=1e-7))
