"""Marginal maximum likelihood of the graded response model: where the curves lie, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logit

from psychometrics.response.answer_patterns import expected_counts
from psychometrics.response.graded_information import inverse, observed_information
from psychometrics.response.graded_response import curves, derivatives, log_probabilities

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from psychometrics.response.answer_patterns import AnswerPatterns
    from psychometrics.response.graded_response import GradedCurves
    from psychometrics.response.quadrature import Quadrature

SAMPLE_SIZE: Final = 20_000
"""So many patterns tell well enough how steep the likelihood of a million is for Newton's method to use."""
FEWEST_CHOICES: Final = 10
"""An option chosen by fewer in the sample would start from nowhere; then the sample has to be larger."""
ROUGHLY: Final = 1e-3
"""A change of the parameters by a step of EM, at which Newton's method takes over."""
PRECISELY: Final = 1e-6
"""The same, where EM has to go to the end."""
STILL_TO_GAIN: Final = 1e-10
"""The search ends where the log-likelihood has no more than this to gain."""
ROUNDING: Final = 1e-11
"""A log-likelihood that falls by this share has not fallen."""
MOST_STEPS: Final = 200
"""Of accelerated EM; more only happens where there is no maximum."""
MOST_NEWTON_STEPS: Final = 20
SLIGHT: Final = 1e-9
"""A share of a diagonal, too small to change what Newton's method does elsewhere."""
NORMAL_TO_LOGISTIC: Final = 1.702
"""The logistic curve closest to the normal ogive is this much steeper (Birnbaum, 1968)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Curves with their log-likelihood, and whether these are the maximum."""

    items: GradedCurves
    log_likelihood: float
    converged: bool


def estimate(patterns: AnswerPatterns, quadrature: Quadrature) -> Estimate:
    """Return the curves that make the answers most likely, ability being standard normal.

    EM (Bock & Aitkin, 1981) with the acceleration of Varadhan and Roland (2008) comes near; Newton's method
    with the observed information of a sample makes it precise in a few passes over all
    answers. Where that fails, EM goes on to the end.
    """
    sample = _sample(patterns)
    near = _by_em(sample, _start(sample), quadrature, ROUGHLY)
    exact = _by_newton(patterns, sample, near.items, quadrature)
    return exact if exact.converged else _by_em(patterns, exact.items, quadrature, PRECISELY)


def _sample(patterns: AnswerPatterns) -> AnswerPatterns:
    size = SAMPLE_SIZE
    sample = patterns.sample(size)
    while size < patterns.n_patterns and sample.option_counts()[_has_option(sample)].min() < FEWEST_CHOICES:
        size *= 2
        sample = patterns.sample(size)
    return sample


def _has_option(patterns: AnswerPatterns) -> NDArray[np.bool_]:
    return np.arange(patterns.n_options.max()) < patterns.n_options[:, None]


def _start(patterns: AnswerPatterns) -> GradedCurves:
    # slopes from the first principal component, thresholds from how often each option was chosen
    covariances = np.cov(patterns.codes, aweights=patterns.weights)
    deviations = np.sqrt(np.diag(covariances))
    values, vectors = np.linalg.eigh(covariances / np.outer(deviations, deviations))
    loadings = np.clip(vectors[:, -1] * np.sqrt(values[-1]) * np.sign(vectors[:, -1].sum()), -0.9, 0.9)
    slopes = NORMAL_TO_LOGISTIC * loadings / np.sqrt(1 - loadings**2)
    counts = patterns.option_counts()
    above = 1 - counts.cumsum(axis=1)[:, :-1] / patterns.n_respondents
    spread = np.sqrt(1 + (slopes / NORMAL_TO_LOGISTIC) ** 2)
    intercepts = np.where(_has_option(patterns)[:, 1:], above, np.nan)
    return curves(slopes, logit(intercepts) * spread[:, None])


