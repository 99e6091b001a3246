"""From stored answers to item and scale scores, high = favourable; refuses what the edition never asked."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from numbers import Real
from typing import Final

import numpy as np
import pandas as pd
from pandas.api import types as column_types

from instrument.questionnaire import NON_SUBSTANTIVE, Edition, Item

ROUNDING: Final = 1e-9
"""2/3 of six items is four: a share that has no exact binary form may not ask for a fifth."""


class AnswersError(ValueError):
    """Answers are refused; `faults` names columns and counts, never an answer of a person."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The lowest and the highest score possible."""

    minimum: int
    maximum: int


def item_scores(answers: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Score answers, high = favourable, NaN = missing; a column per item of a scale, rows as they came.

    `answers` holds the stored codes, a column per item; an empty cell or an absent column is no answer.
    Raises `AnswersError` where a column or a value does not belong to the edition.
    """
    _refuse(_column_faults(answers, [item.code for item in edition.items]))
    codes = {item.code: _codes(answers, item) for item in edition.items}
    _refuse([fault for item in edition.items for fault in _value_faults(codes[item.code], item)])
    scores = {item.code: _scores(codes[item.code], item) for item in edition.scored}
    return pd.DataFrame(scores, index=answers.index, dtype=float)


def scale_scores(item_scores: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Average item scores per scale; missing where less than `edition.minimum_answered` was answered."""
    absent = [item.code for item in edition.scored if item.code not in item_scores.columns]
    _refuse([f'column "{code}": is missing; give the result of item_scores' for code in absent])
    means = {scale: _means(item_scores[codes], edition) for scale, codes in edition.model.items()}
    return pd.DataFrame(means, index=item_scores.index, dtype=float)


def score_range(edition: Edition, scale: str) -> ScoreRange:
    """Return the lowest and the highest score of a scale; its items share one range (catalogue)."""
    first = edition.items_of(scale)[0].option_set.options
    return ScoreRange(first[0].value, first[-1].value)


def _scores(codes: np.ndarray, item: Item) -> np.ndarray:
    options = item.option_set.options
    substantive = np.where(np.isin(codes, NON_SUBSTANTIVE), np.nan, codes)
    return options[0].value + options[-1].value - substantive if item.reversed else substantive


def _means(scores: pd.DataFrame, edition: Edition) -> pd.Series:
    fewest = edition.minimum_answered * scores.shape[1] - ROUNDING
    return scores.mean(axis="columns").where(scores.notna().sum(axis="columns") >= fewest)


def _codes(answers: pd.DataFrame, item: Item) -> np.ndarray:
    """Read a column as numbers, NaN where empty; infinite where a value is no number, hence no code."""
    if item.code not in answers.columns:
        return np.full(len(answers), np.nan)
    column = answers[item.code]
    if column_types.is_integer_dtype(column) or column_types.is_float_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return np.array([_code(value) for value in column], dtype=float)


def _code(value: object) -> float:
    if value is None or value is pd.NA or value is pd.NaT:
        return math.nan
    if not isinstance(value, Real) or isinstance(value, bool):
        return math.inf
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _column_faults(answers: pd.DataFrame, known: list[str]) -> list[str]:
    counts = Counter(answers.columns)
    unknown = [column for column in counts if column not in known]
    doubled = [column for column in counts if column in known and counts[column] > 1]
    return [
        *(f"column {str(column)[:40]!r}: is no item of this edition; remove it" for column in unknown),
        *(f'column "{column}": stands here more than once; keep one' for column in doubled),
    ]


def _value_faults(codes: np.ndarray, item: Item) -> list[str]:
    n_illegal = int((~np.isnan(codes) & ~np.isin(codes, item.codes)).sum())
    several = f"1 to {item.codes[-3]}, -1, -2"  # a sum over the chosen options: too many to list
    allowed = several if item.option_set.several else ", ".join(map(str, item.codes))
    remedy = f"use {allowed}, or leave the cell empty"
    return [f'column "{item.code}": {n_illegal} values are no answer code; {remedy}'] if n_illegal else []


def _refuse(faults: list[str]) -> None:
    if faults:
        raise AnswersError(faults)
