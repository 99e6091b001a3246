"""What answers tell of each respondent's ability, and what ability leaves unexplained in the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from psychometrics.response.answer_patterns import MISSING, AnswerPatterns, posterior_of
from psychometrics.response.graded_response import expected_answers, log_probabilities
from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from psychometrics.response.answer_patterns import Posterior
    from psychometrics.response.graded_response import GradedCurves
    from psychometrics.response.quadrature import Quadrature


class Abilities(NamedTuple):
    """Mean and standard deviation of ability given the answers, per respondent."""

    eap: NDArray[np.float64]
    sd: NDArray[np.float64]


def patterns_by_options(scores: pd.DataFrame, options: Mapping[str, tuple[int, ...]]) -> AnswerPatterns:
    """Return the answers to the items of `options`, one pattern per respondent; they may have gaps.

    Raises:
        ScoresError: an item that is missing, or answers that are none of its options.
    """
    refuse(f'scores["{item}"]: the model needs this item; add it' for item in options if item not in scores)
    refuse(_faults_of_answers(scores, options))
    codes = np.full((len(options), len(scores)), MISSING, dtype=np.uint8)
    for row, (item, values) in zip(codes, options.items(), strict=True):
        for code, option in enumerate(values):
            row[(scores[item] == option).to_numpy(dtype=np.bool_, na_value=False)] = code
    return AnswerPatterns(codes, np.ones(len(scores)), np.array([len(values) for values in options.values()]))


def abilities(patterns: AnswerPatterns, items: GradedCurves, quadrature: Quadrature) -> Abilities:
    """Return the expected a posteriori ability of each pattern (Bock & Mislevy, 1982)."""
    logarithms = log_probabilities(items, quadrature.points)
    posteriors = (posterior_of(block, logarithms, quadrature) for block in patterns.blocks())
    per_block = [_moments(posterior, quadrature) for posterior in posteriors]
    return Abilities(
        np.concatenate([[], *(block.eap for block in per_block)]),
        np.concatenate([[], *(block.sd for block in per_block)]),
    )


def residual_correlations(
    patterns: AnswerPatterns, items: GradedCurves, quadrature: Quadrature
) -> NDArray[np.float64]:
    """Return Yen's (1984) Q3: correlations between answers minus what the estimated ability predicts."""
    logarithms = log_probabilities(items, quadrature.points)
    options = np.arange(patterns.n_options.max())
    total, products = np.zeros(patterns.n_items), np.zeros((patterns.n_items, patterns.n_items))
    for block in patterns.blocks():
        eap = _moments(posterior_of(block, logarithms, quadrature), quadrature).eap
        answers = options @ block.indicators.reshape(patterns.n_items, len(options), -1)
        residuals = answers - expected_answers(items, eap)
        total += residuals @ block.weights
        products += (residuals * block.weights) @ residuals.T
    covariances = products - np.outer(total, total) / patterns.n_respondents
    variances = np.diag(covariances)
    # of an item that ability explains altogether, nothing is left to correlate
    deviations = np.sqrt(np.where(variances > 0, variances, np.nan))
    return np.asarray(covariances / np.outer(deviations, deviations))


def _faults_of_answers(scores: pd.DataFrame, options: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    for item, values in options.items():
        outside = int((scores[item].notna() & ~scores[item].isin(values)).sum())
        if outside:
            yield (
                f'scores["{item}"]: {outside} answer(s) that nobody gave when the model was fitted; '
                "make them missing, or fit the model with them"
            )


def _moments(posterior: Posterior, quadrature: Quadrature) -> Abilities:
    eap = quadrature.points @ posterior.nodes
    return Abilities(eap, np.sqrt(np.maximum(quadrature.points**2 @ posterior.nodes - eap**2, 0)))
