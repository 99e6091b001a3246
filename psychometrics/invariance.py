"""Measurement invariance: do the items measure the same thing in the same way in every group?

A drop of the CFI by .01 or more from one step to the next speaks against equality (Cheung and Rensvold,
2002); in large samples the test of the difference finds what is of no importance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from psychometrics.cautions import PsychometricWarning, UnreliableErrorsWarning, issued
from psychometrics.ordinal.contingency import as_matrix
from psychometrics.structure.factor_model import factor_model
from psychometrics.structure.fit_indices import (
    FitTest,
    approximation_error,
    indices,
    residual_size,
    scaled_and_shifted,
)
from psychometrics.structure.group_moments import GroupedMoments, grouped_moments, moment_cautions
from psychometrics.structure.invariance_fit import StepFit, difference_test, fit_cautions, fit_step, own_test
from psychometrics.structure.invariance_model import FEWEST_FOR_SCALE, InvarianceModel, invariance_steps
from psychometrics.structure.invariance_start import separate_fits, start_of
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FEWEST_FOR_THRESHOLDS: Final = 4
"""Options; two thresholds are met exactly by an intercept and a scale of the group's own."""


class UntestableStepWarning(PsychometricWarning):
    """A step that these items cannot test by itself, as they have too few options."""


def measurement_invariance(
    scores: pd.DataFrame,
    model: Mapping[str, Sequence[str]],
    groups: pd.Series,
    *,
    schools: pd.Series | None = None,
) -> pd.DataFrame:
    """Return one row per step: what fits when more and more of `model` is held equal across groups?

    `model` is {factor: [item, ...]}. The steps, over complete cases on its items, by WLSMV:

    - `configural`: the same items on the same factors;
    - `thresholds`: a response of the same size gives the same answer (four options or more);
    - `loadings`: a factor moves the responses as much, so that its variances can be compared;
    - `intercepts`: who is alike on the factors answers alike, so that means can be compared.

    Each step has its test (`chi2`, `df`, `chi2_scaled`, `p_value_scaled`) and indices (`cfi`, `tli`, `rmsea`,
    `srmr`, and `..._scaled`). Against the step in `compared_with`: `delta_cfi` and `delta_rmsea` (both of the
    scaled indices) and the scaled test of what was added (`..._difference`). `.attrs["warnings"]` holds the
    warnings. NaN where a step has no tests. With `schools`, tests allow for pupils of a school who are
    alike, of the same group or not.

    Source: Wu and Estabrook (2016) for the identification, as semTools' `measEq.syntax` (delta); Satorra
    (2000) for the difference; as lavaan 0.6.

    Raises:
        ScoresError: what `factor_model` and `grouped_moments` refuse.

    Warns:
        UntestableStepWarning: items with too few options for a step; those with two have no scale of their
            own in `loadings`, so that `intercepts`, against `thresholds`, tests both at once.
        HeywoodWarning, NotPositiveDefiniteWarning, NotConvergedWarning, UnreliableErrorsWarning,
            UnusedOptionWarning, EmptyCellWarning: with the step and the group.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> import pandas as pd
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), {"A": 0.6, "B": 0.7, "C": 0.8, "D": 0.7}
        >>> true = OrdinalModel({"F": list(loadings)}, loadings, dict.fromkeys(loadings, [-0.8, 0, 0.8]), one)
        >>> pupils = balanced_groups(n_schools=40, n_classes=2, n_respondents=25)
        >>> scores = simulate_answers(true, pupils, seed=1)
        >>> steps = measurement_invariance(scores, {"F": ["A", "B", "C", "D"]}, pupils["class"])
        >>> steps["df"].tolist(), bool((steps["p_difference"].dropna() > 0.01).all())
        ([4, 8, 11, 14], True)
    """
    shape = factor_model(model, scores.columns)
    with one_thread():
        found = grouped_moments(scores, shape.items, groups, schools=schools)
        fits = _fits(InvarianceModel(shape, found.n_options), found)
        table = _table(fits, found)
    table.attrs["warnings"] = issued(_cautions(found, fits, table))
    return table


def _fits(model: InvarianceModel, found: GroupedMoments) -> list[StepFit]:
    values, fits = separate_fits(model, found), []
    for step in invariance_steps(model, len(found.groups)):
        fit = fit_step(step, found, start_of(step.name, model, values))
        values = tuple(step.of_groups(fit.parameters))
        fits.append(fit)
    return fits


