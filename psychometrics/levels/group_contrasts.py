"""How a score differs between groups of respondents, in standard deviations, with one test of all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.levels.group_sums import checked_scale_score
from psychometrics.sampling.school_members import SchoolMembers, school_members
from psychometrics.scores import checked_groups, refuse
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

Parts: TypeAlias = "dict[Any, NDArray[np.float64]]"
"""Group to the scores of its respondents."""

FEWEST_GROUPS: Final = 2
"""One group differs from nothing."""
FEWEST_IN_GROUP: Final = 2
"""One respondent has no variance."""


@dataclass(frozen=True, slots=True)
class KnownGroups:
    """How a scale score differs between groups; which should be higher is for the reader to have predicted.

    `groups` has a row per group, in order of label: `n`, `mean`, `sd`, `ci_low`, `ci_high` of the mean.
    `contrasts` has a row per pair: `difference` and `hedges_g` are first minus second, with `ci_low` and
    `ci_high` of g. `welch_f` with its degrees of freedom and `p_value` tests whether all means are equal;
    `eta_squared` is the share of groups in the variance. `n_missing` respondents had no score. `n_schools` is
    None where respondents were taken as independent, as the test always takes them.
    """

    groups: pd.DataFrame
    contrasts: pd.DataFrame
    welch_f: float
    df_between: int
    df_within: float
    p_value: float
    eta_squared: float
    n_respondents: int
    n_missing: int
    n_schools: int | None
    confidence: float

    def _repr_markdown_(self) -> str:
        test = (
            f"Welch F({self.df_between}, {self.df_within:.1f}) = {self.welch_f:.2f}, p = {self.p_value:.3f}, "
            f"eta squared = {self.eta_squared:.3f}; {self.n_respondents:,} respondents, "
            f"{self.confidence:.0%} intervals"
        )
        return f"{markdown(self.groups)}\n\n{markdown(self.contrasts)}\n\n{test}"


def known_groups(
    scale_score: pd.Series,
    groups: pd.Series,
    *,
    schools: pd.Series | None = None,
    confidence: float = 0.95,
) -> KnownGroups:
    """Return means per group, the difference of every pair in standard deviations, and one test of all.

    Hedges' g (1981) with the interval of Hedges and Olkin (1985, ch. 5); the test of Welch (1951) lets
    variances differ. With `schools`, intervals of means and of g are made of how much whole schools move them
    (linearised, t with one degree of freedom less than schools): respondents of a school may resemble each
    other. Without, and in the test, respondents are taken as independent.

    Raises:
        ScoresError: scores that are no finite numbers, labels that are missing or not aligned, fewer than two
            groups, a group of one, a group whose scores do not vary, fewer than two schools, or a confidence
            outside 0..1.

    Example:
        >>> import pandas as pd
        >>> score, bullied = pd.Series([3.0, 4.0, 4.0, 1.0, 2.0, 3.0]), pd.Series(["no"] * 3 + ["yes"] * 3)
        >>> known_groups(score, bullied).contrasts["hedges_g"].round(2).tolist()
        [1.63]
    """
    if not 0 < confidence < 1:
        refuse([f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"])
    values = checked_scale_score(scale_score)
    labels = checked_groups(groups, scale_score.to_frame())
    present = ~np.isnan(values)
    data = pd.DataFrame({"score": values[present], "group": labels.to_numpy()[present]})
    parts: Parts = {name: part.to_numpy() for name, part in data.groupby("group", observed=True)["score"]}
    refuse(_faults_of_groups(parts))
    test = _welch(data)
    members = None if schools is None else _members(schools, scale_score, present, data["group"])
    return KnownGroups(
        groups=_means(parts, groups.name, members, confidence),
        contrasts=_contrasts(parts, members, confidence),
        welch_f=float(test["F"]),
        df_between=int(test["ddof1"]),
        df_within=float(test["ddof2"]),
        p_value=float(test["p_unc"]),
        eta_squared=float(test["np2"]),
        n_respondents=len(data),
        n_missing=int((~present).sum()),
        n_schools=None if members is None else members.n_schools,
        confidence=confidence,
    )


def _faults_of_groups(parts: Parts) -> Iterator[str]:
    if len(parts) < FEWEST_GROUPS:
        yield f"groups: {len(parts)} group(s) with scores; give at least {FEWEST_GROUPS}"
    for name, values in parts.items():
        if len(values) < FEWEST_IN_GROUP:
            yield f'groups: {len(values)} respondent(s) in "{name}"; merge it with another or leave it out'
        elif (values == values[0]).all():
            yield f'groups: everyone in "{name}" has the same score; merge it with another or leave it out'


def _welch(data: pd.DataFrame) -> pd.Series:
    import pingouin  # noqa: PLC0415 - takes seconds, and only this test needs it

    test: pd.Series = pingouin.welch_anova(data=data, dv="score", between="group").loc[0]
    return test


def _members(
    schools: pd.Series, scale_score: pd.Series, present: NDArray[np.bool_], groups: pd.Series
) -> SchoolMembers:
    labels = checked_groups(schools, scale_score.to_frame())[present]
    return school_members(labels, groups)


def _means(parts: Parts, name: Hashable, members: SchoolMembers | None, confidence: float) -> pd.DataFrame:
    rows = []
    for group, values in parts.items():
        n, mean, sd = len(values), values.mean(), values.std(ddof=1)
        if members is None:
            margin = stats.t.ppf((1 + confidence) / 2, n - 1) * sd / np.sqrt(n)
        else:
            margin = members.margin({group: (values - mean) / n}, confidence)
        rows.append({"n": n, "mean": mean, "sd": sd, "ci_low": mean - margin, "ci_high": mean + margin})
    return pd.DataFrame(rows, index=pd.Index(list(parts), name=name))


def _contrasts(parts: Parts, members: SchoolMembers | None, confidence: float) -> pd.DataFrame:
    import pingouin  # noqa: PLC0415 - as above

    rows = []
    for (first, high), (second, low) in combinations(parts.items(), 2):
        g = float(pingouin.compute_effsize(high, low, eftype="hedges"))
        if members is None:
            margin = _independent_margin(g, len(high), len(low), confidence)
        else:
            margin = members.margin(_moves_of_g(g, {first: high, second: low}), confidence)
        rows.append(
            {
                "first": first,
                "second": second,
                "difference": high.mean() - low.mean(),
                "hedges_g": g,
                "ci_low": g - margin,
                "ci_high": g + margin,
            }
        )
    return pd.DataFrame(rows)


def _independent_margin(g: float, n_high: int, n_low: int, confidence: float) -> float:
    # pingouin rounds its interval, hence our own
    n, product = n_high + n_low, n_high * n_low
    return float(stats.norm.ppf((1 + confidence) / 2) * np.sqrt(n / product + g**2 / (2 * n)))


def _moves_of_g(g: float, pair: Parts) -> Parts:
    """Return how far every respondent of two groups moves g: by a mean, and by the spread both share."""
    (first, high), (second, low) = pair.items()
    n = len(high) + len(low)
    spread = np.concatenate([high - high.mean(), low - low.mean()])
    variance = float(spread @ spread) / n
    deviation = np.sqrt(variance)

    def _moves(values: NDArray[np.float64], sign: int) -> NDArray[np.float64]:
        own = values - values.mean()
        return np.asarray(sign * own / len(values) / deviation - g * (own**2 / variance - 1) / (2 * n))

    return {first: _moves(high, 1), second: _moves(low, -1)}
