"""Polychoric correlations: those of the normal variables that would give these ordered answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from psychometrics.cautions import (
    EmptyCellWarning,
    NotConvergedWarning,
    NotPositiveDefiniteWarning,
    PerfectCorrelationWarning,
    PsychometricWarning,
    UnusedOptionWarning,
    issued,
)
from psychometrics.ordinal.bivariate_normal import BEYOND, SMALLEST, cells
from psychometrics.ordinal.contingency import Codes, as_matrix, codes_of, pair_tables, pairs
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NEARLY_ONE: Final = 0.9999
"""From here on two items are warned about as saying the same."""
EDGE: Final = np.arctanh(1 - 1e-7)
"""Where the search stops, on the scale of atanh: at one itself there is no density."""
PRECISION: Final = 1e-9
"""A step in rho below this ends the search; what remains is a small fraction of that step."""
MOST_STEPS: Final = 100
LONGEST_STEP: Final = 0.5
"""On the scale of atanh; the quadratic that a step is based on holds no further."""
SINGULAR: Final = 1e-10
"""An eigenvalue of a correlation matrix below this is zero or less."""
MOVED: Final = 0.5
"""Respondents moved into the empty cell of a two by two table, as in lavaan (Savalei, 2011)."""


@dataclass(frozen=True, slots=True)
class Polychoric:
    """Polychoric correlations (item x item) and thresholds (item x k, NaN where an item has fewer)."""

    correlations: pd.DataFrame
    thresholds: pd.DataFrame
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        over = f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        notes = "".join(f"\n- {warning}" for warning in self.warnings)
        return f"{markdown(self.correlations)}\n\nPolychoric correlations; {over}\n{notes}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """The same as arrays, for statistics built on it.

    `rho` has one value per pair in the order of `contingency.pairs`; `cuts` is item x (options + 1), rising
    from -BEYOND to BEYOND, with the thresholds between; `tables` is pair x option x option.
    """

    codes: Codes
    tables: NDArray[np.int64]
    cuts: NDArray[np.float64]
    rho: NDArray[np.float64]
    converged: NDArray[np.bool_]

    @property
    def correlations(self) -> NDArray[np.float64]:
        """Return the correlations as a matrix."""
        return as_matrix(self.rho, self.codes.n_items)


def polychoric(scores: pd.DataFrame) -> Polychoric:
    """Return the polychoric correlations and thresholds of all items, over complete cases.

    In two steps (Olsson, 1979): thresholds from each item's own distribution, then per pair the correlation
    of greatest likelihood. Assumes that a normal variable underlies every item. Two items that say the same
    get a correlation at the edge, 1 - 1e-7, with a warning.

    Raises:
        ScoresError: what `contingency.codes_of` refuses.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 1, 2, 2, 3, 3], "B": [1, 2, 1, 3, 2, 3], "C": [1, 2, 1, 2, 2, 1]})
        >>> polychoric(scores).correlations.round(3).loc["A"].tolist()
        [1.0, 0.561, 0.0]
    """
    found = estimate(codes_of(scores))
    items = found.codes.items
    return Polychoric(
        correlations=pd.DataFrame(found.correlations, index=items, columns=items),
        thresholds=thresholds_of(found),
        n_items=found.codes.n_items,
        n_respondents=found.codes.n_respondents,
        warnings=issued(cautions(found)),
    )


def estimate(codes: Codes) -> Estimate:
    """Return thresholds and polychoric correlations of recoded answers, as arrays and without warnings.

    It is fast because respondents enter by their tables only, and because the search runs over all pairs at
    once: one call per step for the normal probabilities of every cell, instead of a search per pair.
    """
    tables = pair_tables(codes)
    first, second = pairs(codes.n_items)
    cuts = _cuts(tables, codes)
    rho, converged = _greatest_likelihood(_without_lone_zero(tables, codes), cuts[first], cuts[second])
    return Estimate(codes, tables, cuts, rho, converged)


def thresholds_of(found: Estimate) -> pd.DataFrame:
    """Return the thresholds as a frame, item x k, NaN where an item has fewer options."""
    thresholds = np.where(found.cuts < BEYOND, found.cuts, np.nan)[:, 1:-1]
    columns = pd.RangeIndex(1, thresholds.shape[1] + 1, name="threshold")
    return pd.DataFrame(thresholds, index=found.codes.items.rename("item"), columns=columns)


def cautions(found: Estimate) -> Iterator[PsychometricWarning]:
    """Yield what a user of these correlations should know."""
    codes = found.codes
    for item, gaps in zip(codes.items, codes.gaps, strict=True):
        if gaps:
            yield UnusedOptionWarning(
                f"{item}: {gaps} option(s) between its lowest and highest answer were not chosen; "
                "they have no threshold"
            )
    yield from _cautions_of_pairs(found)
    if np.linalg.eigvalsh(found.correlations)[0] < SINGULAR:
        yield NotPositiveDefiniteWarning(
            "the matrix of polychoric correlations is not positive definite; "
            "use fewer items or more respondents"
        )


def _cautions_of_pairs(found: Estimate) -> Iterator[PsychometricWarning]:
    first, second = pairs(found.codes.n_items)
    items = found.codes.items
    flags = {
        EmptyCellWarning: _has_lone_zero(found.tables, found.codes),
        PerfectCorrelationWarning: np.abs(found.rho) >= NEARLY_ONE,
        NotConvergedWarning: ~found.converged,
    }
    for kind, flagged in flags.items():
        for pair in np.flatnonzero(flagged):
            yield kind(f"{items[first[pair]]} and {items[second[pair]]}: {_WORDS[kind]}")


_WORDS: Final[dict[type[PsychometricWarning], str]] = {
    EmptyCellWarning: "an empty cell in their table of 2 x 2; half a respondent was moved into it",
    PerfectCorrelationWarning: "a (nearly) perfect correlation; leave one of the two out",
    NotConvergedWarning: "their table hardly determines a correlation; take options together",
}


def _cuts(tables: NDArray[np.int64], codes: Codes) -> NDArray[np.float64]:
    first, second = pairs(codes.n_items)
    counts = np.empty((codes.n_items, tables.shape[1]))
    counts[first], counts[second] = tables.sum(axis=2), tables.sum(axis=1)
    shares = np.cumsum(counts, axis=1) / codes.n_respondents
    cuts = np.full((codes.n_items, tables.shape[1] + 1), BEYOND)
    cuts[:, 0] = -BEYOND
    cuts[:, 1:] = np.where(shares < 1, ndtri(shares), BEYOND)
    return cuts


def _has_lone_zero(tables: NDArray[np.int64], codes: Codes) -> NDArray[np.bool_]:
    first, second = pairs(codes.n_items)
    two_by_two = (codes.n_options[first] == 2) & (codes.n_options[second] == 2)  # noqa: PLR2004
    return np.asarray(two_by_two & ((tables[:, :2, :2] == 0).sum(axis=(1, 2)) == 1))


def _without_lone_zero(tables: NDArray[np.int64], codes: Codes) -> NDArray[np.float64]:
    # with one empty cell of four the likelihood has its maximum at the edge; lavaan moves half a respondent
    # there and keeps the margins; for larger tables neither does anything
    counts = tables.astype(np.float64)
    for pair in np.flatnonzero(_has_lone_zero(tables, codes)):
        on_diagonal = (np.diag(tables[pair, :2, :2]) == 0).any()
        counts[pair, :2, :2] += MOVED * np.array([[1, -1], [-1, 1]]) * (1 if on_diagonal else -1)
    return counts


def _greatest_likelihood(
    counts: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return rho and whether it converged, per pair, by Fisher scoring on z = atanh(rho).

    On that scale no step leaves -1..1 and the likelihood is close to quadratic. Only the first step divides
    by the expected information; later ones divide by the change of the score over the last step (the secant
    method), which takes fewer steps and does not overshoot where answers are far from normal. A step that
    lowers the likelihood, or makes answers that were given all but impossible, is not taken, and the next one
    is at most half as long.
    """
    z = np.arctanh(_of_codes(counts))
    fit, score, information = _likelihood(counts, rows, columns, z)
    if not np.isfinite(fit).all():  # at zero everything is possible
        z = np.where(np.isfinite(fit), z, 0)
        fit, score, information = _likelihood(counts, rows, columns, z)
    step = np.clip(score / information, -LONGEST_STEP, LONGEST_STEP)
    busy = np.arange(len(z))
    for _ in range(MOST_STEPS):
        trial = np.clip(z[busy] + step[busy], -EDGE, EDGE)
        new_fit, new_score, expected = _likelihood(counts[busy], rows[busy], columns[busy], trial)
        information = _curvature(score[busy] - new_score, trial - z[busy], expected)
        better = new_fit >= fit[busy] - PRECISION * np.abs(fit[busy])
        longest = np.where(better, LONGEST_STEP, np.abs(step[busy]) / 2)
        moved = np.abs(np.tanh(trial) - np.tanh(z[busy]))
        for kept, new in ((z, trial), (fit, new_fit), (score, new_score)):
            kept[busy] = np.where(better, new, kept[busy])
        step[busy] = np.clip(score[busy] / information, -longest, longest)
        busy = busy[moved > PRECISION]
        if len(busy) == 0:
            break
    return np.tanh(z), ~np.isin(np.arange(len(z)), busy)


