"""How much of a score's variance lies between schools, between classes and between pupils, by REML.

Pupils j of class c of school s: y = mean + school + class + pupil, all normal and independent. With the
ratios of the school's and the class's variance to the pupil's given, everything else follows in closed form
from group sizes, group means and the sum of squares within groups, so that a million pupils cost as much as
their schools. Sources: Patterson and Thompson (1971); Searle, Casella and McCulloch (1992, ch. 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize

from psychometrics.cautions import NotConvergedWarning, PsychometricWarning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from psychometrics.levels.group_sums import GroupSums

GRID: Final = np.log(10.0) * np.linspace(-10, 10, 41)
"""Logarithms of the ratios between which an optimum is looked for."""
FLAT: Final = 1e-6
"""A slope of the criterion, per factor e of a ratio, that counts as zero."""


class ZeroVarianceWarning(PsychometricWarning):
    """Groups differ less than chance alone makes them differ; the variance between them is set to zero."""


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances between schools, between classes of a school, and between pupils of a class.

    `ratios` are the first two over the third. `class_variance` is None where classes were left out.
    `criterion` is minus twice the restricted log-likelihood. Per school, `weighted_means` are the means that
    weigh classes by their precision, and `error_variances` those of such a mean; `mean` and `mean_variance`
    are the mean over schools and its squared standard error.
    """

    between_variance: float
    class_variance: float | None
    within_variance: float
    ratios: tuple[float, float]
    mean: float
    mean_variance: float
    weighted_means: NDArray[np.float64]
    error_variances: NDArray[np.float64]
    criterion: float
    cautions: tuple[PsychometricWarning, ...]


def variance_components(sums: GroupSums) -> VarianceComponents:
    """Return the REML estimates, those of lme4's `lmer(score ~ 1 + (1 | school / class))`.

    The lowest criterion of all models is taken: with both variances above zero, with one, with none.

    Example:
        >>> import pandas as pd
        >>> from psychometrics.levels.group_sums import summed
        >>> score = pd.Series([1.0, 2.0, 2.0, 3.0, 5.0, 6.0])
        >>> round(variance_components(summed(score, pd.Series([1, 1, 2, 2, 3, 3]))).between_variance, 6)
        4.083333
    """
    candidates = [(0.0, 0.0), *((ratio, 0.0) for ratio in _optima(partial(_gradient_of_school, sums)))]
    cautions: tuple[PsychometricWarning, ...] = ()
    if sums.has_classes:
        candidates += [(0.0, ratio) for ratio in _optima(partial(_gradient_of_class, sums))]
        both, cautions = _interior_optimum(sums, _starts(sums, candidates))
        candidates += both
    best = min(candidates, key=lambda ratios: criterion(sums, *ratios))
    return _components(sums, best, tuple(_boundaries(sums, best)) or cautions)


def criterion(sums: GroupSums, school_ratio: float, class_ratio: float) -> float:
    """Return minus twice the restricted log-likelihood at these ratios, the pupils' variance profiled out."""
    at = _weighted(sums, school_ratio, class_ratio)
    freedom = sums.n_respondents - 1
    determinants = np.log1p(sums.sizes * class_ratio).sum() + np.log1p(at.precisions * school_ratio).sum()
    return float(
        freedom * (1 + np.log(2 * np.pi * at.within)) + determinants + np.log(at.school_weights.sum())
    )


@dataclass(frozen=True, slots=True)
class _Weighted:
    """Everything that follows from the ratios, in units of the pupils' variance."""

    group_weights: NDArray[np.float64]
    precisions: NDArray[np.float64]
    school_means: NDArray[np.float64]
    school_weights: NDArray[np.float64]
    mean: float
    within: float


# Sums of products below are no `@`: BLAS would wake its threads for every one of these short vectors, which
# on a busy machine takes ten times longer than the sum itself.
def _weighted(sums: GroupSums, school_ratio: float, class_ratio: float) -> _Weighted:
    # Woodbury per school: the inverse of a school's covariance matrix needs its classes' weights only
    group_weights = sums.sizes / (1 + sums.sizes * class_ratio)
    precisions = sums.per_school(group_weights)
    school_means = sums.per_school(group_weights * sums.means) / precisions
    school_weights = precisions / (1 + precisions * school_ratio)
    mean = (school_weights * school_means).sum() / school_weights.sum()
    squares = (
        sums.within_squares
        + (group_weights * np.square(sums.means - school_means[sums.school_of_group])).sum()
        + (school_weights * np.square(school_means - mean)).sum()
    )
    within = float(squares / (sums.n_respondents - 1))
    return _Weighted(group_weights, precisions, school_means, school_weights, float(mean), within)


