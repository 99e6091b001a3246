"""Truths about invariance, and what it refuses."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import UnreliableErrorsWarning
from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.invariance import UntestableStepWarning, measurement_invariance
from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
from psychometrics.structure.factor_model import factor_model
from psychometrics.structure.group_moments import grouped_moments
from psychometrics.structure.invariance_model import InvarianceModel, invariance_steps

MODEL = {"V": ["A", "B", "C"], "W": ["D", "E", "F"]}
ITEMS = [item for items in MODEL.values() for item in items]
N_GROUPED = 500
TESTS = ["chi2", "chi2_scaled", "cfi_scaled", "rmsea_scaled", "srmr", "p_difference"]


def _simulated(cuts: tuple[float, ...], seed: int = 1) -> pd.DataFrame:
    correlations = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], list(MODEL), list(MODEL))
    loadings = dict(zip(ITEMS, (0.6, 0.7, 0.8, 0.7, 0.65, 0.75), strict=True))
    true = OrdinalModel(MODEL, loadings, dict.fromkeys(ITEMS, cuts), correlations, school_variance=0.1)
    pupils = balanced_groups(n_schools=40, n_classes=1, n_respondents=25)
    return simulate_answers(true, pupils, seed=seed).assign(
        school=pupils["school"], group=np.resize(["girl", "boy"], len(pupils))
    )


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    """1,000 answers to six items of four options, of 500 boys and 500 girls in 40 schools."""
    return _simulated((-0.9, 0.0, 0.8))


@pytest.fixture(scope="module")
def steps(pupils) -> pd.DataFrame:
    """What we find in them."""
    return measurement_invariance(pupils[ITEMS], MODEL, pupils["group"])


def _same(ours: pd.DataFrame, theirs: pd.DataFrame, rel: float = 1e-6) -> None:
    for name in TESTS:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=rel, atol=1e-7, err_msg=name)


def test_steps_follow_each_other(steps):
    assert steps.index.tolist() == ["configural", "thresholds", "loadings", "intercepts"]
    assert steps["compared_with"].tolist()[1:] == ["configural", "thresholds", "loadings"]


def test_degrees_of_freedom_are_those_of_wu_and_estabrook(steps):
    """Six items of three thresholds, two factors, two groups.

    Equal thresholds take 18, and give an intercept and a scale per item; equal loadings take 6 and give two
    variances; equal intercepts take 6 and give two means.
    """
    configural = 2 * (15 - 6 - 1)
    assert steps["df"].tolist() == [configural, configural + 6, configural + 10, configural + 14]
    assert steps["df_difference"].tolist()[1:] == [6, 4, 4]


def test_what_is_held_equal_never_fits_better(steps):
    assert (steps["chi2"].diff().dropna() >= 0).all()


def test_configural_is_a_fit_per_group(pupils, steps):
    alone = [fit_ordinal_cfa(own[ITEMS], MODEL) for _, own in pupils.groupby("group")]
    assert steps.loc["configural", "chi2"] == pytest.approx(sum(fit.chi2 for fit in alone), rel=1e-8)
    assert steps.loc["configural", "df"] == sum(fit.df for fit in alone)
    assert steps.loc["configural", "srmr"] == pytest.approx(np.mean([fit.srmr for fit in alone]), rel=1e-6)


def test_the_same_answers_in_both_groups_differ_nowhere(pupils):
    """Twice the misfit of one group, at every step."""
    twice = pd.concat([pupils[ITEMS]] * 2, ignore_index=True)
    copies = pd.Series(np.repeat([1, 2], len(pupils)))
    steps = measurement_invariance(twice, MODEL, copies)
    np.testing.assert_allclose(steps["chi2"], 2 * fit_ordinal_cfa(pupils[ITEMS], MODEL).chi2, rtol=1e-8)
    assert (steps["p_difference"].dropna() > 0.9).all()


def test_names_of_groups_do_not_matter(pupils, steps):
    """Which group comes first decides where the fixed values stand, and nothing else."""
    other = pupils["group"].map({"boy": "z", "girl": "a"})
    _same(measurement_invariance(pupils[ITEMS], MODEL, other), steps)


def test_order_of_respondents_items_and_factors_does_not_matter(pupils, steps):
    turned = {factor: list(reversed(items)) for factor, items in reversed(MODEL.items())}
    shuffled = pupils.sample(frac=1, random_state=1)
    _same(measurement_invariance(shuffled[ITEMS], turned, shuffled["group"]), steps)


def test_codes_of_options_do_not_matter(pupils, steps):
    """Other numbers, in the same order or reversed, for one item."""
    recoded = pupils.assign(A=pupils["A"] + 7, D=5 - pupils["D"])
    _same(measurement_invariance(recoded[ITEMS], MODEL, recoded["group"]), steps)


def test_only_who_answered_all_items_of_the_model_counts(pupils, steps):
    with_gaps = pd.concat([pupils, pupils.head(30).assign(A=np.nan)], ignore_index=True).assign(other=1)
    found = measurement_invariance(with_gaps, MODEL, with_gaps["group"])
    _same(found, steps)
    assert found["n_respondents"].tolist() == [1000] * 4


def test_slopes_are_those_of_the_implied_moments():
    """Against central differences, for groups of items with two to five options."""
    shape = factor_model(MODEL, ITEMS)
    model = InvarianceModel(shape, np.array([2, 3, 4, 5, 4, 3]))
    random = np.random.default_rng(1)
    for step in invariance_steps(model, 3):
        parameters = random.uniform(0.4, 0.9, step.n_parameters)
        moves = 1e-6 * np.eye(step.n_parameters)
        numeric = [(step.implied(parameters + m) - step.implied(parameters - m)) / 2e-6 for m in moves]
        np.testing.assert_allclose(step.slopes(parameters), np.transpose(numeric), atol=1e-8)


def test_three_options_cannot_test_thresholds():
    """Two thresholds are met by an intercept and a scale, so nothing is left to test (Wu and Estabrook)."""
    pupils = _simulated((-0.6, 0.5))
    with pytest.warns(UntestableStepWarning, match="no item has 4 options"):
        steps = measurement_invariance(pupils[ITEMS], MODEL, pupils["group"])
    assert steps.loc["thresholds", "chi2"] == pytest.approx(steps.loc["configural", "chi2"], rel=1e-8)
    assert steps.loc["thresholds", "df_difference"] == 0
    assert np.isnan(steps.loc["thresholds", "p_difference"])
    assert len(steps.attrs["warnings"]) == 1


def test_two_options_test_loadings_and_intercepts_at_once(pupils):
    halved = pupils[ITEMS].ge([2, 3, 4, 4, 3, 2]).astype(int)
    with pytest.warns(UntestableStepWarning, match="loadings: A, B, C, D, E, F: with two options"):
        steps = measurement_invariance(halved, MODEL, pupils["group"])
    assert steps.loc["intercepts", "compared_with"] == "thresholds"
    assert steps.loc["intercepts", "df_difference"] == 2
    assert len(steps.attrs["warnings"]) == 2


def test_every_respondent_a_school_is_independence(pupils, steps):
    """But for the factor n / (n - 1) of the groups of 500."""
    alone = pd.Series(range(len(pupils)))
    _same(measurement_invariance(pupils[ITEMS], MODEL, pupils["group"], schools=alone), steps, rel=5e-3)


def test_everyone_twice_is_no_news(pupils, steps):
    """With the two copies as a school the tests remain; as independent respondents they would double."""
    twice = pd.concat([pupils] * 2, ignore_index=True)
    copies = pd.Series(np.tile(range(len(pupils)), 2))
    robust = measurement_invariance(twice[ITEMS], MODEL, twice["group"], schools=copies)
    for name in ("chi2_scaled", "chi2_difference"):
        assert robust[name].tolist()[1:] == pytest.approx(steps[name].tolist()[1:], rel=5e-3)
    assert robust.loc["configural", "chi2"] > 1.9 * steps.loc["configural", "chi2"]


def test_a_school_with_two_groups_ties_them(pupils):
    """Boys and girls of a school share what moves it; each group's own part does not depend on that."""
    apart = pupils["school"].astype(str) + pupils["group"]
    tied, loose = (
        grouped_moments(pupils, ITEMS, pupils["group"], schools=units).covariance
        for units in (pupils["school"], apart)
    )
    n_own = len(tied) // 2
    np.testing.assert_allclose(tied[:n_own, :n_own], loose[:n_own, :n_own], rtol=1e-10)
    np.testing.assert_array_equal(loose[:n_own, n_own:], 0)
    assert np.trace(tied[:n_own, n_own:]) > 0.1 * n_own


