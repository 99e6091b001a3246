"""Truths about ordinal factor models, their tests and their standard errors."""

import math

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    PsychometricWarning,
    UnreliableErrorsWarning,
    UnusedOptionWarning,
)
from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.ordinal.contingency import as_matrix, pairs
from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
from psychometrics.structure.factor_model import factor_model
from psychometrics.structure.factor_solution import solution, solution_cautions
from psychometrics.structure.fit_indices import (
    approximation_error,
    comparative_fit,
    residual_size,
    scaled_and_shifted,
    tucker_lewis,
)

MODEL = {"V": ["V1", "V2", "V3", "V4"], "W": ["W1", "W2", "W3"]}
ITEMS = [item for items in MODEL.values() for item in items]
LOADINGS = dict(zip(ITEMS, [0.8, 0.7, 0.6, 0.5, 0.75, 0.65, 0.55], strict=True))
TRUE = OrdinalModel(
    factors=MODEL,
    loadings=LOADINGS,
    thresholds={item: [-1.0, 0.2] if item == "V2" else [-1.2, 0.0, 0.9] for item in ITEMS},
    factor_correlations=pd.DataFrame([[1, 0.5], [0.5, 1]], ["V", "W"], ["V", "W"]),
    school_variance=0.1,
)
GROUPS = balanced_groups(n_schools=60, n_classes=1, n_respondents=10)
SCORES = simulate_answers(TRUE, GROUPS, seed=4)
SCHOOLS = GROUPS["school"]
FIT = fit_ordinal_cfa(SCORES, MODEL)
ROBUST = fit_ordinal_cfa(SCORES, MODEL, schools=SCHOOLS)
SHAPE = factor_model(MODEL, ITEMS)
PARAMETERS = np.array([*LOADINGS.values(), 0.5])


def test_the_names_of_schools_make_no_difference():
    named = ("school " + SCHOOLS.astype(str)).rename("vestiging")
    assert fit_ordinal_cfa(SCORES, MODEL, schools=named).chi2_scaled == pytest.approx(
        ROBUST.chi2_scaled, rel=1e-10
    )


def test_items_may_come_in_any_order():
    turned = {factor: items[::-1] for factor, items in reversed(MODEL.items())}
    found = fit_ordinal_cfa(SCORES[sorted(ITEMS, reverse=True)], turned)
    assert found.chi2_scaled == pytest.approx(FIT.chi2_scaled, rel=1e-8)
    ours, theirs = (fit.loadings.set_index("item")["loading"] for fit in (found, FIT))
    pd.testing.assert_series_equal(ours.loc[ITEMS], theirs.loc[ITEMS], rtol=0, atol=1e-7)


def test_items_outside_the_model_do_not_matter():
    """Not even where they are missing or no scores at all."""
    wider = SCORES.assign(other=np.nan, name="x")
    assert fit_ordinal_cfa(wider, MODEL).chi2_scaled == FIT.chi2_scaled


def test_an_item_turned_around_loads_negatively():
    found = fit_ordinal_cfa(SCORES.assign(V2=4 - SCORES["V2"]), MODEL)
    assert found.chi2_scaled == pytest.approx(FIT.chi2_scaled, rel=1e-8)
    assert found.loadings.loc[1, "loading"] == pytest.approx(-FIT.loadings.loc[1, "loading"], abs=1e-7)


def test_missing_answers_leave_respondent_and_school_out():
    holed = SCORES.astype(float)
    holed.loc[holed.index < 15, "V1"] = np.nan
    found = fit_ordinal_cfa(holed, MODEL, schools=SCHOOLS)
    assert (found.n_respondents, found.n_schools) == (585, 59)
    expected = fit_ordinal_cfa(SCORES[15:], MODEL, schools=SCHOOLS[15:])
    assert found.chi2_scaled == expected.chi2_scaled


def test_residuals_are_what_the_model_leaves():
    implied = FIT.correlations - FIT.residuals
    loadings = FIT.loadings.set_index("item")["loading"]
    phi = FIT.factor_correlations.loc["V", "W"]
    assert implied.loc["V1", "V3"] == pytest.approx(loadings["V1"] * loadings["V3"], abs=1e-12)
    assert implied.loc["V1", "W3"] == pytest.approx(loadings["V1"] * loadings["W3"] * phi, abs=1e-12)
    assert (np.diag(FIT.residuals) == 0).all()
    assert FIT.srmr == pytest.approx(math.sqrt((np.tril(FIT.residuals) ** 2).sum() / 28), abs=1e-12)


def test_what_is_fixed_has_no_error():
    assert (np.diag(FIT.factor_correlation_errors) == 0).all()
    assert FIT.factor_correlation_errors.loc["V", "W"] > 0


