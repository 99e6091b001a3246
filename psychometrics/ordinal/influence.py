"""How much each respondent moves thresholds and polychoric correlations, and so how precise these are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr

from psychometrics.ordinal.bivariate_normal import BEYOND, cells
from psychometrics.ordinal.contingency import Codes, pairs
from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.polychoric import Estimate

RESPONDENTS_AT_ONCE: Final = 16_384
"""Influence values computed at a time. In smaller blocks BLAS, which divides every product over its threads
and waits for them, took ten times as long on a busy machine."""
FEWEST_SCHOOLS: Final = 2
"""One school has no variance between schools."""


@dataclass(frozen=True, slots=True)
class Influence:
    """What one respondent with a given answer adds, N times over, to an estimate.

    `thresholds` is item x option x threshold; `correlations` is pair x option x option. The mean over all
    respondents is zero, and the mean of the products is the asymptotic covariance (times N) of the estimates.
    """

    thresholds: NDArray[np.float64]
    correlations: NDArray[np.float64]


def influence(found: Estimate) -> Influence:
    """Return the influence of every possible answer on thresholds and polychoric correlations.

    A threshold is a quantile of its item's distribution. A correlation moves by its own score, less what the
    two items' thresholds already took up (Muthen, 1984; as in lavaan, with the scores' empirical covariance).
    """
    first, second = pairs(found.codes.n_items)
    rows, columns = found.cuts[first], found.cuts[second]
    cell = cells(rows, columns, found.rho)
    score = cell.slopes / cell.probabilities
    weight = found.tables * score / cell.probabilities
    thresholds = _of_thresholds(found)
    by_row = _shared(weight, rows, columns, found.rho)
    by_column = _shared(weight.swapaxes(1, 2), columns, rows, found.rho)
    taken_up = (
        np.einsum("pt,pat->pa", by_row, thresholds[first])[:, :, None]
        + np.einsum("pt,pat->pa", by_column, thresholds[second])[:, None, :]
    )
    information = (found.tables * score**2).sum(axis=(1, 2))[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # in a tiny sample a score may be zero for everyone
        return Influence(thresholds, (found.codes.n_respondents * score - taken_up) / information)


def variances(found: Estimate, moves: Influence) -> NDArray[np.float64]:
    """Return N times the asymptotic variance of each correlation, from the tables alone."""
    return np.asarray((found.tables * moves.correlations**2).sum(axis=(1, 2)) / found.codes.n_respondents)


def asymptotic_covariance(
    found: Estimate,
    moves: Influence,
    *,
    schools: NDArray[np.intp] | None = None,
    with_thresholds: bool = True,
) -> NDArray[np.float64]:
    """Return N times the asymptotic covariance of the estimates (lavaan's NACOV).

    Thresholds come first, item by item, then correlations in the order of `contingency.pairs`; without
    thresholds, correlations only. With `schools` (from `school_numbers`) respondents of a school need not be
    independent: influence is summed per school before it is multiplied, with the factor g / (g - 1) for g
    schools. It costs one pass over the respondents; the products over schools are few.
    """
    if schools is None:
        return _of_respondents(found.codes, moves, with_thresholds=with_thresholds)
    return _of_schools(found.codes, moves, schools, with_thresholds=with_thresholds)


def school_totals(
    codes: Codes, moves: Influence, schools: NDArray[np.intp], *, n_schools: int
) -> NDArray[np.float64]:
    """Return the summed influence of the respondents of each school: estimate x school.

    Estimates come in the order of `asymptotic_covariance`; `schools` counts from 0 up to `n_schools` - 1.
    """
    order = np.argsort(schools, kind="stable")
    labels, answers = schools[order], np.take(codes.values, order, axis=1)
    totals = np.zeros((int((codes.n_options - 1).sum()) + len(moves.correlations), n_schools))
    for number, values in enumerate(_values(answers, codes, moves, with_thresholds=True)):
        here = labels[number * RESPONDENTS_AT_ONCE :][: values.shape[1]]
        starts = np.flatnonzero(np.diff(here, prepend=-1))
        totals[:, here[starts]] += np.add.reduceat(values, starts, axis=1)
    return totals


def school_numbers(schools: pd.Series, scores: pd.DataFrame, codes: Codes) -> NDArray[np.intp]:
    """Return the number, from 0, of the school of each complete respondent.

    Raises:
        ScoresError: labels that do not match the scores, or all from one school.
    """
    numbers, labels = pd.factorize(checked_groups(schools, scores)[codes.complete])
    if len(labels) < FEWEST_SCHOOLS:
        refuse([f'schools "{schools.name}": all respondents are of one school; leave `schools` out'])
    return np.asarray(numbers, dtype=np.intp)


def _of_thresholds(found: Estimate) -> NDArray[np.float64]:
    # the influence function of a quantile: (1[answer is below] - share below) / density there
    cuts = found.cuts[:, None, 1:-1]
    option = np.arange(found.tables.shape[1])[None, :, None]
    below = (option <= np.arange(cuts.shape[2])) - ndtr(cuts)
    return np.asarray(np.where(cuts < BEYOND, below / np.where(cuts < BEYOND, _normal(cuts), 1), 0))


def _shared(
    weight: NDArray[np.float64],
    own: NDArray[np.float64],
    other: NDArray[np.float64],
    rho: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the summed product of the scores of rho and of each of the item's own thresholds."""
    cuts, r = own[:, 1:-1, None], rho[:, None, None]
    given = ndtr((other[:, None, :] - r * cuts) / np.sqrt((1 - r) * (1 + r)))
    # raising a threshold moves probability from the option above it to the option below it
    moved = _normal(cuts) * np.diff(given, axis=2)
    return np.asarray(((weight[:, :-1] - weight[:, 1:]) * moved).sum(axis=2))


def _normal(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-x * x / 2) / np.sqrt(2 * np.pi))


