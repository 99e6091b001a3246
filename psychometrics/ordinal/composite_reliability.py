"""How precisely a sum of ordered answers measures, by way of the normal variables behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from psychometrics.cautions import PsychometricWarning, issued
from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.dimensions.factor_extraction import check_n_factors
from psychometrics.dimensions.schmid_leiman import SchmidLeiman, schmid_leiman
from psychometrics.ordinal.contingency import codes_of
from psychometrics.ordinal.item_correlations import ItemCorrelations, Kind, item_correlations, option_values
from psychometrics.ordinal.sum_reliability import omega_interval
from psychometrics.scores import refuse
from psychometrics.tables import markdown
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

NOTHING_LEFT: Final = 1e-6
"""Variance of the sum, as a share of that of unrelated items, below which the items cancel out."""


class TurnedItemWarning(PsychometricWarning):
    """An item loads negatively on the general factor, and was counted the other way round."""


@dataclass(frozen=True, slots=True)
class OrdinalAlpha:
    """Alpha of the normal variables behind the answers, not of the answers themselves."""

    value: float
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return f"ordinal alpha = {self.value:.3f}; {_over(self.n_items, self.n_respondents)}"


@dataclass(frozen=True, slots=True)
class CategoricalOmega:
    """Reliability of the sum of the answers under one factor, with the fit of that one factor."""

    value: float
    ci_low: float
    ci_high: float
    loadings: pd.Series
    rmsea_scaled: float
    srmr: float
    n_items: int
    n_respondents: int
    n_schools: int | None
    confidence: float
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"categorical omega = {self.value:.3f} ({self.confidence:.0%} interval {self.ci_low:.3f} to "
            f"{self.ci_high:.3f}; one factor: RMSEA = {self.rmsea_scaled:.3f}, SRMR = "
            f"{self.srmr:.3f}); {_over(self.n_items, self.n_respondents)}"
        )


@dataclass(frozen=True, slots=True)
class HierarchicalOmega:
    """How much of the sum's variance a general factor explains (`value`), and all factors (`total`).

    `explained_common_variance` is the general factor's part of what items have in common; `group_omegas` has
    the columns total, general and group for the items that load most on a group factor. Loadings of `turned`
    items are those after turning.
    """

    value: float
    total: float
    explained_common_variance: float
    general_loadings: pd.Series
    group_loadings: pd.DataFrame
    group_omegas: pd.DataFrame
    turned: tuple[str, ...]
    correlations: Kind
    n_factors: int
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        notes = "".join(f"\n- {warning}" for warning in self.warnings)
        return (
            f"omega-hierarchical = {self.value:.3f}, omega total = {self.total:.3f} ({self.n_factors} group "
            f"factor(s), {self.correlations} correlations); {_over(self.n_items, self.n_respondents)}\n\n"
            f"{markdown(self.group_omegas)}\n{notes}"
        )


def ordinal_alpha(scores: pd.DataFrame) -> OrdinalAlpha:
    """Return alpha computed from polychoric correlations (Zumbo, Gadermann and Zeisser, 2007).

    It says how reliable a sum of continuous answers would be, not how reliable the sum of the given answers
    is (Chalmers, 2018): for that, use `categorical_omega` or `cronbach_alpha`. Complete cases.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, and items that cancel out.

    Example:
        >>> scores = pd.DataFrame({"A": [1, 1, 2, 2, 3, 3], "B": [1, 2, 1, 3, 2, 3], "C": [1, 2, 1, 2, 2, 1]})
        >>> round(ordinal_alpha(scores).value, 3)
        0.638
    """
    found = item_correlations(scores, "polychoric")
    total = found.matrix.sum()
    if total < NOTHING_LEFT * found.n_items:
        refuse(["scores: the items cancel out; turn them so that high = favourable in all of them"])
    return OrdinalAlpha(
        value=float(found.n_items / (found.n_items - 1) * (1 - found.n_items / total)),
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued(found.cautions),
    )


def categorical_omega(
    scores: pd.DataFrame, *, schools: pd.Series | None = None, confidence: float = 0.95
) -> CategoricalOmega:
    """Return the reliability of the sum of ordered answers, if one factor underlies them all.

    Green and Yang (2009, formula 21), with loadings and thresholds of `confirmatory.fit_ordinal_cfa` and the
    variance of the sum as that model implies it (`omega` in semTools). Two parallel sums would correlate so
    much. Of the scores as they are: where an option was never chosen, the step over it counts for two
    (semTools renumbers). Complete cases. NaN, with a warning, where a loading passes one.

    The interval comes by the delta method from the covariance of thresholds and polychoric correlations; with
    `schools`, respondents of a school may resemble each other.

    Raises:
        ScoresError: what `confirmatory.fit_ordinal_cfa` refuses; one factor takes three items; a confidence
            outside 0..1.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), dict.fromkeys("ABCD", 0.7)
        >>> true = OrdinalModel({"F": list("ABCD")}, loadings, dict.fromkeys("ABCD", [-0.5, 0.5]), one)
        >>> groups = balanced_groups(n_schools=40, n_classes=1, n_respondents=50)
        >>> round(categorical_omega(simulate_answers(true, groups, seed=1)).value, 1)
        0.7
    """
    if not 0 < confidence < 1:
        refuse([f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"])
    fit = fit_ordinal_cfa(scores, {"one": list(scores.columns)}, schools=schools)
    loadings = fit.loadings["loading"].to_numpy(dtype=np.float64)
    interval = omega_interval(scores, loadings, _steps(scores), schools=schools, confidence=confidence)
    return CategoricalOmega(
        value=interval.value,
        ci_low=interval.low,
        ci_high=interval.high,
        loadings=pd.Series(loadings, scores.columns, name="loading"),
        rmsea_scaled=fit.rmsea_scaled,
        srmr=fit.srmr,
        n_items=fit.n_items,
        n_respondents=fit.n_respondents,
        n_schools=fit.n_schools,
        confidence=confidence,
        warnings=fit.warnings,
    )


def omega_hierarchical(
    scores: pd.DataFrame, *, n_factors: int, correlations: Kind = "polychoric"
) -> HierarchicalOmega:
    """Return how much of the sum's variance is due to a general factor above `n_factors` group factors.

    McDonald (1999), Zinbarg, Revelle, Yovel and Li (2005), as psych::omega: see `schmid_leiman`. Of the
    normal variables behind the answers where `correlations` is "polychoric". Three group factors or more; two
    take an assumption and a warning. Complete cases.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, an unknown kind of correlations, or more factors
            than the items carry.

    Warns:
        TurnedItemWarning: an item loads negatively on the general factor, so that high is not favourable.
        UnidentifiedGeneralFactorWarning, HeywoodWarning, NotConvergedWarning, and what `polychoric` warns of.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> factors, items = {"F": list("ABC"), "G": list("DEF"), "H": list("IJK")}, "ABCDEFIJK"
        >>> related = pd.DataFrame(0.5 + 0.5 * np.eye(3), list("FGH"), list("FGH"))
        >>> loadings, thresholds = dict.fromkeys(items, 0.7), dict.fromkeys(items, [-0.5, 0.5])
        >>> true = OrdinalModel(factors, loadings, thresholds, related)
        >>> groups = balanced_groups(n_schools=40, n_classes=1, n_respondents=50)
        >>> round(omega_hierarchical(simulate_answers(true, groups, seed=1), n_factors=3).value, 1)
        0.6
    """
    with one_thread():
        found = item_correlations(scores, correlations)
        check_n_factors(n_factors, found.n_items)
        above = schmid_leiman(found.matrix, n_factors, found.items)
    return _hierarchical(found, above)


def _steps(scores: pd.DataFrame) -> NDArray[np.float64]:
    # how far the score rises at each threshold: 1, but more where an option between was never chosen
    values = option_values(scores, codes_of(scores))
    return np.asarray(np.maximum(np.diff(values, axis=1), 0))


def _hierarchical(found: ItemCorrelations, above: SchmidLeiman) -> HierarchicalOmega:
    signs = np.where(above.general < 0, -1, 1)
    general, groups = above.general * signs, above.groups * signs[:, None]
    matrix = found.matrix * np.outer(signs, signs)
    total = matrix.sum()
    turned = tuple(str(item) for item in found.items[signs < 0])
    names = pd.Index([f"F{number + 1}" for number in range(groups.shape[1])])
    return HierarchicalOmega(
        value=float(general.sum() ** 2 / total),
        total=float(1 - above.uniquenesses.sum() / total),
        explained_common_variance=float((general**2).sum() / ((general**2).sum() + (groups**2).sum())),
        general_loadings=pd.Series(general, found.items, name="general"),
        group_loadings=pd.DataFrame(groups, found.items, names),
        group_omegas=pd.DataFrame(_group_omegas(matrix, general, groups), names),
        turned=turned,
        correlations=found.kind,
        n_factors=len(names),
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued([*found.cautions, *above.cautions, *_cautions(turned)]),
    )


def _group_omegas(
    matrix: NDArray[np.float64], general: NDArray[np.float64], groups: NDArray[np.float64]
) -> dict[str, list[float]]:
    omegas: dict[str, list[float]] = {"total": [], "general": [], "group": []}
    strongest = np.abs(groups).argmax(axis=1)
    for group in range(groups.shape[1]):
        own = strongest == group
        variance = matrix[np.ix_(own, own)].sum() if own.any() else np.nan
        omegas["general"].append(float(general[own].sum() ** 2 / variance))
        omegas["group"].append(float(groups[own, group].sum() ** 2 / variance))
        omegas["total"].append(omegas["general"][-1] + omegas["group"][-1])
    return omegas


def _cautions(turned: tuple[str, ...]) -> Iterator[PsychometricWarning]:
    for item in turned:
        yield TurnedItemWarning(
            f"{item}: loads negatively on the general factor, and was counted the other way round"
        )


def _over(n_items: int, n_respondents: int) -> str:
    return f"{n_items} items, {n_respondents:,} respondents without a missing answer"
