"""Truths of differential item functioning, and what it does with groups that are not fit for it."""

import numpy as np
import pandas as pd
import pytest

from psychometrics import dif
from psychometrics.cautions import NotConvergedWarning, UnusedOptionWarning
from psychometrics.dif import ordinal_dif
from psychometrics.ordinal.proportional_odds import fit_proportional_odds
from psychometrics.scores import ScoresError

ITEMS = list("ABCDEF")
TESTS = ["uniform", "nonuniform", "total"]


def answers(n_respondents: int, *, shift: float = 0.0, seed: int = 5) -> pd.DataFrame:
    """Answers to six items; those of the second half to F lie `shift` logits higher."""
    random = np.random.default_rng(seed)
    latent = 1.5 * random.normal(size=(n_respondents, 1)) + random.logistic(size=(n_respondents, 6))
    latent[n_respondents // 2 :, 5] += shift
    return pd.DataFrame(np.digitize(latent, [-1.5, 0, 1.2]) + 1, columns=ITEMS)


def halves(scores: pd.DataFrame, first: str = "boy", second: str = "girl") -> pd.Series:
    """The first half of the respondents in one group, the second in the other."""
    return pd.Series(
        np.where(np.arange(len(scores)) < len(scores) // 2, first, second), scores.index, name="g"
    )


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return answers(600, shift=1.2)


@pytest.fixture(scope="module")
def found(scores: pd.DataFrame) -> pd.DataFrame:
    return ordinal_dif(scores, halves(scores))


def test_the_item_that_differs_is_found_and_no_other(found):
    assert found["class"].to_dict() == {**dict.fromkeys("ABCDE", "A"), "F": "B"}
    assert found.loc["F", "log_odds_girl"] == pytest.approx(1.2, abs=0.5)
    assert found.loc["F", "p_uniform"] < 1e-6
    assert found.loc["F", "p_nonuniform"] > 0.01


def test_an_item_that_tells_more_in_one_group_differs_nonuniformly(scores):
    """In one group F follows the scale, in the other chance."""
    random = np.random.default_rng(3)
    groups = halves(scores)
    shuffled = scores.assign(F=scores["F"].where(groups == "boy", random.integers(1, 5, len(scores))))
    assert ordinal_dif(shuffled, groups).loc["F", "p_nonuniform"] < 1e-6


def test_each_model_explains_at_least_what_it_contains(found):
    names = ["null", "total", "uniform", "nonuniform"]
    heights = found[[f"log_likelihood_{name}" for name in names]].to_numpy()
    assert (np.diff(heights, axis=1) >= 0).all()
    np.testing.assert_allclose(
        found["chi2_total"], found["chi2_uniform"] + found["chi2_nonuniform"], rtol=1e-6
    )
    assert (found["df_total"] == found["df_uniform"] + found["df_nonuniform"]).all()


def test_the_null_model_is_how_often_each_option_was_chosen(scores, found):
    counts = scores["A"].value_counts()
    expected = (counts * np.log(counts / len(scores))).sum()
    assert found.loc["A", "log_likelihood_null"] == pytest.approx(expected, rel=1e-12)


def test_names_of_groups_change_only_the_direction(scores, found):
    turned = ordinal_dif(scores, halves(scores, "girl", "boy"))
    assert turned["delta_r2"].to_numpy() == pytest.approx(found["delta_r2"].to_numpy(), abs=1e-9)
    assert turned["log_odds_girl"].to_numpy() == pytest.approx(-found["log_odds_girl"].to_numpy(), abs=1e-5)


def test_order_of_respondents_and_items_changes_nothing(scores, found):
    other = ordinal_dif(scores.iloc[::-1, [5, 3, 1, 0, 2, 4]], halves(scores).iloc[::-1])
    numbers = found.select_dtypes("number").columns
    np.testing.assert_allclose(other.loc[found.index, numbers], found[numbers], rtol=1e-6, atol=1e-8)


def test_doubled_data_double_the_evidence_and_not_the_effect(scores, found):
    twice = pd.concat([scores, scores], ignore_index=True)
    other = ordinal_dif(twice, pd.concat([halves(scores)] * 2, ignore_index=True))
    np.testing.assert_allclose(other["chi2_total"], 2 * found["chi2_total"], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(other["delta_r2"], found["delta_r2"], rtol=1e-6, atol=1e-9)


def test_groups_may_be_more_than_two(scores):
    groups = pd.Series(np.arange(len(scores)) % 3, scores.index, name="leerjaar")
    found = ordinal_dif(scores, groups)
    assert found[[f"df_{test}" for test in TESTS]].to_numpy().tolist() == [[2, 2, 4]] * 6
    assert {"log_odds_1", "log_odds_2"} <= set(found.columns)
    assert (found["class"] == "A").all()


def test_a_group_whose_members_all_match_alike_has_no_product_to_test(scores):
    """Its product with the score follows from its membership: one degree of freedom less."""
    same = scores.copy()
    same.iloc[:150] = 2
    groups = pd.Series(np.where(np.arange(len(scores)) < 150, "same", "other"), scores.index)
    assert ordinal_dif(same, groups)["df_nonuniform"].tolist() == [0] * 6


@pytest.mark.parametrize(
    ("delta_r2", "p_value", "letter"),
    [
        (0.0349, 0.0, "A"),
        (0.035, 0.0099, "B"),
        (0.035, 0.01, "A"),
        (0.0699, 0.0, "B"),
        (0.07, 0.0, "C"),
        (0.5, 0.02, "A"),
        (0.5, np.nan, "A"),
    ],
)
def test_classes_are_those_of_jodoin_and_gierl(delta_r2, p_value, letter):
    assert dif._class(delta_r2, p_value) == letter


def test_purification_leaves_the_flagged_item_out_of_the_score_of_the_others(scores):
    groups = halves(scores)
    purified = ordinal_dif(scores, groups, purify=True)
    assert purified["is_anchor"].to_dict() == {**dict.fromkeys("ABCDE", True), "F": False}
    without = ordinal_dif(scores[list("ABCDE")], groups)
    np.testing.assert_allclose(purified.loc[list("ABCDE"), "chi2_total"], without["chi2_total"], atol=1e-8)
    assert purified.loc["F", "chi2_total"] == pytest.approx(
        ordinal_dif(scores, groups).loc["F", "chi2_total"]
    )


def test_an_item_is_always_part_of_its_own_total(scores):
    """Also where it is no anchor (Holland & Thayer, 1988)."""
    groups = halves(scores)
    plain, purified = (ordinal_dif(scores, groups, matching="total", purify=p) for p in (False, True))
    assert not purified.loc["F", "is_anchor"]
    assert purified.loc["F", "log_likelihood_total"] == pytest.approx(plain.loc["F", "log_likelihood_total"])
    assert purified.loc["A", "log_likelihood_total"] != pytest.approx(plain.loc["A", "log_likelihood_total"])


def test_without_anchors_purification_stops_and_says_so():
    """Half of the items favour one group, half the other: matching makes all of them differ."""
    scores = answers(1200)
    scores.loc[600:, ["A", "B", "C"]] = (scores.loc[600:, ["A", "B", "C"]] + 2).clip(upper=4)
    scores.loc[:599, ["D", "E", "F"]] = (scores.loc[:599, ["D", "E", "F"]] + 2).clip(upper=4)
    with pytest.warns(NotConvergedWarning, match="fewer than two items are left"):
        found = ordinal_dif(scores, halves(scores), purify=True)
    assert (found["class"] != "A").all()


def test_purification_that_does_not_end_is_told(scores, monkeypatch):
    monkeypatch.setattr(dif, "MOST_ROUNDS", 1)
    with pytest.warns(NotConvergedWarning, match="not stable after 1 rounds"):
        ordinal_dif(scores, halves(scores), purify=True)


def test_numbers_travel_with_the_table(scores):
    holes = scores.astype(float)
    holes.iloc[::6, 1] = np.nan
    found = ordinal_dif(holes, halves(scores))
    assert found[["n_respondents", "n_items"]].to_numpy().tolist() == [[500, 6]] * 6
    assert found.attrs["warnings"] == ()


def test_one_group_is_refused(scores):
    """Also where the other group has no complete respondent."""
    holes = scores.astype(float)
    holes.iloc[300:, 0] = np.nan
    for frame, groups in ((scores, pd.Series("boy", scores.index)), (holes, halves(scores))):
        with pytest.raises(ScoresError, match="one group among complete respondents"):
            ordinal_dif(frame, groups)


def test_groups_that_do_not_stand_by_the_scores_are_refused(scores):
    with pytest.raises(ScoresError, match="align them row by row"):
        ordinal_dif(scores, halves(scores).iloc[1:])
    with pytest.raises(ScoresError, match="without a group"):
        ordinal_dif(scores, halves(scores).replace("boy", np.nan))


def test_another_matching_score_is_refused(scores):
    with pytest.raises(ScoresError, match='use "rest" or "total"'):
        ordinal_dif(scores, halves(scores), matching="theta")


@pytest.mark.parametrize(("size", "n_warnings"), [(99, 1), (100, 0)])
@pytest.mark.filterwarnings("ignore::psychometrics.cautions.UnreliableErrorsWarning")
def test_a_small_group_is_told(scores, size, n_warnings):
    groups = pd.Series(np.where(np.arange(len(scores)) < size, "new", "old"), scores.index)
    warnings = ordinal_dif(scores, groups).attrs["warnings"]
    assert len(warnings) == n_warnings
    assert all('group "new": fewer than 100' in warning for warning in warnings)


def test_an_option_nobody_chose_is_told(scores):
    with pytest.warns(UnusedOptionWarning, match=r'scores\["A"\]'):
        ordinal_dif(scores.replace({"A": {2: 3}}), halves(scores))


def test_an_item_that_a_group_decides_alone_is_told(scores):
    """Boys never choose the upper options of F, girls always: a log-odds without end."""
    separated = scores.assign(F=np.where(halves(scores) == "boy", 1, 2))
    with pytest.warns(NotConvergedWarning, match=r'scores\["F"\]: a predictor separates'):
        found = ordinal_dif(separated, halves(scores))
    assert found.loc["F", "log_likelihood_uniform"] == pytest.approx(0, abs=1e-6)
    assert found.loc["F", "class"] == "C"


def test_odds_of_two_by_two_are_those_of_the_table():
    cells = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    model = fit_proportional_odds(cells[:, 0], cells[:, 1:].astype(float), np.array([6.0, 2, 3, 9]))
    assert np.exp(model.coefficients[0]) == pytest.approx(6 * 9 / (2 * 3))
    assert np.exp(model.intercepts[0]) == pytest.approx(2 / 6)
    assert model.converged


def test_a_predictor_that_follows_from_another_adds_nothing():
    random = np.random.default_rng(1)
    answers_, one = random.integers(0, 3, 200), random.normal(size=200)
    single = fit_proportional_odds(answers_, one[:, None], np.ones(200))
    double = fit_proportional_odds(answers_, np.column_stack([one, 2 * one, np.ones(200)]), np.ones(200))
    assert double.log_likelihood == pytest.approx(single.log_likelihood, abs=1e-8)
    assert double.n_coefficients == single.n_coefficients == 1