def _table(fits: Sequence[StepFit], found: GroupedMoments) -> pd.DataFrame:
    steps = pd.Index([fit.step.name for fit in fits], name="step")
    wider, by_name = _compared_with(found), {fit.step.name: fit for fit in fits}
    baseline = _baseline(found)
    rows = pd.DataFrame([_own(fit, found, baseline) for fit in fits], index=steps)
    added = pd.DataFrame([_added(by_name.get(wider.get(name, "")), by_name[name], found) for name in steps])
    compared = pd.Series(wider).reindex(steps)
    before = rows.reindex(compared)
    return rows.assign(
        compared_with=compared,
        delta_cfi=rows["cfi_scaled"] - before["cfi_scaled"].to_numpy(),
        delta_rmsea=rows["rmsea_scaled"] - before["rmsea_scaled"].to_numpy(),
        **added.set_index(steps),
        n_groups=len(found.groups),
        n_items=found.n_items,
        n_respondents=found.n_respondents,
    )


def _compared_with(found: GroupedMoments) -> dict[str, str]:
    # with two options a response gets its scale in the last step, which so lies within `thresholds` but not
    # within `loadings`
    has_two = bool((found.n_options < FEWEST_FOR_SCALE).any())
    last = "thresholds" if has_two else "loadings"
    return {"thresholds": "configural", "loadings": "thresholds", "intercepts": last}


def _baseline(found: GroupedMoments) -> FitTest:
    # the model in which thresholds are free in every group and no items correlate
    here = found.are_correlations
    chi2 = (found.weights * (found.n_behind - 1) * found.moments**2)[here].sum()
    return scaled_and_shifted(float(chi2), int(here.sum()), found.covariance[np.ix_(here, here)])


def _own(fit: StepFit, found: GroupedMoments, baseline: FitTest) -> dict[str, Any]:
    test, n_groups = own_test(fit, found), len(found.groups)
    n = found.n_respondents - n_groups
    measures = {
        **indices(test, baseline, n),
        "rmsea": approximation_error(test.chi2, test.df, n, n_groups=n_groups),
        "rmsea_scaled": approximation_error(test.chi2_scaled, test.df, n, n_groups=n_groups),
        "srmr": _residual_size(fit, found),
    }
    return measures if fit.has_tests else {**dict.fromkeys(measures, np.nan), "df": fit.df}


def _residual_size(fit: StepFit, found: GroupedMoments) -> float:
    n_items, of_groups = found.n_items, np.split(fit.residuals, len(found.groups))
    sizes = [
        residual_size(as_matrix(residuals[group.n_thresholds :], n_items) - np.eye(n_items))
        for group, residuals in zip(found.groups, of_groups, strict=True)
    ]
    return float(np.average(sizes, weights=[group.n_respondents for group in found.groups]))


def _added(wide: StepFit | None, narrow: StepFit, found: GroupedMoments) -> dict[str, float]:
    if wide is None or not (wide.has_tests and narrow.has_tests):
        return dict.fromkeys(("chi2_difference", "df_difference", "p_difference"), np.nan)
    test = difference_test(wide, narrow, found)
    return {
        "chi2_difference": test.chi2_scaled,
        "df_difference": test.df,
        "p_difference": test.p_value_scaled,
    }


def _cautions(
    found: GroupedMoments, fits: Sequence[StepFit], table: pd.DataFrame
) -> Iterator[PsychometricWarning]:
    labels = [group.label for group in found.groups]
    yield from moment_cautions(found)
    yield from _cautions_of_options(found)
    for fit in fits:
        yield from fit_cautions(fit, labels)
    yield from _cautions_of_differences(table)


def _cautions_of_differences(table: pd.DataFrame) -> Iterator[PsychometricWarning]:
    for step in table.index[(table["df_difference"] > 0) & table["chi2_difference"].isna()]:
        yield UnreliableErrorsWarning(
            f"{step}: schools give the groups the same answers, so a difference cannot be tested; "
            "leave `schools` out"
        )


def _cautions_of_options(found: GroupedMoments) -> Iterator[PsychometricWarning]:
    if (found.n_options < FEWEST_FOR_THRESHOLDS).all():
        yield UntestableStepWarning(
            f"thresholds: no item has {FEWEST_FOR_THRESHOLDS} options or more, so this step tests nothing"
        )
    items = found.groups[0].found.codes.items[found.n_options < FEWEST_FOR_SCALE]
    if len(items) > 0:
        yield UntestableStepWarning(
            f"loadings: {', '.join(map(str, items))}: with two options the scale of the response is taken as "
            "equal here; intercepts is compared with thresholds, and tests loadings and intercepts at once"
        )
