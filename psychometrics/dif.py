"""Differential item functioning: whether an item works alike for groups that are alike on the scale.

Alike is: with the same matching score, the sum of the other items (`rest`) or of all (`total`). Where groups
differ on the scale, a short `rest` does not quite make them alike, so that large samples find DIF that is not
there (with six items and half a standard deviation, a `delta_r2` of about .005); `total` errs less, and shows
less of what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.cautions import (
    NotConvergedWarning,
    PsychometricWarning,
    UnreliableErrorsWarning,
    UnusedOptionWarning,
    issued,
)
from psychometrics.ordinal.contingency import codes_of
from psychometrics.ordinal.proportional_odds import fit_proportional_odds
from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator

    from numpy.typing import NDArray

    from psychometrics.ordinal.contingency import Codes
    from psychometrics.ordinal.proportional_odds import ProportionalOdds

Matching: TypeAlias = Literal["rest", "total"]

MODERATE: Final = 0.035
"""Increase in Nagelkerke's R2 from which DIF is class B (Jodoin & Gierl, 2001)."""
LARGE: Final = 0.070
"""... and from which it is class C."""
SIGNIFICANCE: Final = 0.01
"""A class other than A needs more than chance, at one in a hundred (Zumbo, 1999)."""
FEWEST_GROUPS: Final = 2
FEWEST_ANCHORS: Final = 2
"""On one item nobody can be matched."""
FEWEST_IN_GROUP: Final = 100
"""In smaller groups the test finds only what is very large."""
MOST_ROUNDS: Final = 20
"""Of purification; most scales need two or three."""


@dataclass(frozen=True, slots=True)
class _Respondents:
    """Complete respondents: their frame and rows, answers recoded from 0, and the number of their group."""

    scores: pd.DataFrame
    codes: Codes
    groups: NDArray[np.intp]
    labels: pd.Index

    def points(self, item: Hashable) -> NDArray[np.int64]:
        return self.scores[item].to_numpy()[self.codes.complete].astype(np.int64)


class _Cells(NamedTuple):
    """Respondents counted by answer, matching score and group."""

    answers: NDArray[np.intp]
    matching: NDArray[np.float64]
    groups: NDArray[np.intp]
    counts: NDArray[np.float64]


def ordinal_dif(
    scores: pd.DataFrame, groups: pd.Series, *, matching: Matching = "rest", purify: bool = False
) -> pd.DataFrame:
    """Return one row per item: does it work alike for groups, at the same score on the scale?

    Four nested models of proportional odds (Zumbo, 1999) over complete cases, each with its
    `log_likelihood_...`: of nothing (`null`), of the matching score (`total`), with group (`uniform`), with
    their product (`nonuniform`). Likelihood ratio tests with `chi2_...`, `df_...`, `p_...`: of group
    (`uniform`), of the product (`nonuniform`), of both (`total`). `delta_r2` is the increase in Nagelkerke's
    R2 by both; `class` is A (negligible), B (from `MODERATE`) or C (from `LARGE`), where B and C need
    `p_total` below `SIGNIFICANCE`. `log_odds_...` says how much more a group tends to the higher options than
    the first group does. `is_anchor` marks the items of the matching score. The frame's `.attrs["warnings"]`
    holds the warnings.

    `matching` is the sum of the other items (`rest`), or of all (`total`). `purify` leaves flagged items
    (B, C) out of the matching score of the others, until the same items are flagged. Respondents are taken as
    independent draws.

    Raises:
        ScoresError: what `codes_of` and `checked_groups` refuse, another matching, or fewer than two groups.

    Warns:
        UnusedOptionWarning: an option between two others was not chosen.
        UnreliableErrorsWarning: a group of fewer than `FEWEST_IN_GROUP` respondents.
        NotConvergedWarning: an item is separated by a predictor, or purification did not end.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> random = np.random.default_rng(1)
        >>> group = pd.Series(np.repeat(["boy", "girl"], 300))
        >>> latent = random.normal(size=(600, 1)) + random.normal(size=(600, 4))
        >>> latent[:300, 3] += 1.5  # boys tend to the higher options of D
        >>> answers = pd.DataFrame(np.digitize(latent, [-1, 1]) + 1, columns=list("ABCD"))
        >>> ordinal_dif(answers, group)["class"].to_dict()
        {'A': 'A', 'B': 'A', 'C': 'A', 'D': 'C'}
    """
    respondents = _respondents(scores, checked_groups(groups, scores), matching)
    cautions = list(_cautions(respondents))
    found = _analysis(respondents, respondents.codes.items, matching)
    if purify:
        found, unfinished = _purified(respondents, found, matching)
        cautions += unfinished
    cautions += _cautions_of_separation(found)
    table = found.drop(columns="converged")
    table.attrs["warnings"] = issued(cautions)
    return table


def _respondents(scores: pd.DataFrame, groups: pd.Series, matching: Matching) -> _Respondents:
    if matching not in {"rest", "total"}:
        refuse([f'matching: "{matching}" is no score to match on; use "rest" or "total"'])
    codes = codes_of(scores)
    numbers, labels = pd.factorize(groups[codes.complete], sort=True)
    if len(labels) < FEWEST_GROUPS:
        refuse(
            [f'groups "{groups.name}": one group among complete respondents; give at least {FEWEST_GROUPS}']
        )
    return _Respondents(scores, codes, numbers, pd.Index(labels))


