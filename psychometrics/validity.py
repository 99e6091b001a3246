"""Whether a scale measures what it should: apart from its neighbours, and higher where it was predicted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.levels.group_sums import checked_scale_score
from psychometrics.ordinal.contingency import chosen
from psychometrics.polychoric import polychoric
from psychometrics.scores import checked_groups, complete_cases, refuse
from psychometrics.structure.factor_model import factor_model
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from psychometrics.confirmatory import OrdinalFit

Parts: TypeAlias = "dict[Any, NDArray[np.float64]]"
"""Group to the scores of its respondents."""

FEWEST_FACTORS: Final = 2
"""One factor has no neighbour to be told apart from."""
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
    `eta_squared` is the share of groups in the variance. `n_missing` respondents had no score.
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
    confidence: float

    def _repr_markdown_(self) -> str:
        test = (
            f"Welch F({self.df_between}, {self.df_within:.1f}) = {self.welch_f:.2f}, p = {self.p_value:.3f}, "
            f"eta squared = {self.eta_squared:.3f}; {self.n_respondents:,} respondents, "
            f"{self.confidence:.0%} intervals"
        )
        return f"{markdown(self.groups)}\n\n{markdown(self.contrasts)}\n\n{test}"


def known_groups(scale_score: pd.Series, groups: pd.Series, *, confidence: float = 0.95) -> KnownGroups:
    """Return means per group, the difference of every pair in standard deviations, and one test of all.

    Hedges' g (1981) with the interval of Hedges and Olkin (1985, ch. 5); the test of Welch (1951) lets
    variances differ. Respondents are taken as independent: where they share schools, intervals are too
    narrow and p is too small.

    Raises:
        ScoresError: scores that are no finite numbers, labels that are missing or not aligned, fewer than two
            groups, a group of one, a group whose scores do not vary, or a confidence outside 0..1.

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
    return KnownGroups(
        groups=_means(parts, groups.name, confidence),
        contrasts=_contrasts(parts, confidence),
        welch_f=float(test["F"]),
        df_between=int(test["ddof1"]),
        df_within=float(test["ddof2"]),
        p_value=float(test["p_unc"]),
        eta_squared=float(test["np2"]),
        n_respondents=len(data),
        n_missing=int((~present).sum()),
        confidence=confidence,
    )


def htmt(
    scores: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    correlations: Literal["polychoric", "pearson"] = "polychoric",
    means: Literal["arithmetic", "geometric"] = "arithmetic",
) -> pd.DataFrame:
    """Return the heterotrait-monotrait ratio of every pair of factors (factor x factor, one on the diagonal).

    The mean correlation of items of two factors over the geometric mean of the mean correlations within
    each, all without sign (Henseler, Ringle and Sarstedt 2015). Near one, two factors are one. It takes the
    items of a factor to load alike; with geometric means throughout it is HTMT2 (Roemer, Schuberth and
    Henseler 2021), which does not, and which R's semTools gives. `attrs` holds `n_items`, `n_respondents`
    and `warnings`. Complete cases.

    Raises:
        ScoresError: what `factor_model.factor_model` and `polychoric.polychoric` refuse, one factor, or an
            option that is not known.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> import pandas as pd
        >>> half = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], ["V", "W"], ["V", "W"])
        >>> cuts, loadings = dict.fromkeys("ABCDEF", [-0.5, 0.5]), dict.fromkeys("ABCDEF", 0.7)
        >>> true = OrdinalModel({"V": list("ABC"), "W": list("DEF")}, loadings, cuts, half)
        >>> groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=4000)
        >>> scores = simulate_answers(true, groups, seed=1)
        >>> htmt(scores, {"V": list("ABC"), "W": list("DEF")}).loc["V"].round(1).tolist()
        [1.0, 0.5]
    """
    shape = factor_model(model, scores.columns)
    refuse(_faults_of_options(len(shape.factors), correlations, means))
    items = chosen(scores, shape.items)
    matrix, n_respondents, warnings = _correlations(items, correlations)
    averages = _mean_correlations(np.abs(matrix), shape.factor_of, means)
    within = np.sqrt(np.diag(averages))
    ratios = averages / np.outer(within, within)
    np.fill_diagonal(ratios, 1.0)
    names = pd.Index(shape.factors, name="factor")
    frame = pd.DataFrame(ratios, index=names, columns=names)
    frame.attrs = {"n_items": len(shape.items), "n_respondents": n_respondents, "warnings": warnings}
    return frame