def _curvature(
    fall: NDArray[np.float64], step: NDArray[np.float64], expected: NDArray[np.float64]
) -> NDArray[np.float64]:
    # where the likelihood is not concave between two points, the expected information has to do
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = fall / step
    return np.where(observed > SINGULAR, observed, expected)


def _of_codes(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    # the product-moment correlation of the codes, a start on the safe side of the estimate
    n_respondents, value = counts.sum(axis=(1, 2)), np.arange(counts.shape[1])
    mean_row, mean_column = counts.sum(2) @ value / n_respondents, counts.sum(1) @ value / n_respondents
    variance_row = counts.sum(2) @ value**2 / n_respondents - mean_row**2
    variance_column = counts.sum(1) @ value**2 / n_respondents - mean_column**2
    product = np.einsum("pab,a,b->p", counts, value, value) / n_respondents
    correlation = (product - mean_row * mean_column) / np.sqrt(variance_row * variance_column)
    return np.asarray(np.clip(correlation, -0.95, 0.95))


def _likelihood(
    counts: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    z: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return log-likelihood, its slope and the expected information of z, per pair.

    The first is minus infinity where an answer was given whose probability is too small to compute.
    """
    rho = np.tanh(z)
    cell = cells(rows, columns, rho)
    n_respondents, slope_of_rho = counts.sum(axis=(1, 2)), 1 - rho**2
    fit = (counts * np.log(cell.probabilities)).sum(axis=(1, 2))
    impossible = ((counts > 0) & (cell.probabilities <= SMALLEST)).any(axis=(1, 2))
    ratio = cell.slopes / cell.probabilities
    score = (counts * ratio).sum(axis=(1, 2)) * slope_of_rho
    information = n_respondents * (cell.slopes * ratio).sum(axis=(1, 2)) * slope_of_rho**2
    return np.where(impossible, -np.inf, fit), score, np.maximum(information, SINGULAR)