def test_copies_tied_by_schools_leave_nothing_to_test(pupils):
    """The difference of a group and its own copy does not vary; a number here would be noise over zero."""
    twice = pd.concat([pupils[ITEMS]] * 2, ignore_index=True)
    copies, units = np.divmod(np.arange(len(twice)), len(pupils))
    with pytest.warns(UnreliableErrorsWarning, match="a difference cannot be tested"):
        steps = measurement_invariance(twice, MODEL, pd.Series(copies), schools=pd.Series(units))
    assert steps["p_difference"].isna().all()


def test_few_schools_are_warned_about(pupils):
    few = pupils["school"] % 8
    with pytest.warns(UnreliableErrorsWarning, match='group "boy": 8 schools'):
        steps = measurement_invariance(pupils[ITEMS], MODEL, pupils["group"], schools=few)
    assert len(steps.attrs["warnings"]) == 2


def _refused(pupils: pd.DataFrame, **options: pd.Series) -> str:
    with pytest.raises(ScoresError) as refusal:
        measurement_invariance(pupils[ITEMS], MODEL, **{"groups": pupils["group"], **options})
    return str(refusal.value)


def test_an_option_unused_in_one_group_is_refused(pupils):
    """Its thresholds there are unknown, so nothing can be held equal; lavaan stops as well."""
    boys = pupils["group"] == "boy"
    fault = _refused(pupils.assign(B=pupils["B"].where(~boys, pupils["B"].clip(lower=2))))
    assert 'scores["B"]: in group "boy" nobody chose option 1 of the 4' in fault
    assert "take it together with its neighbour in all groups" in fault
    assert "girl" not in fault


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"groups": lambda p: p["group"].mask(p.index >= 0, "all")}, "one group only; give at least 2"),
        ({"groups": lambda p: p["group"].iloc[1:]}, "the index differs"),
        ({"groups": lambda p: p["group"].where(p.index > 3)}, "4 respondent(s) without a group"),
        ({"schools": lambda p: p["school"].where(p["group"] == "boy", 1)}, 'all of group "girl" are of one'),
        ({"schools": lambda p: p["school"] * 0}, "all respondents are of one school"),
    ],
)
def test_groups_and_schools_that_cannot_be_are_refused(pupils, change, fault):
    assert fault in _refused(pupils, **{name: make(pupils) for name, make in change.items()})


