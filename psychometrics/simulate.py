"""Ordinal answers from known parameters, so that an estimate can be held against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class OrdinalModel:
    """A graded (normal ogive) model: factors of variance 1, cut into options at thresholds.

    `factors` names each factor's items; `loadings` are standardised; an item with k thresholds, rising, on
    the standard normal scale, has the options 1..k+1; `factor_correlations` is a frame with the factors on
    both axes and holds at every level. `school_variance` and `class_variance` are the shares of each factor's
    variance that lie between schools, and between the classes of a school.
    """

    factors: Mapping[str, Sequence[str]]
    loadings: Mapping[str, float]
    thresholds: Mapping[str, Sequence[float]]
    factor_correlations: pd.DataFrame
    school_variance: float = 0.0
    class_variance: float = 0.0

    def __post_init__(self) -> None:
        """Refuse parameters that describe no model, all faults at once."""
        refuse(_faults(self))

    @property
    def items(self) -> list[str]:
        """Return the items of all factors, in order."""
        return [item for items in self.factors.values() for item in items]


def simulate_answers(model: OrdinalModel, groups: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Return an answer (1 = lowest option) of every row of `groups` to every item, complete.

    `groups` has the columns `school` and `class`, one row per respondent; a class is a label within its
    school. The same model, groups and seed give the same answers.

    Example:
        >>> import pandas as pd
        >>> one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
        >>> model = OrdinalModel({"f": ["A", "B"]}, {"A": 0.8, "B": 0.6}, {"A": [0.0], "B": [-1, 1]}, one)
        >>> simulate_answers(model, balanced_groups(n_schools=2, n_classes=1, n_respondents=3), seed=1).shape
        (6, 2)
    """
    random = np.random.default_rng(seed)
    factors = pd.DataFrame(_factor_scores(model, groups, random), columns=list(model.factors))
    answers = {
        item: _cut(model, item, factors[factor].to_numpy(), random)
        for factor, items in model.factors.items()
        for item in items
    }
    return pd.DataFrame(answers, index=groups.index)


def balanced_groups(*, n_schools: int, n_classes: int, n_respondents: int) -> pd.DataFrame:
    """Return `school` and `class` for schools of `n_classes` classes of `n_respondents` each.

    Example:
        >>> groups = balanced_groups(n_schools=2, n_classes=2, n_respondents=10)
        >>> groups.groupby(["school", "class"]).size().tolist()
        [10, 10, 10, 10]
    """
    n_in_school = n_classes * n_respondents
    within = np.tile(np.repeat(np.arange(n_classes), n_respondents), n_schools)
    return pd.DataFrame({"school": np.repeat(np.arange(n_schools), n_in_school), "class": within})


def _factor_scores(
    model: OrdinalModel, groups: pd.DataFrame, random: np.random.Generator
) -> NDArray[np.float64]:
    schools = groups.groupby("school", sort=False).ngroup().to_numpy()
    classes = groups.groupby(["school", "class"], sort=False).ngroup().to_numpy()
    persons = np.arange(len(groups))
    own = 1 - model.school_variance - model.class_variance
    scores = np.zeros((len(groups), len(model.factors)))
    for units, variance in (
        (schools, model.school_variance),
        (classes, model.class_variance),
        (persons, own),
    ):
        scores += np.sqrt(variance) * _correlated(model, len(np.unique(units)), random)[units]
    return scores


def _correlated(model: OrdinalModel, n_units: int, random: np.random.Generator) -> NDArray[np.float64]:
    names = list(model.factors)
    root = np.linalg.cholesky(model.factor_correlations.loc[names, names].to_numpy(dtype=np.float64))
    return np.asarray(random.standard_normal((n_units, len(names))) @ root.T)


def _cut(
    model: OrdinalModel, item: str, factor: NDArray[np.float64], random: np.random.Generator
) -> NDArray[np.int64]:
    loading = model.loadings[item]
    response = loading * factor + np.sqrt(1 - loading**2) * random.standard_normal(len(factor))
    thresholds = np.asarray(model.thresholds[item], dtype=np.float64)
    return np.asarray(np.searchsorted(thresholds, response) + 1, dtype=np.int64)


def _faults(model: OrdinalModel) -> Iterator[str]:
    for item in model.items:
        if not -1 < model.loadings.get(item, np.nan) < 1:
            yield f'loadings["{item}"]: give a standardised loading between -1 and 1'
        cuts = np.asarray(model.thresholds.get(item, ()), dtype=np.float64)
        if len(cuts) == 0 or not (np.diff(cuts) > 0).all():
            yield f'thresholds["{item}"]: give at least one, and let them rise'
    if len(set(model.items)) < len(model.items):
        yield "factors: an item stands twice; give every item one factor"
    if (
        min(model.school_variance, model.class_variance) < 0
        or model.school_variance + model.class_variance >= 1
    ):
        yield "school_variance and class_variance: give shares from 0, together below 1"
    yield from _faults_of_correlations(model)


def _faults_of_correlations(model: OrdinalModel) -> Iterator[str]:
    names = list(model.factors)
    given = model.factor_correlations
    if not set(names) <= set(given.index) & set(given.columns):
        yield "factor_correlations: name every factor on both axes"
        return
    values = given.loc[names, names].to_numpy(dtype=np.float64)
    if not (np.allclose(values, values.T) and np.allclose(np.diag(values), 1)):
        yield "factor_correlations: make it symmetric with ones on the diagonal"
    elif np.linalg.eigvalsh(values).min() <= 0:
        yield "factor_correlations: no such factors can exist; bring the correlations closer to zero"