def test_correlations_that_fit_are_fitted():
    """What goes in as implied by parameters comes out as those parameters."""
    found = solution(SHAPE, SHAPE.implied(PARAMETERS), np.linspace(1, 5, 21))
    np.testing.assert_allclose(found.parameters, PARAMETERS, atol=1e-9)
    assert found.misfit == pytest.approx(0, abs=1e-15)
    assert list(solution_cautions(found)) == []


def test_slopes_are_what_a_small_step_changes():
    for number in range(SHAPE.n_parameters):
        step = np.zeros(SHAPE.n_parameters)
        step[number] = 1e-6
        change = (SHAPE.implied(PARAMETERS + step) - SHAPE.implied(PARAMETERS - step)) / 2e-6
        np.testing.assert_allclose(SHAPE.slopes(PARAMETERS)[:, number], change, atol=1e-9)


def test_a_model_with_as_many_parameters_as_correlations_fits():
    found = fit_ordinal_cfa(SCORES, {"V": ["V1", "V2", "V3"]})
    assert (found.df, found.chi2_scaled, found.cfi_scaled, found.tli_scaled, found.rmsea_scaled) == (
        0,
        0,
        1,
        1,
        0,
    )
    assert found.chi2 == pytest.approx(0, abs=1e-12)
    assert math.isnan(found.p_value_scaled)
    assert (found.loadings["se"] > 0).all()


def test_an_item_on_the_wrong_factor_is_noticed():
    wrong = {"V": ["V1", "V2", "V3", "W1"], "W": ["V4", "W2", "W3"]}
    found = fit_ordinal_cfa(SCORES, wrong, schools=SCHOOLS)
    assert found.p_value_scaled < 0.001
    assert found.rmsea_scaled > ROBUST.rmsea_scaled + 0.03


def test_the_scaled_test_has_the_mean_and_variance_of_a_chi_square():
    """Of a sum of squares with covariance M the mean is tr M, the variance 2 tr M M."""
    misfit = np.diag([3.0, 1.0, 0.5])
    scaled = [scaled_and_shifted(value, 2, misfit).chi2_scaled for value in (0.0, 1.0, 4.5)]
    slope = scaled[1] - scaled[0]
    assert scaled[2] == pytest.approx(2)
    assert slope**2 * 2 * np.square(misfit).sum() == pytest.approx(2 * 2)


def test_indices_at_their_ends():
    assert comparative_fit(3, 5, 100, 10) == 1
    assert comparative_fit(100, 5, 100, 10) == 0
    assert comparative_fit(3, 5, 4, 10) == 1
    assert tucker_lewis(5, 5, 100, 10) == 1
    assert tucker_lewis(50, 5, 100, 10) == 0
    assert approximation_error(4, 5, 99) == 0
    assert approximation_error(2, 1, 100) == pytest.approx(0.1)
    assert approximation_error(2, 0, 100) == 0
    assert approximation_error(10, 5, 100) == pytest.approx(0.1)
    assert residual_size(np.array([[0, 0.3], [0.3, 0]])) == pytest.approx(0.3 / math.sqrt(3))


def test_a_loading_beyond_one_says_so():
    correlations = as_matrix(np.array([0.72, 0.72, 0.3, 0.4, 0.2, 0.2]), 4)[pairs(4)]
    shape = factor_model({"F": list("ABCD")}, "ABCD")
    cautions = list(solution_cautions(solution(shape, correlations, np.array([9.0, 9, 1, 1, 1, 1]))))
    assert [type(caution) for caution in cautions] == [HeywoodWarning]
    assert str(cautions[0]).startswith("A: a loading of 1.")


def test_factors_that_correlate_beyond_one_say_so():
    mixed = {"F": ["V1", "W1", "V2"], "G": ["V3", "W2", "V4"]}
    with pytest.warns(HeywoodWarning, match="factor correlation beyond 1"):
        fit = fit_ordinal_cfa(SCORES, mixed)
    assert any("beyond 1" in warning for warning in fit.warnings)


def test_two_items_a_factor_that_do_not_correlate_have_no_errors():
    """Then only the product of the two loadings is known; R gives errors of any size or none."""
    correlations = np.array([0.5, 0, 0, 0, 0, 0.4])
    found = solution(factor_model({"F": ["A", "B"], "G": ["C", "D"]}, "ABCD"), correlations, np.ones(6))
    kinds = {type(caution) for caution in solution_cautions(found)}
    assert kinds == {UnreliableErrorsWarning}
    assert np.isnan(found.parameter_covariance(np.eye(6))).all()


def test_a_search_that_did_not_end_says_so():
    found = solution(SHAPE, SHAPE.implied(PARAMETERS), np.ones(21))
    lost = type(found)(**{name: getattr(found, name) for name in found.__slots__} | {"converged": False})
    assert [type(caution) for caution in solution_cautions(lost)] == [NotConvergedWarning]