def _analysis(respondents: _Respondents, anchors: Collection[Hashable], matching: Matching) -> pd.DataFrame:
    anchored = np.asarray(sum(respondents.points(item) for item in anchors))
    rows = []
    for item, answers in zip(respondents.codes.items, respondents.codes.values, strict=True):
        own = respondents.points(item)
        score = (
            anchored - own * (item in anchors)
            if matching == "rest"
            else anchored + own * (item not in anchors)
        )
        rows.append(_of_item(_cells(answers, score, respondents), respondents.labels))
    found = pd.DataFrame(rows, index=respondents.codes.items.rename("item"))
    return found.assign(
        is_anchor=found.index.isin(list(anchors)),
        n_respondents=respondents.codes.n_respondents,
        n_items=len(found),
    )


def _purified(
    respondents: _Respondents, found: pd.DataFrame, matching: Matching
) -> tuple[pd.DataFrame, list[PsychometricWarning]]:
    seen = [frozenset(found.index)]
    for _ in range(MOST_ROUNDS):
        anchors = frozenset(found.index[found["class"] == "A"])
        if anchors == seen[-1]:
            return found, []
        if len(anchors) < FEWEST_ANCHORS:
            return found, [NotConvergedWarning("purification: fewer than two items are left to match on")]
        if anchors in seen:
            return found, [NotConvergedWarning("purification: sets of flagged items take turns without end")]
        seen.append(anchors)
        found = _analysis(respondents, [item for item in found.index if item in anchors], matching)
    return found, [NotConvergedWarning(f"purification: not stable after {MOST_ROUNDS} rounds")]


def _cells(answers: NDArray[np.uint8], score: NDArray[np.int64], respondents: _Respondents) -> _Cells:
    lowest, n_groups, n_options = score.min(), len(respondents.labels), int(answers.max()) + 1
    places = ((score - lowest) * n_groups + respondents.groups) * n_options + answers
    counts = np.bincount(places)
    filled = np.flatnonzero(counts)
    scores, group_and_answer = np.divmod(filled, n_groups * n_options)
    return _Cells(
        answers=group_and_answer % n_options,
        matching=(scores + lowest).astype(np.float64),
        groups=group_and_answer // n_options,
        counts=counts[filled].astype(np.float64),
    )


def _of_item(cells: _Cells, labels: pd.Index) -> dict[str, object]:
    fits = _nested_models(cells, len(labels))
    tests = {name: value for test in _TESTS for name, value in _test(fits, test).items()}
    explained = _nagelkerke(fits, float(cells.counts.sum()))
    delta_r2 = explained["nonuniform"] - explained["total"]
    log_odds = zip(labels[1:], fits["uniform"].coefficients[1:], strict=True)
    return {
        **{f"log_likelihood_{name}": fit.log_likelihood for name, fit in fits.items()},
        **tests,
        "delta_r2": delta_r2,
        "delta_r2_uniform": explained["uniform"] - explained["total"],
        "class": _class(delta_r2, tests["p_total"]),
        **{f"log_odds_{label}": value for label, value in log_odds},
        "converged": all(fit.converged for fit in fits.values()),
    }


def _nested_models(cells: _Cells, n_groups: int) -> dict[str, ProportionalOdds]:
    matching = cells.matching[:, None]
    member = (cells.groups[:, None] == np.arange(1, n_groups)).astype(np.float64)
    designs = {
        "null": matching[:, :0],
        "total": matching,
        "uniform": np.hstack([matching, member]),
        "nonuniform": np.hstack([matching, member, matching * member]),
    }
    return {
        name: fit_proportional_odds(cells.answers, design, cells.counts) for name, design in designs.items()
    }


_TESTS: Final = {
    "uniform": ("total", "uniform"),
    "nonuniform": ("uniform", "nonuniform"),
    "total": ("total", "nonuniform"),
}
"""Which model each likelihood ratio test holds against which."""


def _test(fits: dict[str, ProportionalOdds], test: str) -> dict[str, float]:
    smaller, larger = (fits[name] for name in _TESTS[test])
    df = larger.n_coefficients - smaller.n_coefficients
    chi2 = max(0.0, 2 * (larger.log_likelihood - smaller.log_likelihood))
    return {f"chi2_{test}": chi2, f"df_{test}": df, f"p_{test}": float(stats.chi2.sf(chi2, df))}


def _nagelkerke(fits: dict[str, ProportionalOdds], n_respondents: float) -> dict[str, float]:
    """Return the share of what can be explained that each model explains (Nagelkerke, 1991)."""
    lowest = fits["null"].log_likelihood
    highest = -np.expm1(2 * lowest / n_respondents)
    return {
        name: float(-np.expm1(2 * (lowest - fit.log_likelihood) / n_respondents) / highest)
        for name, fit in fits.items()
    }


def _class(delta_r2: float, p_value: float) -> str:
    if not p_value < SIGNIFICANCE or delta_r2 < MODERATE:
        return "A"
    return "B" if delta_r2 < LARGE else "C"


def _cautions(respondents: _Respondents) -> Iterator[PsychometricWarning]:
    for item, gap in zip(respondents.codes.items, respondents.codes.gaps, strict=True):
        if gap:
            yield UnusedOptionWarning(f'scores["{item}"]: {gap} option(s) between others were not chosen')
    for label, count in zip(respondents.labels, np.bincount(respondents.groups), strict=True):
        if count < FEWEST_IN_GROUP:
            yield UnreliableErrorsWarning(
                f'group "{label}": fewer than {FEWEST_IN_GROUP} complete respondents; little can be found'
            )


def _cautions_of_separation(found: pd.DataFrame) -> Iterator[PsychometricWarning]:
    for item in found.index[~found["converged"]]:
        yield NotConvergedWarning(f'scores["{item}"]: a predictor separates its answers; its size has no end')
