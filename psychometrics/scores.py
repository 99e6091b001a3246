"""Item scores as every statistic here expects them; refuses what would give a wrong number.

A frame of scores has one row per respondent, one column per item, whole numbers, high = favourable, and a
missing value where no substantive answer was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FEWEST_ITEMS: Final = 2
"""One item has no inner consistency to speak of."""
FEWEST_RESPONDENTS: Final = 2
"""One respondent has no variance."""


class ScoresError(ValueError):
    """Scores that cannot be used; `.faults` holds every fault, each with its place and its remedy."""

    def __init__(self, faults: Iterable[str]) -> None:
        """Join the faults, one a line; no answer of a respondent is ever among them."""
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def refuse(faults: Iterable[str]) -> None:
    """Raise `ScoresError` with all faults where there are any."""
    found = tuple(faults)
    if found:
        raise ScoresError(found)


def checked(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as floats with NaN for missing, or raise `ScoresError` with every fault.

    Refused: fewer than two items, a name used twice, no respondents, answers that are no whole numbers, and
    an item without answers or with the same answer from everyone.
    """
    refuse(_faults_of_shape(scores))
    refuse(fault for item in scores.columns for fault in _faults_of_item(scores[item]))
    return scores.astype("Float64").astype("float64")


def complete_cases(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the checked rows of respondents who answered every item, or raise `ScoresError`.

    Refused too: fewer than two such respondents, an item that is constant among them, and items that cancel
    out, so that everyone has the same total.
    """
    complete = checked(scores).dropna()
    refuse(_faults_of_number(complete))
    refuse(_faults_of_variance(complete))
    return complete


def checked_groups(groups: pd.Series, scores: pd.DataFrame) -> pd.Series:
    """Return one group label per respondent, or raise `ScoresError` where labels and scores do not match."""
    refuse(_faults_of_groups(groups, scores))
    return groups


def _faults_of_shape(scores: pd.DataFrame) -> Iterator[str]:
    if scores.shape[1] < FEWEST_ITEMS:
        yield f"scores: {scores.shape[1]} item(s); give at least {FEWEST_ITEMS} columns"
    for name in scores.columns[scores.columns.duplicated()].unique():
        yield f'scores["{name}"]: this name stands above two columns; give every item its own name'
    if len(scores) == 0:
        yield "scores: no respondents; give at least one row"


def _faults_of_item(answers: pd.Series) -> Iterator[str]:
    present = answers.dropna()
    for is_fault, words in _FAULTS:
        if is_fault(present):
            yield f'scores["{answers.name}"]: {words}'
            return


def _is_not_numeric(present: pd.Series) -> bool:
    # a column without any answer often has dtype object; what is wrong with it is that it is empty
    return len(present) > 0 and not pd.api.types.is_numeric_dtype(present)


def _is_not_whole(present: pd.Series) -> bool:
    values = present.to_numpy(dtype=float)
    return bool((~np.isfinite(values)).any() or (values != np.floor(values)).any())


def _is_constant(present: pd.Series) -> bool:
    return bool((present == present.iloc[0]).all())


_FAULTS: Final[tuple[tuple[Callable[[pd.Series], bool], str], ...]] = (
    (_is_not_numeric, "not a column of numbers; turn answers into whole numbers first"),
    (lambda present: len(present) == 0, "nobody answered; leave the item out"),
    (
        _is_not_whole,
        "holds answers that are no whole numbers; use the stored codes, do not impute or average",
    ),
    (_is_constant, "everyone gave the same answer; leave the item out"),
)


def _faults_of_number(complete: pd.DataFrame) -> Iterator[str]:
    if len(complete) < FEWEST_RESPONDENTS:
        yield (
            f"scores: {len(complete)} respondent(s) answered every item, at least {FEWEST_RESPONDENTS} are "
            "needed; leave out the item that most people skipped"
        )


def _faults_of_variance(complete: pd.DataFrame) -> Iterator[str]:
    constant = [str(item) for item in complete.columns if _is_constant(complete[item])]
    for item in constant:
        yield f'scores["{item}"]: constant among those who answered every item; leave the item out'
    if not constant and _is_constant(complete.sum(axis="columns")):
        yield "scores: everyone has the same total; turn the items so that high = favourable in all of them"


def _faults_of_groups(groups: pd.Series, scores: pd.DataFrame) -> Iterator[str]:
    if not groups.index.equals(scores.index):
        yield f'groups "{groups.name}": the index differs from that of the scores; align them row by row'
    elif groups.isna().any():
        n_missing = int(groups.isna().sum())
        yield f'groups "{groups.name}": {n_missing} respondent(s) without a group; leave those rows out'