def test_few_schools_say_so():
    four = {"V": MODEL["V"]}
    with pytest.warns(UnreliableErrorsWarning, match="29 schools"):
        fit_ordinal_cfa(SCORES, four, schools=SCHOOLS.clip(upper=28))
    assert fit_ordinal_cfa(SCORES, four, schools=SCHOOLS.clip(upper=29)).warnings == ()
    assert ROBUST.warnings == ()


def test_few_schools_for_the_degrees_of_freedom_say_so():
    """Fourteen degrees ask for 56 schools."""
    one = {"all": ITEMS}
    enough = fit_ordinal_cfa(SCORES, one, schools=SCHOOLS.clip(upper=55))
    assert (enough.df, enough.warnings) == (14, ())
    with pytest.warns(UnreliableErrorsWarning, match="55 schools for 14 degrees"):
        fit_ordinal_cfa(SCORES, one, schools=SCHOOLS.clip(upper=54))


def test_warnings_of_the_correlations_travel_along():
    with pytest.warns(UnusedOptionWarning):
        found = fit_ordinal_cfa(SCORES.assign(V1=SCORES["V1"].replace({2: 3})), MODEL)
    assert [warning[:2] for warning in found.warnings] == ["V1"]
    assert "V1: 1 option(s)" in found._repr_markdown_()


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ({}, "model: no factors"),
        ({"V": ["V1"], "W": ["W1", "W2", "W3"]}, 'model["V"]: 1 item(s); give at least 2'),
        ({"V": ["V1", "V2", "X9"]}, 'model["V"]: "X9" is no column of scores'),
        ({"V": ["V1", "V2", "V3"], "W": ["V1", "W2", "W3"]}, 'model: "V1" stands twice'),
        ({"V": ["V1", "V2", "V2"]}, 'model: "V2" stands twice'),
        ({"V": ["V1", "V2"]}, "2 items cannot carry this model"),
    ],
)
def test_a_model_that_cannot_be_is_refused_with_place_and_remedy(model, words):
    with pytest.raises(ScoresError) as refusal:
        fit_ordinal_cfa(SCORES, model)
    assert words in str(refusal.value)


def test_all_faults_of_a_model_come_at_once():
    with pytest.raises(ScoresError) as refusal:
        fit_ordinal_cfa(SCORES, {"V": ["X8", "X9"], "W": ["W1"]})
    assert len(refusal.value.faults) == 3


@pytest.mark.parametrize(
    ("schools", "words"),
    [
        (SCHOOLS.rename(lambda row: row + 1), "the index differs"),
        (SCHOOLS[:-1], "the index differs"),
        (SCHOOLS.where(SCHOOLS > 0), "without a group"),
        (SCHOOLS * 0, "all respondents are of one school"),
    ],
)
def test_schools_that_do_not_match_are_refused(schools, words):
    with pytest.raises(ScoresError) as refusal:
        fit_ordinal_cfa(SCORES, MODEL, schools=schools)
    assert words in str(refusal.value)


def test_items_that_say_the_same_are_refused():
    """Their weight in the fit would be infinite."""
    with pytest.raises(ScoresError) as refusal:
        fit_ordinal_cfa(SCORES.assign(V2=SCORES["V1"]), MODEL)
    assert str(refusal.value).startswith('scores["V1"] and scores["V2"]: (nearly) perfect correlation')


def test_a_correlation_without_spread_is_refused():
    """Among sixteen respondents who nearly all gave the middle answer."""
    answers = np.full((16, 4), 2)
    answers[[0, 1], [0, 0]], answers[[7, 10, 13], [1, 2, 3]] = [3, 1], [3, 1, 1]
    with pytest.raises(ScoresError) as refusal:
        fit_ordinal_cfa(pd.DataFrame(answers, columns=list("ABCD")), {"F": list("ABCD")})
    assert 'scores["A"] and scores["B"]: too few answers' in str(refusal.value)


def test_what_scores_may_not_be_is_refused():
    with pytest.raises(ScoresError, match="everyone gave the same answer"):
        fit_ordinal_cfa(SCORES.assign(V2=3), MODEL)
    with pytest.raises(ScoresError, match="stands above two columns"):
        fit_ordinal_cfa(pd.concat([SCORES, SCORES["V1"]], axis="columns"), MODEL)


def test_fifty_respondents_give_a_fit_or_a_named_warning():
    for seed in range(5):
        few = simulate_answers(TRUE, balanced_groups(n_schools=5, n_classes=1, n_respondents=10), seed=seed)
        with np.errstate(all="raise", under="ignore"), pytest.warns(PsychometricWarning):
            found = fit_ordinal_cfa(few, MODEL, schools=pd.Series(few.index // 10))
        assert np.isfinite([found.chi2_scaled, found.srmr, found.cfi_scaled]).all()


def test_it_shows_itself_with_its_numbers():
    shown = ROBUST._repr_markdown_()
    assert "7 items, 600 respondents without a missing answer, robust for 60 schools" in shown
    assert "respondents taken as independent" in FIT._repr_markdown_()
    assert "| V | V1 |" in shown
