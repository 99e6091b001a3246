"""Truths about ordinal alpha, categorical omega and omega-hierarchical."""

import warnings

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import HeywoodWarning
from psychometrics.dimensions.schmid_leiman import UnidentifiedGeneralFactorWarning, schmid_leiman
from psychometrics.ordinal.composite_reliability import TurnedItemWarning
from psychometrics.polychoric import polychoric
from psychometrics.reliability import categorical_omega, cronbach_alpha, omega_hierarchical, ordinal_alpha
from psychometrics.scores import ScoresError

RANDOM = np.random.default_rng(7)
PERSON = RANDOM.normal(size=(800, 1))
GROUPS = np.repeat(RANDOM.normal(size=(800, 3)), 3, axis=1)
NINE = pd.DataFrame(
    np.digitize(0.6 * PERSON + 0.5 * GROUPS + 0.6 * RANDOM.normal(size=(800, 9)), [-1, 0, 1]) + 1,
    columns=list("ABCDEFGHI"),
)
SIX = NINE[list("ADGBEH")]
STATISTICS = {
    "ordinal_alpha": ordinal_alpha,
    "categorical_omega": categorical_omega,
    "omega_hierarchical": lambda scores: omega_hierarchical(scores, n_factors=1),
}


def test_ordinal_alpha_of_two_items_follows_spearman_and_brown():
    r = polychoric(SIX[["A", "D"]]).correlations.loc["A", "D"]
    assert ordinal_alpha(SIX[["A", "D"]]).value == pytest.approx(2 * r / (1 + r))


def test_ordinal_alpha_is_above_alpha_of_the_answers():
    """Cutting answers into options loses some of what they have in common."""
    assert ordinal_alpha(SIX).value > cronbach_alpha(SIX).alpha


def test_items_that_cancel_out_are_refused():
    """With half of the items turned around nothing is left of the sum."""
    two = pd.DataFrame({"A": SIX["A"], "B": 5 - SIX["A"]})
    with warnings.catch_warnings(action="ignore"), pytest.raises(ScoresError, match="the items cancel out"):
        ordinal_alpha(two)


def test_categorical_omega_is_the_correlation_of_two_parallel_sums():
    """Answered twice, with the same true score and other errors, from the estimated model itself."""
    found = categorical_omega(SIX)
    loadings = found.loadings.to_numpy()
    thresholds = polychoric(SIX).thresholds.to_numpy()
    random = np.random.default_rng(3)
    factor = random.normal(size=(200_000, 1))
    sums = [
        sum(np.searchsorted(cuts, behind) for cuts, behind in zip(thresholds, sample.T, strict=True))
        for sample in (
            loadings * factor + np.sqrt(1 - loadings**2) * random.normal(size=(200_000, 6)) for _ in range(2)
        )
    ]
    assert found.value == pytest.approx(np.corrcoef(*sums)[0, 1], abs=0.005)


@pytest.mark.filterwarnings("ignore:.*not chosen")
def test_categorical_omega_stays_when_every_score_is_doubled():
    assert categorical_omega(SIX * 2 + 1).value == pytest.approx(categorical_omega(SIX).value, abs=1e-12)


@pytest.mark.filterwarnings("ignore:.*not chosen")
def test_a_step_over_an_unused_option_counts_for_two():
    """The sum has a gap there. A gap in the one unreliable item brings omega of the sum down."""
    noise = np.random.default_rng(1).integers(1, 3, len(SIX))
    scores = SIX.assign(A=noise)
    near, far = (categorical_omega(scores.replace({"A": {2: last}})).value for last in (2, 4))
    assert far < near - 0.05


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.filterwarnings("ignore::psychometrics.dimensions.schmid_leiman.UnidentifiedGeneralFactorWarning")
def test_order_of_rows_and_items_changes_nothing(statistic):
    shuffled = SIX.sample(frac=1, random_state=3)[list("DAHBGE")]
    first, second = STATISTICS[statistic](SIX), STATISTICS[statistic](shuffled)
    assert first.value == pytest.approx(second.value, abs=1e-7)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.filterwarnings("ignore::psychometrics.dimensions.schmid_leiman.UnidentifiedGeneralFactorWarning")
