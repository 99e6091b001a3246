"""What ordered answers say of several groups: thresholds and correlations, and how precise each is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from psychometrics.cautions import PsychometricWarning, UnreliableErrorsWarning
from psychometrics.confirmatory import FEW_SCHOOLS
from psychometrics.ordinal.contingency import Codes, chosen, codes_of, option_counts, pairs
from psychometrics.ordinal.influence import (
    FEWEST_SCHOOLS,
    Influence,
    asymptotic_covariance,
    influence,
    school_numbers,
    school_totals,
    variances,
)
from psychometrics.polychoric import NEARLY_ONE, Estimate, cautions, estimate
from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from numpy.typing import NDArray

FEWEST_GROUPS: Final = 2
"""One group has nothing to be compared with."""


@dataclass(frozen=True, slots=True)
class GroupMoments:
    """One group's thresholds (item by item) and then its correlations, with their weights (lavaan's DWLS).

    `schools` has the number of the school of each respondent, or is None.
    """

    label: Hashable
    found: Estimate
    moves: Influence
    moments: NDArray[np.float64]
    weights: NDArray[np.float64]
    schools: NDArray[np.intp] | None

    @property
    def n_respondents(self) -> int:
        """Return the number of complete respondents of the group."""
        return self.found.codes.n_respondents

    @property
    def n_schools(self) -> int:
        """Return the number of schools with such respondents."""
        return 0 if self.schools is None else len(np.unique(self.schools))

    @property
    def n_thresholds(self) -> int:
        """Return the number of moments that are thresholds."""
        return int((self.found.codes.n_options - 1).sum())


@dataclass(frozen=True, slots=True)
class GroupedMoments:
    """The moments of all groups, one after the other, and their covariance.

    `covariance` is N times the asymptotic covariance of the moments, in units of their weights.
    """

    groups: tuple[GroupMoments, ...]
    covariance: NDArray[np.float64]

    @property
    def moments(self) -> NDArray[np.float64]:
        """Return all thresholds and correlations."""
        return np.concatenate([group.moments for group in self.groups])

    @property
    def weights(self) -> NDArray[np.float64]:
        """Return the weight of each moment, for one respondent."""
        return np.concatenate([group.weights for group in self.groups])

    @property
    def n_behind(self) -> NDArray[np.float64]:
        """Return the number of respondents behind each moment."""
        return np.repeat([float(group.n_respondents) for group in self.groups], len(self.groups[0].moments))

    @property
    def are_correlations(self) -> NDArray[np.bool_]:
        """Return which moments are correlations."""
        first = self.groups[0]
        return np.tile(np.arange(len(first.moments)) >= first.n_thresholds, len(self.groups))

    @property
    def n_respondents(self) -> int:
        """Return the number of complete respondents of all groups."""
        return sum(group.n_respondents for group in self.groups)

    @property
    def n_items(self) -> int:
        """Return the number of items."""
        return self.groups[0].found.codes.n_items

    @property
    def n_options(self) -> NDArray[np.intp]:
        """Return the number of options of each item, the same in all groups."""
        return self.groups[0].found.codes.n_options


def grouped_moments(
    scores: pd.DataFrame, items: Sequence[str], groups: pd.Series, *, schools: pd.Series | None = None
) -> GroupedMoments:
    """Return the moments of each group, over complete cases on the items, in the order of their labels.

    With `schools`, respondents of a school need not be independent. A school with respondents in two groups
    (boys and girls, say) moves the moments of both, so the groups' covariance is not zero.

    Raises:
        ScoresError: what `codes_of`, `checked_groups` and `school_numbers` refuse; one group only; a group
            without complete respondents, with one school only, in which nobody chose some option, or in
            which two items correlate perfectly. The faults of all groups at once.
    """
    codes = codes_of(chosen(scores, items))
    numbers, labels = pd.factorize(checked_groups(groups, scores), sort=True)
    members = [codes.complete & (numbers == number) for number in range(len(labels))]
    refuse(_faults_of_groups(groups.name, labels, members))
    parts = {label: _part(codes, rows) for label, rows in zip(labels, members, strict=True)}
    refuse(fault for label, part in parts.items() for fault in _faults_of_options(label, part))
    units = None if schools is None else school_numbers(schools, scores, codes)
    found = tuple(
        _moments(label, part, None if units is None else units[part.complete[codes.complete]])
        for label, part in parts.items()
    )
    refuse(fault for group in found for fault in _faults_of_moments(group))
    return GroupedMoments(found, _covariance(found))


def moment_cautions(found: GroupedMoments) -> Iterator[PsychometricWarning]:
    """Yield what a user of these moments should know."""
    for group in found.groups:
        for caution in cautions(group.found):
            yield type(caution)(f'in group "{group.label}": {caution}')
        if group.schools is not None and group.n_schools < FEW_SCHOOLS:
            yield UnreliableErrorsWarning(
                f'in group "{group.label}": {group.n_schools} schools; with fewer than {FEW_SCHOOLS} '
                "tests are unreliable"
            )


def _faults_of_groups(
    title: Hashable, labels: pd.Index, members: Sequence[NDArray[np.bool_]]
) -> Iterator[str]:
    if len(labels) < FEWEST_GROUPS:
        yield f'groups "{title}": one group only; give at least {FEWEST_GROUPS}'
    for label, rows in zip(labels, members, strict=True):
        if not rows.any():
            yield f'groups "{title}": nobody of group "{label}" answered every item; leave those rows out'


def _part(codes: Codes, rows: NDArray[np.bool_]) -> Codes:
    # the codes of all groups together, so that an option has the same number in every group
    answers = np.compress(rows[codes.complete], codes.values, axis=1)
    return replace(codes, values=answers, complete=rows)


def _faults_of_options(label: Hashable, codes: Codes) -> Iterator[str]:
    for item, counts, n_options in zip(codes.items, option_counts(codes), codes.n_options, strict=True):
        for option in np.flatnonzero(counts[:n_options] == 0):
            yield (
                f'scores["{item}"]: in group "{label}" nobody chose option {option + 1} of the {n_options} '
                "that others chose; take it together with its neighbour in all groups, or leave the item or "
                "this group out"
            )


def _moments(label: Hashable, codes: Codes, schools: NDArray[np.intp] | None) -> GroupMoments:
    found = estimate(codes)
    moves = influence(found)
    there = np.arange(found.cuts.shape[1] - 2) < codes.n_options[:, None] - 1
    # N times the variance of each estimate, were respondents independent: lavaan's weights are its inverse
    of_thresholds = np.einsum("io,iot->it", option_counts(codes), moves.thresholds**2) / codes.n_respondents
    spread = np.concatenate([of_thresholds[there], variances(found, moves)])
    moments = np.concatenate([found.cuts[:, 1:-1][there], found.rho])
    return GroupMoments(label, found, moves, moments, 1 / spread, schools)


def _faults_of_moments(group: GroupMoments) -> Iterator[str]:
    codes = group.found.codes
    first, second = pairs(codes.n_items)
    for pair in np.flatnonzero(np.abs(group.found.rho) >= NEARLY_ONE):
        items = " and ".join(f'scores["{codes.items[one[pair]]}"]' for one in (first, second))
        yield (
            f'{items}: (nearly) perfect correlation in group "{group.label}"; leave one of the two items out'
        )
    if group.schools is not None and group.n_schools < FEWEST_SCHOOLS:
        yield f'schools: all of group "{group.label}" are of one school; leave `schools` or this group out'


def _covariance(found: Sequence[GroupMoments]) -> NDArray[np.float64]:
    of_schools = [group.schools for group in found if group.schools is not None]
    if not of_schools:
        return np.asarray(block_diag(*[_of_group(group) for group in found]))
    n_schools = 1 + max(int(schools.max()) for schools in of_schools)
    totals = np.concatenate(
        [_totals(group, schools, n_schools) for group, schools in zip(found, of_schools, strict=True)]
    )
    return np.asarray(totals @ totals.T)


def _of_group(group: GroupMoments) -> NDArray[np.float64]:
    root = np.sqrt(group.weights)
    return np.asarray(root[:, None] * asymptotic_covariance(group.found, group.moves) * root)


def _totals(group: GroupMoments, schools: NDArray[np.intp], n_schools: int) -> NDArray[np.float64]:
    # the factor makes a group's own block that of `influence.asymptotic_covariance` with its own schools
    factor = group.n_schools / (group.n_schools - 1) / group.n_respondents
    totals = school_totals(group.found.codes, group.moves, schools, n_schools=n_schools)
    return np.asarray(np.sqrt(group.weights * factor)[:, None] * totals)
