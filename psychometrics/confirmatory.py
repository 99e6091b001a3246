"""Confirmatory factor analysis of ordered answers: does the intended structure hold?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from psychometrics.cautions import PsychometricWarning, UnreliableErrorsWarning, issued
from psychometrics.ordinal.contingency import as_matrix, chosen, codes_of, pairs
from psychometrics.ordinal.influence import asymptotic_covariance, influence, school_numbers, variances
from psychometrics.polychoric import NEARLY_ONE, Estimate, cautions, estimate, thresholds_of
from psychometrics.scores import refuse
from psychometrics.structure.factor_model import FactorModel, factor_model
from psychometrics.structure.factor_solution import Solution, solution, solution_cautions
from psychometrics.structure.fit_indices import indices, residual_size, scaled_and_shifted
from psychometrics.tables import markdown
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

FEW_SCHOOLS: Final = 30
"""With fewer, cluster-robust errors are too small (Maas and Hox, 2005: 30 is the least, 50 is fine)."""
SCHOOLS_PER_DEGREE: Final = 4
"""With fewer schools per degree of freedom the scaled test, whose variance is then overestimated, rejects a
true model too seldom: in 2 % of samples instead of 5 (80 schools, df = 51; simulated, tests/recovery)."""
NO_SPREAD: Final = 1e-12
"""N times the variance of a correlation is .1 to 5; below this it is rounding error of zero."""


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """A fitted factor model: tests, indices of fit, estimates; over whom, and what to beware of.

    `loadings` has the columns factor, item, loading and se, standardised; the other frames are item x item or
    factor x factor. `residuals` are polychoric correlations less implied ones. `rmsea_ci_low` and
    `rmsea_ci_high` are the ends of the 90 % interval of `rmsea_scaled`. `n_schools` is None where respondents
    were taken as independent.
    """

    chi2: float
    df: int
    p_value: float
    chi2_scaled: float
    p_value_scaled: float
    cfi: float
    tli: float
    rmsea: float
    srmr: float
    cfi_scaled: float
    tli_scaled: float
    rmsea_scaled: float
    rmsea_ci_low: float
    rmsea_ci_high: float
    loadings: pd.DataFrame
    factor_correlations: pd.DataFrame
    factor_correlation_errors: pd.DataFrame
    correlations: pd.DataFrame
    residuals: pd.DataFrame
    thresholds: pd.DataFrame
    n_items: int
    n_respondents: int
    n_schools: int | None
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        independent = "respondents taken as independent"
        within = independent if self.n_schools is None else f"robust for {self.n_schools:,} schools"
        fit = (
            f"chi2({self.df}) = {self.chi2_scaled:.1f} (scaled), p = {self.p_value_scaled:.3f}; "
            f"CFI = {self.cfi_scaled:.3f}, TLI = {self.tli_scaled:.3f}, "
            f"RMSEA = {self.rmsea_scaled:.3f} (scaled; 90% interval {self.rmsea_ci_low:.3f} to "
            f"{self.rmsea_ci_high:.3f}), SRMR = {self.srmr:.3f}; "
            f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer, {within}"
        )
        notes = "\n".join(f"- {warning}" for warning in self.warnings)
        parts = (fit, markdown(self.loadings), markdown(self.factor_correlations), notes)
        return "\n\n".join(part for part in parts if part)


def fit_ordinal_cfa(
    scores: pd.DataFrame, model: Mapping[str, Sequence[str]], *, schools: pd.Series | None = None
) -> OrdinalFit:
    """Return the fit of `model`, {factor: [item, ...]}, by weighted least squares on polychoric correlations.

    WLSMV as in lavaan (`std.lv`, delta parametrisation): diagonal weights, over complete cases on the items
    of the model. Tests and standard errors allow for weights that are not optimal; with `schools`, also for
    respondents of a school who resemble each other: without, true models of nested data are rejected too
    often. Judge by the scaled test and indices; the plain ones follow no known distribution.

    Source: Muthen, du Toit and Spisic (1997); the scaled test: Asparouhov and Muthen (2010).

    Raises:
        ScoresError: what `contingency.codes_of`, `factor_model.factor_model` and `influence.school_numbers`
            refuse, and two items that correlate perfectly or, among a handful of respondents, without any
            spread: their weight would be infinite.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> import pandas as pd
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), {"A": 0.6, "B": 0.7, "C": 0.8, "D": 0.7}
        >>> true = OrdinalModel({"F": list(loadings)}, loadings, dict.fromkeys(loadings, [-0.5, 0.5]), one)
        >>> groups = balanced_groups(n_schools=40, n_classes=1, n_respondents=25)
        >>> scores = simulate_answers(true, groups, seed=1)
        >>> fit = fit_ordinal_cfa(scores, {"F": ["A", "B", "C", "D"]}, schools=groups["school"])
        >>> fit.df, fit.cfi_scaled > 0.99
        (2, True)
    """
    shape = factor_model(model, scores.columns)
    codes = codes_of(chosen(scores, shape.items))
    numbers = None if schools is None else school_numbers(schools, scores, codes)
    n_schools = None if numbers is None else int(numbers.max()) + 1
    with one_thread():
        found = estimate(codes)
        moves = influence(found)
        spread = variances(found, moves)
        refuse(_faults_of_pairs(found, spread))
        solved = solution(shape, found.rho, 1 / spread)
        covariance = asymptotic_covariance(found, moves, schools=numbers, with_thresholds=False)
        results = {**_tests(found, solved, covariance), **_estimates(found, solved, covariance)}
    notes = [*cautions(found), *solution_cautions(solved), *_cautions_of_schools(n_schools, shape.df)]
    return OrdinalFit(
        **results,
        n_items=codes.n_items,
        n_respondents=codes.n_respondents,
        n_schools=n_schools,
        warnings=issued(notes),
    )


def _faults_of_pairs(found: Estimate, spread: NDArray[np.float64]) -> Iterator[str]:
    first, second = pairs(found.codes.n_items)
    items = found.codes.items
    perfect = np.abs(found.rho) >= NEARLY_ONE
    nothing = ~perfect & ~(spread > NO_SPREAD)
    for pair in np.flatnonzero(perfect | nothing):
        place = f'scores["{items[first[pair]]}"] and scores["{items[second[pair]]}"]'
        if perfect[pair]:
            yield f"{place}: (nearly) perfect correlation; leave one of the two out"
        else:
            yield f"{place}: too few answers to say how precise their correlation is; take options together"


def _cautions_of_schools(n_schools: int | None, df: int) -> Iterator[PsychometricWarning]:
    if n_schools is not None and n_schools < FEW_SCHOOLS:
        yield UnreliableErrorsWarning(
            f"{n_schools} schools: with fewer than {FEW_SCHOOLS} the test and standard errors are unreliable"
        )
    if n_schools is not None and n_schools < SCHOOLS_PER_DEGREE * df:
        yield UnreliableErrorsWarning(
            f"{n_schools} schools for {df} degrees of freedom: the scaled test overlooks misfit; "
            "judge by SRMR and residuals too"
        )


def _tests(found: Estimate, solved: Solution, covariance: NDArray[np.float64]) -> dict[str, Any]:
    n = found.codes.n_respondents - 1  # lavaan multiplies with N - 1 where answers are ordered
    test = scaled_and_shifted(n * solved.misfit, solved.shape.df, solved.misfit_covariance(covariance))
    baseline = scaled_and_shifted(n * solved.misfit_of_nothing, len(found.rho), solved.weighted(covariance))
    return {**indices(test, baseline, n), "srmr": residual_size(_residuals(found, solved))}


def _estimates(found: Estimate, solved: Solution, covariance: NDArray[np.float64]) -> dict[str, Any]:
    shape, items, factors = solved.shape, found.codes.items, list(solved.shape.factors)
    n = found.codes.n_respondents - 1
    errors = np.sqrt(np.diag(solved.parameter_covariance(covariance)) / n)
    of_factors = shape.factor_correlations(errors)
    np.fill_diagonal(of_factors, 0)  # a factor's variance is fixed at one
    return {
        "loadings": _loadings(shape, solved.parameters, errors),
        "factor_correlations": pd.DataFrame(shape.factor_correlations(solved.parameters), factors, factors),
        "factor_correlation_errors": pd.DataFrame(of_factors, factors, factors),
        "correlations": pd.DataFrame(found.correlations, items, items),
        "residuals": pd.DataFrame(_residuals(found, solved), items, items),
        "thresholds": thresholds_of(found),
    }


def _residuals(found: Estimate, solved: Solution) -> NDArray[np.float64]:
    n_items = found.codes.n_items
    return as_matrix(found.rho - solved.shape.implied(solved.parameters), n_items) - np.eye(n_items)


def _loadings(
    shape: FactorModel, parameters: NDArray[np.float64], errors: NDArray[np.float64]
) -> pd.DataFrame:
    factors = [shape.factors[number] for number in shape.factor_of]
    estimates = {"loading": shape.loadings(parameters), "se": shape.loadings(errors)}
    return pd.DataFrame({"factor": factors, "item": list(shape.items), **estimates})
