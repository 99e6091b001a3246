"""Answers as a model of items reads them: zeros and ones, respondents with the same answers counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.ordinal.contingency import Codes
    from psychometrics.response.quadrature import Quadrature

MISSING: Final = 255
"""The code of an answer that was not given: no option has it, so it adds nothing to a likelihood."""
PATTERNS_AT_ONCE: Final = 2_048
"""The indicators and posteriors of so many patterns fit in a processor's cache."""


class Block(NamedTuple):
    """Some patterns: their indicators (item and option x pattern), and how many respondents gave each."""

    indicators: NDArray[np.float64]
    weights: NDArray[np.float64]


class Posterior(NamedTuple):
    """Per pattern of a block: the weight of each node given its answers, and the log-likelihood of these."""

    nodes: NDArray[np.float64]
    log_likelihoods: NDArray[np.float64]


class Expected(NamedTuple):
    """The log-likelihood, and how many respondents are expected at each item, option and node."""

    log_likelihood: float
    counts: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AnswerPatterns:
    """Patterns of answers: `codes` is item x pattern, from 0, with how many respondents gave each."""

    codes: NDArray[np.uint8]
    weights: NDArray[np.float64]
    n_options: NDArray[np.intp]

    @property
    def n_items(self) -> int:
        """Return the number of items."""
        return len(self.codes)

    @property
    def n_patterns(self) -> int:
        """Return the number of patterns."""
        return int(self.codes.shape[1])

    @property
    def n_respondents(self) -> float:
        """Return the number of respondents that the patterns stand for."""
        return float(self.weights.sum())

    def blocks(self) -> Iterator[Block]:
        """Yield the patterns by blocks, in order."""
        options = np.arange(self.n_options.max(), dtype=np.uint8)[:, None]
        for start in range(0, self.n_patterns, PATTERNS_AT_ONCE):
            codes = self.codes[:, None, start : start + PATTERNS_AT_ONCE]
            indicators = (codes == options).reshape(-1, codes.shape[2]).astype(np.float64)
            yield Block(indicators, self.weights[start : start + PATTERNS_AT_ONCE])

    def sample(self, size: int) -> AnswerPatterns:
        """Return about `size` patterns at equal distances over all totals; all of them if they are fewer."""
        step = max(1, self.n_patterns // size)
        return AnswerPatterns(self.codes[:, ::step].copy(), self.weights[::step], self.n_options)

    def option_counts(self) -> NDArray[np.float64]:
        """Return how many respondents chose each option (column) of each item (row)."""
        n_columns = int(self.n_options.max())
        return np.array([np.bincount(item, self.weights, n_columns)[:n_columns] for item in self.codes])


def patterns_of(codes: Codes) -> AnswerPatterns:
    """Return the patterns of complete answers, in order of their total.

    Example:
        >>> import pandas as pd
        >>> from psychometrics.ordinal.contingency import codes_of
        >>> patterns_of(codes_of(pd.DataFrame({"A": [1, 2, 2, 1], "B": [1, 2, 2, 2]}))).weights.tolist()
        [1.0, 1.0, 2.0]
    """
    # looking for equal rows pays where there can be fewer patterns than respondents
    if np.prod(codes.n_options.astype(float)) <= codes.n_respondents:
        values, weights = _distinct(codes)
    else:
        values, weights = codes.values, np.ones(codes.n_respondents)
    # in this order neighbours have similar abilities, so that a block needs few nodes (`UNTOUCHED`)
    order = np.argsort(values.sum(axis=0, dtype=np.uint16), kind="stable")
    return AnswerPatterns(values[:, order], weights[order], codes.n_options)


def patterns_in_order(codes: Codes) -> AnswerPatterns:
    """Return a pattern per complete respondent, in the order of the respondents."""
    return AnswerPatterns(codes.values, np.ones(codes.n_respondents), codes.n_options)


def posterior_of(block: Block, log_probabilities: NDArray[np.float64], quadrature: Quadrature) -> Posterior:
    """Return what the answers of a block say about ability, by Bayes' rule at the nodes.

    `log_probabilities` is item x option x node. An answer that was not given has no indicator: it is taken as
    missing at random given the other answers.
    """
    logarithms = log_probabilities.reshape(-1, len(quadrature.points)).T @ block.indicators
    logarithms += quadrature.log_weights[:, None]
    highest = logarithms.max(axis=0)
    logarithms -= highest
    nodes = np.exp(logarithms, out=logarithms)
    total = nodes.sum(axis=0)
    nodes /= total
    return Posterior(nodes, np.log(total) + highest)


def expected_counts(
    patterns: AnswerPatterns, log_probabilities: NDArray[np.float64], quadrature: Quadrature
) -> Expected:
    """Return the expectation step of Bock and Aitkin (1981), as two matrix products per block."""
    counts = np.zeros((len(quadrature.points), log_probabilities.shape[0] * log_probabilities.shape[1]))
    log_likelihood = 0.0
    for block in patterns.blocks():
        posterior = posterior_of(block, log_probabilities, quadrature)
        log_likelihood += float(posterior.log_likelihoods @ block.weights)
        counts += (posterior.nodes * block.weights) @ block.indicators.T
    return Expected(log_likelihood, counts.T.reshape(log_probabilities.shape))


def _distinct(codes: Codes) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    numbers = np.ravel_multi_index(tuple(codes.values), tuple(codes.n_options))
    counts = np.bincount(numbers)
    found = np.flatnonzero(counts)
    values = np.array(np.unravel_index(found, tuple(codes.n_options)), dtype=np.uint8)
    return values, counts[found].astype(np.float64)