def _gradient(sums: GroupSums, school_ratio: float, class_ratio: float) -> NDArray[np.float64]:
    at = _weighted(sums, school_ratio, class_ratio)
    weight, total = at.school_weights, at.school_weights.sum()
    residuals = weight * (at.school_means - at.mean)
    of_school = total - np.square(weight).sum() / total - np.square(residuals).sum() / at.within
    share = at.group_weights * (weight / at.precisions)[sums.school_of_group]
    kept = sums.means - at.mean - school_ratio * residuals[sums.school_of_group]
    trace = (at.group_weights * (1 - school_ratio * share)).sum()
    squares = np.square(at.group_weights * kept).sum()
    of_class = trace - np.square(share).sum() / total - squares / at.within
    return np.array([of_school, of_class])


def _gradient_of_school(sums: GroupSums, ratio: float) -> float:
    return float(_gradient(sums, ratio, 0.0)[0])


def _gradient_of_class(sums: GroupSums, ratio: float) -> float:
    return float(_gradient(sums, 0.0, ratio)[1])


def _optima(gradient: Callable[[float], float]) -> Iterator[float]:
    # the criterion of unbalanced groups may have more than one valley: look into each
    slopes = [gradient(np.exp(point)) for point in GRID]
    for place in range(len(GRID) - 1):
        if slopes[place] < 0 <= slopes[place + 1]:
            logarithm = optimize.brentq(
                lambda point: gradient(np.exp(point)), GRID[place], GRID[place + 1], xtol=1e-13
            )
            yield float(np.exp(logarithm))


def _starts(sums: GroupSums, candidates: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    # half of what each level takes when it is alone, a level that takes nothing starting small; and, since
    # the valley may be long where schools are few, half of the most that any level takes for each
    least = 0.1 * sums.n_schools / sums.n_respondents
    school, of_class = (max([least, *(ratios[level] / 2 for ratios in candidates)]) for level in (0, 1))
    yield school, of_class
    yield max(school, of_class), max(school, of_class)


def _interior_optimum(
    sums: GroupSums, starts: Iterable[tuple[float, float]]
) -> tuple[list[tuple[float, float]], tuple[PsychometricWarning, ...]]:
    coarse = min((_search(sums, start) for start in starts), key=lambda ratios: criterion(sums, *ratios))
    if min(coarse) <= 0:
        return [], ()
    exact = _polished(sums, coarse)
    if exact is not None:
        return [exact], ()
    words = "variance components of school and class: the search did not end; leave classes out"
    return [coarse], (NotConvergedWarning(words),)


def _search(sums: GroupSums, start: tuple[float, float]) -> tuple[float, float]:
    # in units of the start both ratios are about one, which is what the search expects
    def height(scaled: NDArray[np.float64]) -> float:
        return criterion(sums, scaled[0] * start[0], scaled[1] * start[1])

    def slope(scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        return _gradient(sums, scaled[0] * start[0], scaled[1] * start[1]) * start

    bounds = [(0.0, None), (0.0, None)]
    found = optimize.minimize(height, [1.0, 1.0], jac=slope, method="L-BFGS-B", bounds=bounds)
    return float(found.x[0] * start[0]), float(found.x[1] * start[1])


def _polished(sums: GroupSums, coarse: tuple[float, float]) -> tuple[float, float] | None:
    # the bottom of a valley is flat: where the slope is zero is known to more digits than where it is lowest
    def slope(logarithms: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.exp(logarithms) * _gradient(sums, *np.exp(logarithms))

    found = optimize.root(slope, np.log(coarse), tol=1e-14)
    is_flat = np.abs(slope(found.x)).max() <= FLAT
    is_near = np.abs(found.x - np.log(coarse)).max() < 1
    return (float(np.exp(found.x[0])), float(np.exp(found.x[1]))) if is_flat and is_near else None


def _boundaries(sums: GroupSums, ratios: tuple[float, float]) -> Iterator[PsychometricWarning]:
    levels = ("schools", "classes") if sums.has_classes else ("schools",)
    for level, ratio in zip(levels, ratios, strict=False):
        if ratio == 0:
            yield ZeroVarianceWarning(
                f"the {level} differ no more than chance makes them differ; the variance between {level} "
                "is estimated as zero"
            )


def _components(
    sums: GroupSums, ratios: tuple[float, float], cautions: tuple[PsychometricWarning, ...]
) -> VarianceComponents:
    at = _weighted(sums, *ratios)
    return VarianceComponents(
        between_variance=ratios[0] * at.within,
        class_variance=ratios[1] * at.within if sums.has_classes else None,
        within_variance=at.within,
        ratios=ratios,
        mean=at.mean,
        mean_variance=at.within / float(at.school_weights.sum()),
        weighted_means=at.school_means,
        error_variances=at.within / at.precisions,
        criterion=criterion(sums, *ratios),
        cautions=cautions,
    )
