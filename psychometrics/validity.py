"""Whether a scale measures what it should: apart from its neighbours, and higher where it was predicted."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from psychometrics.cautions import issued
from psychometrics.levels.group_contrasts import KnownGroups, known_groups
from psychometrics.ordinal.contingency import chosen, codes_of, pairs
from psychometrics.ordinal.influence import asymptotic_covariance, influence, school_numbers
from psychometrics.polychoric import cautions, estimate, polychoric
from psychometrics.sampling import delta_interval
from psychometrics.scores import complete_cases, refuse
from psychometrics.structure.factor_model import factor_model
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from psychometrics.confirmatory import OrdinalFit

__all__ = ["KnownGroups", "average_variance_extracted", "htmt", "htmt_intervals", "known_groups"]

FEWEST_FACTORS: Final = 2
"""One factor has no neighbour to be told apart from."""


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


def htmt_intervals(
    scores: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    *,
    schools: pd.Series | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return every pair of factors with its HTMT and interval: `first, second, htmt, ci_low, ci_high`.

    As `htmt` with polychoric correlations and arithmetic means; the interval by the delta method from the
    covariance of the correlations, symmetrical in the logarithm. With `schools`, respondents of a school may
    resemble each other. `attrs` as those of `htmt`, and `n_schools`.

    Raises:
        ScoresError: what `htmt` and `influence.school_numbers` refuse, or a confidence outside 0..1.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> half = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], ["V", "W"], ["V", "W"])
        >>> cuts, loadings = dict.fromkeys("ABCDEF", [-0.5, 0.5]), dict.fromkeys("ABCDEF", 0.7)
        >>> model = {"V": list("ABC"), "W": list("DEF")}
        >>> groups = balanced_groups(n_schools=40, n_classes=1, n_respondents=50)
        >>> scores = simulate_answers(OrdinalModel(model, loadings, cuts, half), groups, seed=1)
        >>> found = htmt_intervals(scores, model, schools=groups["school"])
        >>> found[["ci_low", "ci_high"]].round(2).to_numpy().tolist()
        [[0.44, 0.55]]
    """
    if not 0 < confidence < 1:
        refuse([f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"])
    shape = factor_model(model, scores.columns)
    refuse(_faults_of_options(len(shape.factors), "polychoric", "arithmetic"))
    codes = codes_of(chosen(scores, shape.items))
    numbers = None if schools is None else school_numbers(schools, scores, codes)
    with one_thread():
        found = estimate(codes)
        covariance = asymptotic_covariance(found, influence(found), schools=numbers, with_thresholds=False)
    n_schools = None if numbers is None else int(numbers.max()) + 1
    rows = []
    for first, second in combinations(range(len(shape.factors)), 2):
        ratio, slopes = _ratio(found.rho, shape.factor_of, first, second)
        error = delta_interval.standard_error(slopes, covariance, codes.n_respondents)
        ends = delta_interval.of_ratio(ratio, error, confidence=confidence, n_schools=n_schools)
        rows.append((shape.factors[first], shape.factors[second], ratio, ends.low, ends.high))
    frame = pd.DataFrame(rows, columns=["first", "second", "htmt", "ci_low", "ci_high"])
    notes = issued(cautions(found))
    frame.attrs = {"n_respondents": codes.n_respondents, "n_schools": n_schools, "warnings": notes}
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


def _correlations(items: pd.DataFrame, kind: str) -> tuple[NDArray[np.float64], int, tuple[str, ...]]:
    if kind == "pearson":
        complete = complete_cases(items)
        return np.corrcoef(complete.to_numpy(), rowvar=False), len(complete), ()
    found = polychoric(items)
    return found.correlations.to_numpy(), found.n_respondents, found.warnings


def _ratio(
    rho: NDArray[np.float64], factor_of: NDArray[np.intp], first: int, second: int
) -> tuple[float, NDArray[np.float64]]:
    """Return the HTMT of two factors, and how much it moves with each correlation."""
    one, other = (factor_of[places] for places in pairs(len(factor_of)))
    between = ((one == first) & (other == second)) | ((one == second) & (other == first))
    size = np.abs(rho)
    parts = [(between, 1.0), *(((one == own) & (other == own), -0.5) for own in (first, second))]
    ratio = float(np.prod([size[part].mean() ** power for part, power in parts]))
    slopes = sum(power * part / size[part].sum() for part, power in parts)
    return ratio, np.asarray(ratio * slopes * np.sign(rho))


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
