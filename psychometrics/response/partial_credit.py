"""The partial credit model: ordered answers to items that all tell equally much; knows no slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import log_softmax

from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    UnreliableErrorsWarning,
    UnusedOptionWarning,
    issued,
)
from psychometrics.ordinal.contingency import codes_of
from psychometrics.response.answer_patterns import expected_counts, patterns_of
from psychometrics.response.graded_information import inverse
from psychometrics.response.quadrature import normal_quadrature
from psychometrics.tables import markdown
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.cautions import PsychometricWarning
    from psychometrics.ordinal.contingency import Codes
    from psychometrics.response.answer_patterns import AnswerPatterns
    from psychometrics.response.quadrature import Quadrature

OUT_OF_REACH: Final = -1_000.0
"""The weight, on the logarithmic scale, of an option that an item does not have."""
FLAT: Final = 1e-6
"""A gradient below this, per respondent, is that of a maximum."""
TOO_STEEP: Final = 2.0
"""Nodes further apart than this, in logits, are too far apart to follow a curve."""
SMALL: Final = 1e-4
"""A step in a parameter for differences of gradients: their error is about its square."""


@dataclass(frozen=True, slots=True)
class PartialCredit:
    """A fitted partial credit model; ability is normal with mean zero and standard deviation `ability_sd`.

    `locations` (delta) is a Series per item; `steps` (tau) is item x step (1, 2, ...; NaN where an item has
    fewer) and adds up to zero per item, the options being those that were chosen. `standard_errors` has
    `location` and 1, 2, ... for the steps. Over complete cases.
    """

    locations: pd.Series
    steps: pd.DataFrame
    ability_sd: float
    standard_errors: pd.DataFrame
    log_likelihood: float
    n_parameters: int
    n_items: int
    n_respondents: int
    converged: bool
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        table = pd.concat([self.locations, self.steps.add_prefix("step_")], axis="columns")
        fit = f"standard deviation of ability {self.ability_sd:.3f}, log-likelihood {self.log_likelihood:.2f}"
        over = f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        return "\n\n".join([markdown(table), f"{fit}; {over}", *self.warnings])


@dataclass(frozen=True, slots=True)
class _Parameters:
    """Logarithms of the odds of each option against the lowest (item x option), and the spread of ability."""

    odds: NDArray[np.float64]
    spread: float


def fit_partial_credit(scores: pd.DataFrame, *, nodes: int = 61, bound: float = 6.0) -> PartialCredit:
    """Return Masters' (1982) partial credit model, by marginal maximum likelihood over complete cases.

    P(option k) is in proportion to exp(sum over h = 1..k of (ability - delta - tau_h)): every item has the
    slope one, and the spread of ability is estimated. `nodes` and `bound` are in standard deviations of it.

    Raises:
        ScoresError: what `contingency.codes_of` refuses.

    Warns:
        UnusedOptionWarning: an option between two others was not chosen; it has no step.
        HeywoodWarning: abilities so far apart that items separate without error, as when all are the same.
        NotConvergedWarning: the search stopped before a maximum.
        UnreliableErrorsWarning: no standard errors, for the information is not positive definite.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [0, 1, 1, 2] * 25, "B": [0, 0, 1, 1] * 25})
        >>> fit_partial_credit(scores).locations.round(2).abs().to_dict()
        {'A': 0.0, 'B': 0.0}
    """
    quadrature = normal_quadrature(nodes, bound)
    codes = codes_of(scores)
    patterns = patterns_of(codes)
    with one_thread():
        search = optimize.minimize(
            _loss, _start(patterns), (patterns, quadrature), "BFGS", jac=True, options={"gtol": FLAT / 10}
        )
        covariance = inverse(_information(search.x, patterns, quadrature))
    converged = bool(np.abs(search.jac).max() < FLAT)
    spread = _parameters(search.x, patterns).spread
    steepness = spread * quadrature.distance
    estimates = _by_item(_locations_and_steps(patterns) @ search.x[1:], codes)
    return PartialCredit(
        locations=estimates["location"],
        steps=estimates.drop(columns="location"),
        ability_sd=spread,
        standard_errors=_by_item(_standard_errors(covariance, patterns), codes),
        log_likelihood=float(-search.fun * codes.n_respondents),
        n_parameters=len(search.x),
        n_items=codes.n_items,
        n_respondents=codes.n_respondents,
        converged=converged,
        warnings=issued(_cautions(codes, steepness, converged=converged, has_errors=covariance is not None)),
    )


def _start(patterns: AnswerPatterns) -> NDArray[np.float64]:
    counts = patterns.option_counts()
    odds = np.log(np.maximum(counts, 1)) - np.log(counts[:, :1])
    return np.concatenate([[0.0], odds[_is_free(patterns)]])


def _is_free(patterns: AnswerPatterns) -> NDArray[np.bool_]:
    options = np.arange(patterns.n_options.max())
    return (options > 0) & (options < patterns.n_options[:, None])


def _parameters(vector: NDArray[np.float64], patterns: AnswerPatterns) -> _Parameters:
    free = _is_free(patterns)
    odds = np.where(free, 0.0, OUT_OF_REACH)
    odds[:, 0] = 0
    odds[free] = vector[1:]
    return _Parameters(odds, float(np.exp(vector[0])))


def _loss(
    vector: NDArray[np.float64], patterns: AnswerPatterns, quadrature: Quadrature
) -> tuple[float, NDArray[np.float64]]:
    """Return minus the log-likelihood per respondent, and its gradient."""
    parameters = _parameters(vector, patterns)
    options = np.arange(patterns.n_options.max())
    by_ability = options[:, None] * (parameters.spread * quadrature.points)
    logarithms = log_softmax(parameters.odds[:, :, None] + by_ability, axis=1)
    expected = expected_counts(patterns, logarithms, quadrature)
    # by Fisher's identity the gradient of the likelihood is that of the expected counts
    surplus = expected.counts - expected.counts.sum(axis=1, keepdims=True) * np.exp(logarithms)
    gradient = np.concatenate([[(surplus * by_ability).sum()], surplus.sum(axis=2)[_is_free(patterns)]])
    return -expected.log_likelihood / patterns.n_respondents, -gradient / patterns.n_respondents


def _information(
    vector: NDArray[np.float64], patterns: AnswerPatterns, quadrature: Quadrature
) -> NDArray[np.float64]:
    rows = [
        _loss(vector + step, patterns, quadrature)[1] - _loss(vector - step, patterns, quadrature)[1]
        for step in SMALL * np.eye(len(vector))
    ]
    differences = np.array(rows) * patterns.n_respondents / (2 * SMALL)
    return np.asarray((differences + differences.T) / 2)


def _locations_and_steps(patterns: AnswerPatterns) -> NDArray[np.float64]:
    """Return the matrix that turns the odds into the locations of all items and then their steps.

    With m steps, odds_k = -(k delta + tau_1 + ... + tau_k); the taus add up to zero, so odds_m = -m delta.
    """
    locations, steps, before = [], [], 0
    for n_steps in patterns.n_options - 1:
        odds = np.eye(int(patterns.n_options.sum()) - patterns.n_items)[before : before + n_steps]
        location = -odds[-1] / n_steps
        locations.append(location)
        steps.append(-np.diff(odds, axis=0, prepend=0) - location)
        before += n_steps
    return np.vstack([*locations, *steps])


def _standard_errors(covariance: NDArray[np.float64] | None, patterns: AnswerPatterns) -> NDArray[np.float64]:
    combinations = _locations_and_steps(patterns)
    if covariance is None:
        return np.full(len(combinations), np.nan)
    variances = np.einsum("ij,jk,ik->i", combinations, covariance[1:, 1:], combinations)
    # the only step of an item with two options is zero by definition
    return np.asarray(np.sqrt(np.maximum(variances, 0)))


def _by_item(values: NDArray[np.float64], codes: Codes) -> pd.DataFrame:
    has_step = np.arange(1, codes.n_options.max()) < codes.n_options[:, None]
    steps = np.full(has_step.shape, np.nan)
    steps[has_step] = values[codes.n_items :]
    frame = pd.DataFrame(steps, codes.items, range(1, has_step.shape[1] + 1))
    frame.insert(0, "location", values[: codes.n_items])
    return frame


def _cautions(
    codes: Codes, steepness: float, *, converged: bool, has_errors: bool
) -> Iterator[PsychometricWarning]:
    for item, gap in zip(codes.items, codes.gaps, strict=True):
        if gap:
            yield UnusedOptionWarning(f'scores["{item}"]: {gap} option(s) between others were not chosen')
    if steepness > TOO_STEEP:
        yield HeywoodWarning("partial credit model: abilities too far apart for the nodes to follow")
    if not converged:
        yield NotConvergedWarning("partial credit model: the search stopped before a maximum")
    if not has_errors:
        yield UnreliableErrorsWarning("partial credit model: no standard errors, the optimum is flat")