def test_a_group_without_complete_respondents_is_refused(pupils):
    fault = _refused(pupils.assign(C=pupils["C"].where(pupils["group"] == "boy")))
    assert 'nobody of group "girl" answered every item; leave those rows out' in fault


def test_a_perfect_correlation_in_one_group_is_refused(pupils):
    fault = _refused(pupils.assign(B=pupils["B"].where(pupils["group"] == "boy", pupils["A"])))
    assert 'scores["A"] and scores["B"]: (nearly) perfect correlation in group "girl"' in fault


def test_an_unknown_item_is_refused(pupils):
    with pytest.raises(ScoresError, match='"Z" is no column of scores'):
        measurement_invariance(pupils, {"V": ["A", "B", "Z"]}, pupils["group"])


def test_a_step_that_the_answers_do_not_determine_has_no_tests():
    """Otherwise its chi-square, for a df that counts too many, would come out below zero."""
    ones = ["AC", "AB", "A", "", "BC", "AC", "", "A", "AB", "BC", "BC"]
    scores = pd.DataFrame([[int(item in of_one) for item in "ABC"] for of_one in ones], columns=list("ABC"))
    with pytest.warns(UnreliableErrorsWarning, match="intercepts: .* every parameter, so it has no tests"):
        steps = measurement_invariance(scores, {"F": list("ABC")}, pd.Series(np.arange(11) % 2))
    without = steps.loc["intercepts"].drop(["df", "compared_with", "n_groups", "n_items", "n_respondents"])
    assert without.isna().all()
    assert steps.loc["intercepts", "df"] == 1