def _by_em(
    patterns: AnswerPatterns, start: GradedCurves, quadrature: Quadrature, tolerance: float
) -> Estimate:
    items, change, log_likelihood = start, np.inf, -np.inf
    for _ in range(MOST_STEPS):
        log_likelihood, once = _em_step(patterns, items, quadrature)
        change = float(np.abs(once.parameters - items.parameters).max())
        if change < tolerance:
            break
        items = _accelerated(patterns, items, once, quadrature)
    return Estimate(items, log_likelihood, converged=change < tolerance)


def _em_step(
    patterns: AnswerPatterns, items: GradedCurves, quadrature: Quadrature
) -> tuple[float, GradedCurves]:
    expected = expected_counts(patterns, log_probabilities(items, quadrature.points), quadrature)
    better = items
    for _ in range(3):  # of Newton's steps; EM moves slower than these converge
        gradient, curvature = derivatives(better, quadrature.points, expected.counts)
        step = _newton_step(gradient, curvature)
        better = better.with_free((better.parameters + _in_order(better, step))[better.is_free])
    return expected.log_likelihood, better


def _newton_step(gradient: NDArray[np.float64], curvature: NDArray[np.float64]) -> NDArray[np.float64]:
    # a boundary that the item lacks has zeros only, and where an item separates without error all is nearly
    # zero: a little on the diagonal keeps such a matrix soluble, and does not move the maximum
    own = np.arange(gradient.shape[1])
    damped = curvature.copy()
    damped[:, own, own] += SLIGHT * (1 + curvature[:, own, own])
    return np.asarray(np.linalg.solve(damped, gradient[:, :, None])[:, :, 0], dtype=np.float64)


def _in_order(items: GradedCurves, step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the step, shortened per item so that no boundary passes the next and no slope leaps."""
    closing = (step[:, 2:] - step[:, 1:-1]) / items.gaps
    fastest = np.maximum(closing.max(axis=1, initial=0), np.abs(step).max(axis=1) / 2)
    return np.asarray(step / np.maximum(1, fastest / 0.8)[:, None])


def _accelerated(
    patterns: AnswerPatterns, items: GradedCurves, once: GradedCurves, quadrature: Quadrature
) -> GradedCurves:
    """Return where two steps of EM lead to when their direction is followed (SQUAREM, scheme S3)."""
    reached, twice = _em_step(patterns, once, quadrature)
    change = once.parameters - items.parameters
    bend = twice.parameters - once.parameters - change
    length = np.linalg.norm(change) / max(float(np.linalg.norm(bend)), ROUNDING)
    if length <= 1:
        return twice
    jump = items.with_free((items.parameters + 2 * length * change + length**2 * bend)[items.is_free])
    if jump.gaps.min(initial=np.inf) <= 0:
        return twice
    log_likelihood, after = _em_step(patterns, jump, quadrature)
    return after if log_likelihood >= reached else twice


def _by_newton(
    patterns: AnswerPatterns, sample: AnswerPatterns, start: GradedCurves, quadrature: Quadrature
) -> Estimate:
    information = observed_information(sample, start, quadrature)
    covariance = inverse(information * (patterns.n_respondents / sample.n_respondents))
    if covariance is None:
        return Estimate(start, -np.inf, converged=False)
    best = Estimate(start, -np.inf, converged=False)
    items = start
    for _ in range(MOST_NEWTON_STEPS):
        expected = expected_counts(patterns, log_probabilities(items, quadrature.points), quadrature)
        if expected.log_likelihood < best.log_likelihood * (1 + ROUNDING):
            return best
        # by Fisher's identity the gradient of the likelihood is that of the expected counts
        gradient = derivatives(items, quadrature.points, expected.counts).gradient[items.is_free]
        step = covariance @ gradient
        best = Estimate(items, expected.log_likelihood, converged=float(gradient @ step) / 2 < STILL_TO_GAIN)
        if best.converged:
            return best
        items = items.with_free(items.parameters[items.is_free] + step)
        if items.gaps.min(initial=np.inf) <= 0:
            return best
    return best
