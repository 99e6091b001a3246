"""The curves of the graded response model and their derivatives; knows neither answers nor frames.

Samejima (1969): P(answer in option k or higher) = 1 / (1 + exp(-x_k)) with x_k = d_k + a theta, so that

    log P(option k) = log s(x_k) + log s(-x_{k+1}) + log(1 - exp(d_{k+1} - d_k)),    s(x) = 1 / (1 + exp(-x))

where the first option has no x_k and the last no x_{k+1}. This form loses no digits at either end of the
scale, and is concave in a and d, so that Newton's method finds the maximum of an item. Here `t` counts the
boundaries between options from 0: boundary t lies between option t and option t + 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import expit, log_expit

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUT_OF_REACH: Final = -1_000.0
"""The intercept of a boundary that an item with fewer options does not have: nobody ever crosses it."""
FARTHEST: Final = 700.0
"""exp() of more overflows; exp(-700) is zero beside anything."""


class Derivatives(NamedTuple):
    """Per item: the gradient of its log-likelihood in its parameters, and minus the second derivatives."""

    gradient: NDArray[np.float64]
    curvature: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GradedCurves:
    """Item x (slope, intercepts from high to low); a boundary that an item lacks lies out of reach."""

    parameters: NDArray[np.float64]
    is_free: NDArray[np.bool_]

    @property
    def slopes(self) -> NDArray[np.float64]:
        """Return one slope per item."""
        return self.parameters[:, 0]

    @property
    def intercepts(self) -> NDArray[np.float64]:
        """Return item x boundary."""
        return self.parameters[:, 1:]

    @property
    def gaps(self) -> NDArray[np.float64]:
        """Return how far each intercept lies above the next; positive where the options are in order."""
        return self.intercepts[:, :-1] - self.intercepts[:, 1:]

    def with_free(self, free: NDArray[np.float64]) -> GradedCurves:
        """Return these curves with other values of the free parameters."""
        values = self.parameters.copy()
        values[self.is_free] = free
        return GradedCurves(values, self.is_free)

    def linear(self, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return x: item x boundary x theta."""
        return np.asarray(self.intercepts[:, :, None] + self.slopes[:, None, None] * theta)


def curves(slopes: NDArray[np.float64], intercepts: NDArray[np.float64]) -> GradedCurves:
    """Return curves from slopes and intercepts (item x boundary; NaN where an item has fewer options)."""
    has = np.isfinite(intercepts)
    far = OUT_OF_REACH * np.arange(1, intercepts.shape[1] + 1)
    values = np.column_stack([slopes, np.where(has, intercepts, far)])
    return GradedCurves(values, np.column_stack([np.ones(len(has), dtype=np.bool_), has]))


def log_probabilities(items: GradedCurves, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the probability of each item x option x theta.

    Example:
        >>> item = curves(np.array([1.0]), np.array([[1.0, -1.0]]))
        >>> np.exp(log_probabilities(item, np.array([0.0]))).round(3).ravel().tolist()
        [0.269, 0.462, 0.269]
    """
    linear = items.linear(theta)
    logarithms = np.zeros((linear.shape[0], linear.shape[1] + 1, linear.shape[2]))
    logarithms[:, 1:] += log_expit(linear)
    logarithms[:, :-1] += log_expit(-linear)
    logarithms[:, 1:-1] += np.log(-np.expm1(-items.gaps))[:, :, None]
    return logarithms


def derivatives(items: GradedCurves, theta: NDArray[np.float64], counts: NDArray[np.float64]) -> Derivatives:
    """Return gradient and curvature for `counts` of respondents per item x option x theta."""
    crossed = expit(items.linear(theta))
    residual = counts[:, 1:] * (1 - crossed) - counts[:, :-1] * crossed
    weight = (counts[:, 1:] + counts[:, :-1]) * crossed * (1 - crossed)
    pull = _pull(items) * counts[:, 1:-1].sum(axis=2)
    gradient = np.column_stack([(residual @ theta).sum(axis=1), residual.sum(axis=2)])
    gradient[:, 1:-1] += pull
    gradient[:, 2:] -= pull
    return Derivatives(gradient, _curvature(weight, theta, pull * (1 + _pull(items))))


def option_scores(items: GradedCurves, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the derivative of log P in each parameter: item x option x parameter x theta."""
    crossed = expit(items.linear(theta))
    n_items, n_boundaries, n_theta = crossed.shape
    scores = np.zeros((n_items, n_boundaries + 1, n_boundaries + 1, n_theta))
    for boundary in range(n_boundaries):
        scores[:, boundary + 1, boundary + 1] += 1 - crossed[:, boundary]
        scores[:, boundary, boundary + 1] -= crossed[:, boundary]
    scores[:, :, 0] = scores.sum(axis=2) * theta
    for option, pull in enumerate(_pull(items).T, start=1):
        scores[:, option, option] += pull[:, None]
        scores[:, option, option + 1] -= pull[:, None]
    return scores


def item_information(items: GradedCurves, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Fisher's information per item x theta: the variance of d log P / d theta over the options."""
    crossed = expit(items.linear(theta))
    below = np.pad(crossed, ((0, 0), (1, 0), (0, 0)), constant_values=1)
    above = np.pad(crossed, ((0, 0), (0, 1), (0, 0)), constant_values=0)
    change = items.slopes[:, None, None] * (1 - below - above)
    return np.asarray((np.exp(log_probabilities(items, theta)) * change**2).sum(axis=1))


def expected_answers(items: GradedCurves, theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the expected option (from 0) per item x theta: the sum of the chances to cross each boundary."""
    return np.asarray(expit(items.linear(theta)).sum(axis=1))


def _pull(items: GradedCurves) -> NDArray[np.float64]:
    # derivative of log(1 - exp(-gap)): it keeps the two boundaries of an option apart
    return np.asarray(1 / np.expm1(np.minimum(items.gaps, FARTHEST)))


def _curvature(
    weight: NDArray[np.float64], theta: NDArray[np.float64], stiffness: NDArray[np.float64]
) -> NDArray[np.float64]:
    n_items, n_boundaries, _ = weight.shape
    curvature = np.zeros((n_items, n_boundaries + 1, n_boundaries + 1))
    curvature[:, 0, 0] = (weight @ theta**2).sum(axis=1)
    curvature[:, 0, 1:] = curvature[:, 1:, 0] = weight @ theta
    own = np.arange(1, n_boundaries + 1)
    curvature[:, own, own] = weight.sum(axis=2)
    curvature[:, own[:-1], own[:-1]] += stiffness
    curvature[:, own[1:], own[1:]] += stiffness
    curvature[:, own[:-1], own[1:]] -= stiffness
    curvature[:, own[1:], own[:-1]] -= stiffness
    return curvature