def test_doubled_data_keep_the_value(statistic):
    first, second = STATISTICS[statistic](SIX), STATISTICS[statistic](pd.concat([SIX, SIX]))
    assert first.value == pytest.approx(second.value, abs=1e-7)


def test_categorical_omega_of_two_items_is_refused():
    """One correlation does not give two loadings."""
    with pytest.raises(ScoresError, match="three items or more"):
        categorical_omega(SIX[["A", "D"]])


def test_categorical_omega_of_a_heywood_case_is_no_number():
    """The loadings that give these correlations pass one: no reliability follows from them."""
    random = np.random.default_rng(6)
    first, second = random.normal(size=(2, 900))
    behind = np.column_stack([first, second, first + second]) + 0.15 * random.normal(size=(900, 3))
    scores = pd.DataFrame(np.digitize(behind, [-0.7, 0.7]) + 1, columns=list("ABC"))
    with pytest.warns(HeywoodWarning):
        found = categorical_omega(scores)
    assert np.isnan(found.value)
    assert found.warnings


def test_schmid_and_leiman_keep_what_the_factors_explain():
    """General and group loadings, all uncorrelated, have the same communalities as the oblique factors."""
    found = schmid_leiman(np.corrcoef(NINE, rowvar=False), 3, NINE.columns)
    assert found.general @ found.general + (found.groups**2).sum() == pytest.approx(
        (1 - found.uniquenesses).sum(), abs=0.02
    )


def test_omega_hierarchical_lies_below_omega_total():
    found = omega_hierarchical(NINE, n_factors=3)
    assert 0 < found.value < found.total < 1
    assert found.general_loadings.index.tolist() == found.group_loadings.index.tolist() == list(NINE.columns)


def test_group_omegas_are_the_parts_of_their_total():
    parts = omega_hierarchical(NINE, n_factors=3).group_omegas
    np.testing.assert_allclose(parts["general"] + parts["group"], parts["total"])
    assert parts["total"].between(0, 1).all()


def test_turned_items_are_named_and_change_nothing_else():
    turned = NINE.assign(B=5 - NINE["B"])
    with pytest.warns(TurnedItemWarning, match="^B: loads negatively"):
        found = omega_hierarchical(turned, n_factors=3)
    assert found.turned == ("B",)
    assert found.value == pytest.approx(omega_hierarchical(NINE, n_factors=3).value, abs=1e-5)


@pytest.mark.parametrize("n_factors", [1, 2])
def test_fewer_than_three_group_factors_take_an_assumption(n_factors):
    with pytest.warns(UnidentifiedGeneralFactorWarning):
        found = omega_hierarchical(NINE, n_factors=n_factors)
    assert found.warnings
    assert found.n_factors == n_factors


def test_with_one_factor_omega_hierarchical_is_all_but_omega_total():
    """They differ by what the factor leaves unexplained of the correlations."""
    with pytest.warns(UnidentifiedGeneralFactorWarning):
        found = omega_hierarchical(SIX[list("ADG")], n_factors=1)
    assert found.value == pytest.approx(found.total, abs=1e-6)
    assert (found.group_loadings == 0).all(axis=None)


def test_too_many_factors_are_refused():
    with pytest.raises(ScoresError, match="6 items cannot carry 4"):
        omega_hierarchical(SIX, n_factors=4)


@pytest.mark.parametrize("statistic", STATISTICS)
def test_scores_that_cannot_be_used_are_refused(statistic):
    with pytest.raises(ScoresError, match="same answer"):
        STATISTICS[statistic](SIX.assign(A=1))


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.filterwarnings("ignore::psychometrics.dimensions.schmid_leiman.UnidentifiedGeneralFactorWarning")
def test_missing_answers_are_left_out_and_numbers_travel_along(statistic):
    holes = SIX.astype("Int64")
    holes.loc[:99, "A"] = pd.NA
    found = STATISTICS[statistic](holes)
    assert (found.n_items, found.n_respondents) == (6, 700)
    assert "6 items, 700 respondents" in found._repr_markdown_()
