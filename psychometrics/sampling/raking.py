"""Iterative proportional fitting: weights that give a sample the margins of its population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

MOST_ROUNDS: Final = 1000
"""Raking that takes more rounds than this is not going anywhere."""
CLOSE: Final = 1e-9
"""Weighted shares that lie this near those of the population are equal to them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights with mean one, after how many rounds, and how far a weighted share is then off."""

    weights: NDArray[np.float64]
    n_rounds: int
    deviation: float

    @property
    def converged(self) -> bool:
        """Return whether all margins fit."""
        return self.deviation <= CLOSE


def raked(respondents: pd.DataFrame, margins: Mapping[str, Mapping[Any, int]]) -> Fit:
    """Return the weight of each row; trusts that `faults_of_margins` found none.

    Combinations of levels are fitted and not rows, so that a million respondents cost no more than a few.
    """
    codes = [_codes(respondents[column], margin) for column, margin in margins.items()]
    targets = [_shares(margin) for margin in margins.values()]
    cell_of, some_row = _cells(codes)
    cells = np.column_stack([levels[some_row] for levels in codes])
    sizes = np.bincount(cell_of)
    shares, deviation, n_rounds = sizes / len(respondents), np.inf, 0
    while deviation > CLOSE and n_rounds < MOST_ROUNDS:
        shares = _round(cells, shares, targets)
        deviation, n_rounds = _deviation(cells, shares, targets), n_rounds + 1
    return Fit((shares / sizes * len(respondents))[cell_of], n_rounds, deviation)


def faults_of_margins(respondents: pd.DataFrame, margins: Mapping[str, Mapping[Any, int]]) -> Iterator[str]:
    """Yield why these respondents cannot get these margins, each fault with its place and remedy."""
    if len(respondents) == 0:
        yield "respondents: nobody in it; give one row per respondent"
    if not margins:
        yield "margins: none; give {column: {level: count}}"
        return
    for column, margin in margins.items():
        yield from _faults_of_counts(column, margin)
        if column in respondents.columns:
            yield from _faults_of_levels(respondents[column], margin)
        else:
            yield f'margins: "{column}" is no column of the respondents; use one of theirs'
    totals = {column: sum(margin.values()) for column, margin in margins.items()}
    if len(set(totals.values())) > 1:
        sums = ", ".join(f"{column} {total}" for column, total in totals.items())
        yield f"margins: their totals differ ({sums}); count the same pupils in every margin"


def _faults_of_counts(column: str, margin: Mapping[Any, int]) -> Iterator[str]:
    for level, count in margin.items():
        if count < 0:
            yield f'margins["{column}"] "{level}": a count cannot be negative; correct it'
    if sum(margin.values()) <= 0:
        yield f'margins["{column}"]: nobody in it; give the registered number per level'


def _faults_of_levels(values: pd.Series, margin: Mapping[Any, int]) -> Iterator[str]:
    n_missing, found = int(values.isna().sum()), list(values.dropna().unique())
    if n_missing:
        yield f'respondents["{values.name}"]: {n_missing} without a value; leave those rows out'
    for level in found:
        if not margin.get(level, 0) > 0:
            yield f'margins["{values.name}"]: respondents of "{level}", but no count; add it'
    for level, count in margin.items():
        if count > 0 and level not in found:
            yield f'respondents["{values.name}"]: nobody of "{level}"; merge it with another level'


def _codes(values: pd.Series, margin: Mapping[Any, int]) -> NDArray[np.intp]:
    found, levels = pd.factorize(values)
    place = {level: number for number, level in enumerate(margin)}
    return np.array([place[level] for level in levels], dtype=np.intp)[found]


def _cells(codes: list[NDArray[np.intp]]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the cell (combination of levels) of each row, and a row of each cell."""
    cell_of = np.zeros(len(codes[0]), dtype=np.intp)
    for levels in codes:
        # numbered anew at every column, so that many columns do not overflow
        cell_of = pd.factorize(cell_of * (levels.max() + 1) + levels)[0]
    some_row = np.zeros(cell_of.max() + 1, dtype=np.intp)
    some_row[cell_of] = np.arange(len(cell_of))
    return cell_of, some_row


def _shares(margin: Mapping[Any, int]) -> NDArray[np.float64]:
    counts = np.array(list(margin.values()), dtype=np.float64)
    return np.asarray(counts / counts.sum())


def _margin(
    cells: NDArray[np.intp], shares: NDArray[np.float64], column: int, n_levels: int
) -> NDArray[np.float64]:
    return np.asarray(np.bincount(cells[:, column], shares, minlength=n_levels), dtype=np.float64)


def _round(
    cells: NDArray[np.intp], shares: NDArray[np.float64], targets: list[NDArray[np.float64]]
) -> NDArray[np.float64]:
    for column, target in enumerate(targets):
        found = _margin(cells, shares, column, len(target))
        # a level without pupils has no respondents either, and keeps its nothing
        factors = np.divide(target, found, out=np.zeros_like(target), where=found > 0)
        shares = shares * factors[cells[:, column]]
    return shares


def _deviation(
    cells: NDArray[np.intp], shares: NDArray[np.float64], targets: list[NDArray[np.float64]]
) -> float:
    gaps = [
        np.abs(_margin(cells, shares, column, len(target)) - target).max()
        for column, target in enumerate(targets)
    ]
    return float(max(gaps))
