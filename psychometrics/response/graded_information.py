"""What answers tell of the parameters of a graded response model: the observed information."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from psychometrics.response.answer_patterns import patterns_in_order, posterior_of
from psychometrics.response.graded_response import derivatives, log_probabilities, option_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from psychometrics.ordinal.contingency import Codes
    from psychometrics.response.answer_patterns import AnswerPatterns, Block, Posterior
    from psychometrics.response.graded_response import GradedCurves
    from psychometrics.response.quadrature import Quadrature

UNTOUCHED: Final = 1e-7
"""A node to which no pattern of a block gives more weight than this adds nothing to the information."""
SINGULAR: Final = 1e-10
"""An eigenvalue below this share of the largest, parameters being on the scale of their own curvature."""


def observed_information(
    patterns: AnswerPatterns, items: GradedCurves, quadrature: Quadrature
) -> NDArray[np.float64]:
    """Return minus the second derivatives of the log-likelihood in the free parameters.

    Louis (1982): what complete data (answers and abilities) would tell, minus what is lost because abilities
    are not seen, the variance of the complete scores given the answers. At the maximum this is the matrix
    of Oakes (1999), which R's mirt prints.
    """
    scores = option_scores(items, quadrature.points)
    n_items, n_options, n_parameters, n_nodes = scores.shape
    logarithms = log_probabilities(items, quadrature.points)
    together = np.zeros((n_nodes, n_items * n_options, n_items * n_options))
    own = np.zeros((n_items * n_parameters, n_items * n_parameters))
    counts = np.zeros((n_nodes, n_items * n_options))
    for block in patterns.blocks():
        posterior = posterior_of(block, logarithms, quadrature)
        _add_together(together, block, posterior)
        per_pattern = _score_of_each(scores, block, posterior)
        own += (per_pattern * block.weights) @ per_pattern.T
        counts += (posterior.nodes * block.weights) @ block.indicators.T
    complete = derivatives(items, quadrature.points, counts.T.reshape(logarithms.shape)).curvature
    missing = _squared_scores(scores, together) - own
    free = items.is_free.ravel()
    return (_block_diagonal(complete) - missing)[np.ix_(free, free)]


def inverse(information: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the covariances of the parameters, or None where the information is not positive definite."""
    scale = np.sqrt(np.abs(np.diag(information)))
    if not np.isfinite(information).all() or (scale == 0).any():
        return None
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    if values[0] < SINGULAR * values[-1]:
        return None
    return np.asarray((vectors / values) @ vectors.T / np.outer(scale, scale))


def robust_covariance(
    covariance: NDArray[np.float64],
    codes: Codes,
    items: GradedCurves,
    quadrature: Quadrature,
    schools: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return the covariances of the parameters for respondents who resemble each other within a school.

    The sandwich of Liang and Zeger (1986): `covariance`, the inverse of the information, on both sides of the
    crossproduct of the scores summed per school; times G / (G - 1) for G schools.
    """
    per_school = _score_of_each_school(codes, items, quadrature, schools)[items.is_free.ravel()]
    correction = per_school.shape[1] / (per_school.shape[1] - 1)
    half = covariance @ per_school
    return np.asarray(half @ half.T * correction)


def _score_of_each_school(
    codes: Codes, items: GradedCurves, quadrature: Quadrature, schools: NDArray[np.intp]
) -> NDArray[np.float64]:
    scores, logarithms = option_scores(items, quadrature.points), log_probabilities(items, quadrature.points)
    n_schools, done = int(schools.max()) + 1, 0
    total = np.zeros((items.parameters.size, n_schools))
    for block in patterns_in_order(codes).blocks():
        per_respondent = _score_of_each(scores, block, posterior_of(block, logarithms, quadrature))
        of_block = schools[done : done + len(block.weights)]
        total += [np.bincount(of_block, of_parameter, n_schools) for of_parameter in per_respondent]
        done += len(block.weights)
    return total


def _add_together(together: NDArray[np.float64], block: Block, posterior: Posterior) -> None:
    # respondents expected at each node with option k of one item and option l of another; single precision
    # halves the time and keeps six digits of a correction that is itself a part of the information
    indicators = block.indicators.astype(np.float32)
    roots = np.sqrt(posterior.nodes * block.weights).astype(np.float32)
    for node in np.flatnonzero(posterior.nodes.max(axis=1) > UNTOUCHED):
        weighted = indicators * roots[node]
        together[node] += weighted @ weighted.T


def _score_of_each(scores: NDArray[np.float64], block: Block, posterior: Posterior) -> NDArray[np.float64]:
    n_items, n_options, n_parameters, n_nodes = scores.shape
    expected = (scores.reshape(-1, n_nodes) @ posterior.nodes).reshape(n_items, n_options, n_parameters, -1)
    chosen = block.indicators.reshape(n_items, n_options, -1)
    per_item = np.einsum("iko,ikpo->ipo", chosen, expected)
    return np.asarray(per_item.reshape(n_items * n_parameters, -1))


def _squared_scores(scores: NDArray[np.float64], together: NDArray[np.float64]) -> NDArray[np.float64]:
    n_items, n_options, n_parameters, n_nodes = scores.shape
    total = np.zeros((n_items * n_parameters, n_items * n_parameters))
    for node in range(n_nodes):
        at_node = scores[:, :, :, node].transpose(0, 2, 1)
        half = (at_node @ together[node].reshape(n_items, n_options, -1)).reshape(-1, n_items, n_options)
        total += (at_node @ half.transpose(1, 2, 0)).reshape(n_items * n_parameters, -1)
    return total


def _block_diagonal(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    n_blocks, size, _ = blocks.shape
    whole = np.zeros((n_blocks, size, n_blocks, size))
    whole[np.arange(n_blocks), :, np.arange(n_blocks), :] = blocks
    return whole.reshape(n_blocks * size, -1)
