"""The share of true variance in a sum of ordered answers under one factor, and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from psychometrics.ordinal.bivariate_normal import cdf
from psychometrics.ordinal.contingency import codes_of
from psychometrics.ordinal.influence import asymptotic_covariance, influence, school_numbers, variances
from psychometrics.polychoric import estimate
from psychometrics.sampling import delta_interval
from psychometrics.structure.factor_model import factor_model
from psychometrics.structure.factor_solution import solution
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

STEP: Final = 1e-5
"""Of a numerical slope: the figure is smooth, and loadings and thresholds are of order one."""


@dataclass(frozen=True, slots=True)
class Omega:
    """Omega with the ends of its interval; all NaN where a loading is no loading."""

    value: float
    low: float
    high: float


def omega_interval(
    scores: pd.DataFrame,
    loadings: NDArray[np.float64],
    steps: NDArray[np.float64],
    *,
    schools: pd.Series | None,
    confidence: float,
) -> Omega:
    """Return omega at these loadings, and its interval by the delta method.

    `steps` is item x threshold: how far the score rises there. Loadings move with the correlations, and these
    and the thresholds with whoever was drawn: the covariance of both together is that of
    `influence.asymptotic_covariance`.
    """
    if not (np.abs(loadings) < 1).all():
        return Omega(math.nan, math.nan, math.nan)
    codes = codes_of(scores)
    numbers = None if schools is None else school_numbers(schools, scores, codes)
    with one_thread():
        found = estimate(codes)
        moves = influence(found)
        solved = solution(
            factor_model({"one": list(codes.items)}, codes.items), found.rho, 1 / variances(found, moves)
        )
        covariance = asymptotic_covariance(found, moves, schools=numbers)
    cuts = found.cuts[:, 1:-1]
    value = green_and_yang(cuts, loadings, steps)
    used = np.arange(cuts.shape[1]) < codes.n_options[:, None] - 1
    of_cuts = _slopes(lambda moved: green_and_yang(moved, loadings, steps), cuts)[used]
    of_loadings = _slopes(lambda moved: green_and_yang(cuts, moved, steps), loadings)
    slopes = np.concatenate([of_cuts, of_loadings @ solved.sensitivities])
    error = delta_interval.standard_error(slopes, covariance, codes.n_respondents)
    n_schools = None if numbers is None else int(numbers.max()) + 1
    ends = delta_interval.of_share(value, error, confidence=confidence, n_schools=n_schools)
    return Omega(value, ends.low, ends.high)


def green_and_yang(
    cuts: NDArray[np.float64], loadings: NDArray[np.float64], steps: NDArray[np.float64]
) -> float:
    """Return the share of true variance in the sum (Green and Yang 2009, formula 21).

    An item's score is a sum of steps, one at each threshold passed. Of two items the steps c and d covary
    P(both stay below) - P(one does) P(other does), under the correlation l_i l_j; the true part of an item's
    variance is its covariance with a parallel item, with correlation l_i^2.
    """
    below = ndtr(cuts)
    expected = np.einsum("ic,jd->ijcd", below, below)
    both = cdf(cuts[:, None, :, None], cuts[None, :, None, :], np.outer(loadings, loadings)[:, :, None, None])
    true = np.einsum("ijcd,ic,jd->ij", both - expected, steps, steps)
    lowest = np.minimum(below[:, :, None], below[:, None, :]) - below[:, :, None] * below[:, None, :]
    variances_of_items = np.einsum("icd,ic,id->i", lowest, steps, steps)
    return float(true.sum() / (true.sum() - np.trace(true) + variances_of_items.sum()))


def _slopes(figure: Callable[[NDArray[np.float64]], float], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the slope of a figure on each number, by central differences, in the shape of the numbers."""
    slopes = np.empty(at.shape)
    for place in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[place] = STEP
        slopes[place] = (figure(at + step) - figure(at - step)) / (2 * STEP)
    return slopes