def _of_respondents(codes: Codes, moves: Influence, *, with_thresholds: bool) -> NDArray[np.float64]:
    # numpy gives a product of a matrix with its own transpose to BLAS's syrk: half the multiplications
    products = (
        values @ values.T for values in _values(codes.values, codes, moves, with_thresholds=with_thresholds)
    )
    return np.asarray(sum(products) / codes.n_respondents)


def _of_schools(
    codes: Codes, moves: Influence, schools: NDArray[np.intp], *, with_thresholds: bool
) -> NDArray[np.float64]:
    order = np.argsort(schools, kind="stable")
    labels, answers = schools[order], np.take(codes.values, order, axis=1)
    product: NDArray[np.float64] | float = 0.0
    unfinished: NDArray[np.float64] | float = 0.0
    for number, values in enumerate(_values(answers, codes, moves, with_thresholds=with_thresholds)):
        there = labels[number * RESPONDENTS_AT_ONCE :][: RESPONDENTS_AT_ONCE + 1]
        totals = np.add.reduceat(
            values, np.flatnonzero(np.diff(there[: values.shape[1]], prepend=-1)), axis=1
        )
        totals[:, 0] += unfinished
        # the last school of a block may go on in the next one, and is multiplied when it is complete
        goes_on = len(there) > values.shape[1] and there[-1] == there[-2]
        unfinished = totals[:, -1] if goes_on else 0.0
        finished = totals[:, :-1] if goes_on else totals
        product = product + finished @ finished.T
    n_schools = int(labels[-1]) + 1
    return np.asarray(product * (n_schools / (n_schools - 1) / codes.n_respondents))


def _values(
    answers: NDArray[np.uint8], codes: Codes, moves: Influence, *, with_thresholds: bool
) -> Iterator[NDArray[np.float64]]:
    """Yield, for blocks of respondents, their influence on every estimate: estimate x respondent.

    It is one array, overwritten by the next block.
    """
    first, second = pairs(codes.n_items)
    n_options = moves.correlations.shape[1]
    by_pair = moves.correlations.reshape(len(first), -1)
    n_thresholds = int((codes.n_options - 1).sum()) if with_thresholds else 0
    n_respondents = answers.shape[1]
    buffer = np.empty((n_thresholds + len(first), min(RESPONDENTS_AT_ONCE, n_respondents)))
    for start in range(0, n_respondents, RESPONDENTS_AT_ONCE):
        option = answers[:, start : start + RESPONDENTS_AT_ONCE].astype(np.intp)
        values = buffer[:, : option.shape[1]]
        if with_thresholds:
            values[:n_thresholds] = _of_items(option, codes, moves)
        row = option * n_options
        for pair, into in enumerate(values[n_thresholds:]):
            np.take(by_pair[pair], row[first[pair]] + option[second[pair]], out=into, mode="clip")
        yield values


def _of_items(option: NDArray[np.intp], codes: Codes, moves: Influence) -> NDArray[np.float64]:
    tables = [table[:, : n - 1].T for table, n in zip(moves.thresholds, codes.n_options, strict=True)]
    return np.concatenate([table[:, chosen] for table, chosen in zip(tables, option, strict=True)])
