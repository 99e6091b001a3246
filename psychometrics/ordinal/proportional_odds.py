"""Regression of an ordered answer on other quantities by proportional odds; counts, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import expit, log_expit, logit

if TYPE_CHECKING:
    from numpy.typing import NDArray

STILL_TO_GAIN: Final = 1e-10
"""The search ends where the log-likelihood has no more than this to gain."""
MOST_STEPS: Final = 100
MOST_HALVINGS: Final = 40
DEPENDENT: Final = 1e-10
"""A direction in which the likelihood bends less than this share of the most, is not moved in."""
FLAT: Final = 1e-8
"""Information per respondent: an option chosen by one in a million still has more than this, an estimate that
runs to infinity, because a predictor separates the answers, has less."""


@dataclass(frozen=True, slots=True)
class ProportionalOdds:
    """Fitted proportional odds: an intercept per boundary, from high to low, and a coefficient per predictor.

    `n_coefficients` counts the predictors that do not follow from the others.
    """

    intercepts: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    n_coefficients: int
    log_likelihood: float
    converged: bool


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells with the answer, weight, and the rows of both boundaries of that answer in the design."""

    weights: NDArray[np.float64]
    below: NDArray[np.float64]
    above: NDArray[np.float64]
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]


class _Derivatives(NamedTuple):
    """The gradient of the log-likelihood in its parameters, and minus its second derivatives."""

    gradient: NDArray[np.float64]
    curvature: NDArray[np.float64]


class _Top(NamedTuple):
    """Where the search ended: in how many directions it is flat there, and whether nothing is to gain."""

    parameters: NDArray[np.float64]
    log_likelihood: float
    n_flat: int
    is_reached: bool


def fit_proportional_odds(
    answers: NDArray[np.intp], predictors: NDArray[np.float64], weights: NDArray[np.float64]
) -> ProportionalOdds:
    """Return McCullagh's (1980) model: logit P(answer above k) = intercept_k + predictors @ coefficients.

    `answers` has per cell an option from 0, without gaps; `predictors` is cell x predictor; `weights` counts
    the respondents in the cell. The log-likelihood is concave in this form, so that Newton's method finds its
    maximum. Where a predictor separates the answers, the log-likelihood converges and the coefficients do
    not. `polr` of R's MASS gives the same, with intercepts of the opposite sign.

    Example:
        >>> import numpy as np
        >>> cells = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
        >>> model = fit_proportional_odds(cells[:, 0], cells[:, 1:].astype(float), np.array([3.0, 1, 1, 3]))
        >>> round(float(np.exp(model.coefficients[0])), 3)
        9.0
    """
    centre, spread = predictors.mean(axis=0), predictors.std(axis=0)
    standard = (predictors - centre) / np.where(spread > 0, spread, 1)
    n_coefficients = int(np.linalg.matrix_rank(standard)) if standard.size else 0
    cells = _cells(answers, standard, weights)
    top = _climb(cells, _start(answers, weights, predictors.shape[1]))
    n_boundaries = int(answers.max())
    coefficients = top.parameters[n_boundaries:] / np.where(spread > 0, spread, 1)
    return ProportionalOdds(
        intercepts=top.parameters[:n_boundaries] - centre @ coefficients,
        coefficients=coefficients,
        n_coefficients=n_coefficients,
        log_likelihood=top.log_likelihood,
        converged=top.is_reached and top.n_flat <= predictors.shape[1] - n_coefficients,
    )


def _climb(cells: _Cells, start: NDArray[np.float64]) -> _Top:
    parameters, log_likelihood, is_reached = start, _log_likelihood(cells, start), False
    for _ in range(MOST_STEPS):
        slopes = _derivatives(cells, parameters)
        # least squares: predictors that depend on each other leave a direction in which nothing changes
        step = np.asarray(np.linalg.lstsq(slopes.curvature, slopes.gradient, rcond=DEPENDENT)[0])
        parameters, log_likelihood = _uphill(cells, parameters, step, log_likelihood)
        is_reached = bool(slopes.gradient @ step / 2 < STILL_TO_GAIN)
        if is_reached:
            break
    flatness = np.linalg.eigvalsh(slopes.curvature) < FLAT * cells.weights.sum()
    return _Top(parameters, log_likelihood, int(flatness.sum()), is_reached)


def _cells(
    answers: NDArray[np.intp], predictors: NDArray[np.float64], weights: NDArray[np.float64]
) -> _Cells:
    n_boundaries = int(answers.max())
    boundaries = np.eye(n_boundaries)
    below = np.column_stack([boundaries[np.maximum(answers - 1, 0)], predictors])
    above = np.column_stack([boundaries[np.minimum(answers, n_boundaries - 1)], predictors])
    return _Cells(weights, below, above, answers == 0, answers == n_boundaries)


def _start(answers: NDArray[np.intp], weights: NDArray[np.float64], n_predictors: int) -> NDArray[np.float64]:
    shares = np.bincount(answers, weights) / weights.sum()
    return np.concatenate([logit(1 - shares.cumsum()[:-1]), np.zeros(n_predictors)])


def _log_likelihood(cells: _Cells, parameters: NDArray[np.float64]) -> float:
    """Return the log-likelihood, or minus infinity where the boundaries are not in order.

    With x of the boundary below an answer and y of the one above: P = s(x) s(-y) (1 - exp(y - x)), as in
    `graded_response`; the first answer has no x and the last no y.
    """
    lower, upper = cells.below @ parameters, cells.above @ parameters
    gap = np.where(cells.is_first | cells.is_last, np.inf, lower - upper)
    if gap.min() <= 0:
        return -np.inf
    terms = np.where(cells.is_first, 0, log_expit(lower)) + np.where(cells.is_last, 0, log_expit(-upper))
    return float(cells.weights @ (terms + np.log(-np.expm1(-gap))))


def _derivatives(cells: _Cells, parameters: NDArray[np.float64]) -> _Derivatives:
    lower, upper = expit(cells.below @ parameters), expit(cells.above @ parameters)
    gap = np.where(cells.is_first | cells.is_last, np.inf, (cells.below - cells.above) @ parameters)
    pull = np.where(np.isinf(gap), 0, 1 / np.expm1(np.minimum(gap, 700)))
    has_lower, has_upper, apart = ~cells.is_first, ~cells.is_last, cells.below - cells.above
    weights = cells.weights
    gradient = (
        (weights * has_lower * (1 - lower)) @ cells.below
        - (weights * has_upper * upper) @ cells.above
        + (weights * pull) @ apart
    )
    curvature = (
        cells.below.T @ (cells.below * (weights * has_lower * lower * (1 - lower))[:, None])
        + cells.above.T @ (cells.above * (weights * has_upper * upper * (1 - upper))[:, None])
        + apart.T @ (apart * (weights * pull * (1 + pull))[:, None])
    )
    return _Derivatives(gradient, curvature)


def _uphill(
    cells: _Cells, parameters: NDArray[np.float64], step: NDArray[np.float64], log_likelihood: float
) -> tuple[NDArray[np.float64], float]:
    for halving in range(MOST_HALVINGS):
        further = parameters + step / 2**halving
        found = _log_likelihood(cells, further)
        if found >= log_likelihood:
            return further, found
    return parameters, log_likelihood