def average_variance_extracted(fit: OrdinalFit) -> pd.Series:
    """Return, per factor, the mean share of its items' variance that it explains (Fornell and Larcker 1981).

    The variance is that of the normal variables under the items; loadings are standardised.

    Example:
        >>> from types import SimpleNamespace
        >>> loadings = pd.DataFrame({"factor": ["V", "V"], "item": ["A", "B"], "loading": [0.6, 0.8]})
        >>> average_variance_extracted(SimpleNamespace(loadings=loadings)).to_dict()
        {'V': 0.5}
    """
    shares = fit.loadings["loading"] ** 2
    return shares.groupby(fit.loadings["factor"], sort=False).mean().rename("average_variance_extracted")


def _faults_of_options(n_factors: int, correlations: str, means: str) -> Iterator[str]:
    if n_factors < FEWEST_FACTORS:
        yield f"model: {n_factors} factor(s); give at least {FEWEST_FACTORS} to tell apart"
    if correlations not in {"polychoric", "pearson"}:
        yield f'correlations: "{correlations}" is not known; use "polychoric" or "pearson"'
    if means not in {"arithmetic", "geometric"}:
        yield f'means: "{means}" is not known; use "arithmetic" or "geometric"'


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


def _means(parts: Parts, name: Hashable, confidence: float) -> pd.DataFrame:
    rows = []
    for values in parts.values():
        n, mean, sd = len(values), values.mean(), values.std(ddof=1)
        margin = stats.t.ppf((1 + confidence) / 2, n - 1) * sd / np.sqrt(n)
        rows.append({"n": n, "mean": mean, "sd": sd, "ci_low": mean - margin, "ci_high": mean + margin})
    return pd.DataFrame(rows, index=pd.Index(list(parts), name=name))


def _contrasts(parts: Parts, confidence: float) -> pd.DataFrame:
    import pingouin  # noqa: PLC0415 - as above

    rows = []
    for (first, high), (second, low) in combinations(parts.items(), 2):
        g = float(pingouin.compute_effsize(high, low, eftype="hedges"))
        n, product = len(high) + len(low), len(high) * len(low)
        # pingouin rounds its interval, hence our own
        margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(n / product + g**2 / (2 * n))
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


def _correlations(items: pd.DataFrame, kind: str) -> tuple[NDArray[np.float64], int, tuple[str, ...]]:
    if kind == "pearson":
        complete = complete_cases(items)
        return np.corrcoef(complete.to_numpy(), rowvar=False), len(complete), ()
    found = polychoric(items)
    return found.correlations.to_numpy(), found.n_respondents, found.warnings


def _mean_correlations(
    matrix: NDArray[np.float64], factor_of: NDArray[np.intp], means: str
) -> NDArray[np.float64]:
    """Return the mean correlation of items of two factors; of one factor, of its pairs of items."""
    if means == "geometric":
        # no correlation at all makes a geometric mean (all but) zero, as it should
        logarithms = np.log(np.maximum(matrix, np.finfo(np.float64).tiny))
        return np.exp(_mean_correlations(logarithms, factor_of, "arithmetic"))
    off_diagonal = matrix.copy()
    np.fill_diagonal(off_diagonal, 0.0)
    belongs = np.eye(factor_of.max() + 1)[factor_of]
    counts = belongs.sum(axis=0)
    n_pairs = np.outer(counts, counts)
    np.fill_diagonal(n_pairs, counts * (counts - 1))
    return np.asarray(belongs.T @ off_diagonal @ belongs / n_pairs)
