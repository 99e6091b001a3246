"""Truths of the graded response model, and what it does with data that are not fit for it."""

import numpy as np
import pandas as pd
import pytest

from psychometrics import irt
from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    UnreliableErrorsWarning,
    UnusedOptionWarning,
)
from psychometrics.irt import GradedResponse, NegativeSlopeWarning, fit_graded_response
from psychometrics.ordinal.contingency import codes_of
from psychometrics.response import graded_estimation
from psychometrics.response.answer_patterns import expected_counts, patterns_of
from psychometrics.response.graded_response import log_probabilities
from psychometrics.scores import ScoresError

ITEMS = ["A", "B", "C", "D"]


def answers(n_respondents: int, *, seed: int = 7, cuts: tuple[float, ...] = (-1.5, 0.0, 1.2)) -> pd.DataFrame:
    """Answers 1, 2, ... to four items of one scale."""
    random = np.random.default_rng(seed)
    latent = 1.5 * random.normal(size=(n_respondents, 1)) + random.logistic(size=(n_respondents, 4))
    return pd.DataFrame(np.digitize(latent, cuts) + 1, columns=ITEMS)


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    return answers(400)


@pytest.fixture(scope="module")
def fit(scores: pd.DataFrame) -> GradedResponse:
    return fit_graded_response(scores)


def same(first: GradedResponse, second: GradedResponse, *, abs_: float = 1e-5) -> None:
    """Compare the estimates of two fits, item by item."""
    names = first.slopes.index
    np.testing.assert_allclose(second.slopes[names], first.slopes, rtol=0, atol=abs_)
    np.testing.assert_allclose(second.thresholds.loc[names], first.thresholds, rtol=0, atol=abs_)


def test_equal_patterns_are_counted_once():
    patterns = patterns_of(codes_of(answers(5000, cuts=(0.0,))))
    assert patterns.n_patterns == 16
    assert patterns.n_respondents == 5000


def test_counting_patterns_changes_no_likelihood(scores, fit):
    """400 respondents have fewer patterns than 4 ** 4; the same respondents six times over have more."""
    assert patterns_of(codes_of(scores)).n_patterns < 4**4
    sixfold = pd.concat([scores] * 6, ignore_index=True)
    many = fit_graded_response(sixfold)
    same(fit, many)
    assert many.log_likelihood == pytest.approx(6 * fit.log_likelihood, abs=1e-6)
    errors = fit.standard_errors / np.sqrt(6)
    np.testing.assert_allclose(many.standard_errors, errors, rtol=1e-4)


def test_a_sample_that_starts_the_search_does_not_change_where_it_ends(scores, fit, monkeypatch):
    """With a million respondents the search starts from a sample; here from a fifth."""
    monkeypatch.setattr(graded_estimation, "SAMPLE_SIZE", 80)
    monkeypatch.setattr(graded_estimation, "FEWEST_CHOICES", 1)
    sampled = fit_graded_response(scores)
    same(fit, sampled)
    assert sampled.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-7)


def test_the_sample_grows_until_it_knows_every_option(scores, monkeypatch):
    monkeypatch.setattr(graded_estimation, "SAMPLE_SIZE", 10)
    patterns = patterns_of(codes_of(scores))
    assert graded_estimation._sample(patterns).option_counts().min() >= graded_estimation.FEWEST_CHOICES


def test_where_newton_fails_em_goes_on_to_the_same_maximum(scores, fit, monkeypatch):
    monkeypatch.setattr(graded_estimation, "MOST_NEWTON_STEPS", 0)
    by_em = fit_graded_response(scores)
    same(fit, by_em, abs_=1e-4)
    assert by_em.log_likelihood == pytest.approx(fit.log_likelihood, abs=1e-6)


def test_no_other_curves_are_more_likely(scores, fit):
    patterns = patterns_of(codes_of(scores))
    free = fit.curves.parameters.ravel()
    for step in 0.01 * np.eye(len(free)):
        for moved in (fit.curves.with_free(free + step), fit.curves.with_free(free - step)):
            logarithms = log_probabilities(moved, fit.quadrature.points)
            assert expected_counts(patterns, logarithms, fit.quadrature).log_likelihood < fit.log_likelihood


def test_order_of_respondents_and_items_changes_nothing(scores, fit):
    same(fit, fit_graded_response(scores.iloc[::-1, [2, 0, 3, 1]]))


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.UnusedOptionWarning")
def test_recoded_options_change_nothing(scores, fit):
    same(fit, fit_graded_response(scores * 2 + 10))


def test_turned_items_turn_the_thresholds(scores, fit):
    turned = fit_graded_response(5 - scores)
    assert turned.slopes.to_numpy() == pytest.approx(fit.slopes.to_numpy(), abs=1e-5)
    assert turned.thresholds.to_numpy() == pytest.approx(-fit.thresholds.to_numpy()[:, ::-1], abs=1e-5)


def test_thresholds_are_where_half_choose_more(fit):
    for option in (1, 2, 3):
        theta = float(fit.thresholds.loc["B", option])
        chances = np.exp(log_probabilities(fit.curves, np.array([theta])))[1, :, 0]
        assert chances[option:].sum() == pytest.approx(0.5)


def test_higher_answers_give_higher_scores(fit):
    ladder = pd.DataFrame([[k] * 4 for k in (1, 2, 3, 4)], columns=ITEMS)
    assert fit.scores(ladder)["eap"].is_monotonic_increasing


def test_who_answered_nothing_is_an_unknown_member_of_the_population(fit):
    nothing = fit.scores(pd.DataFrame([[np.nan] * 4], columns=ITEMS, index=["x"]))
    assert nothing.loc["x", "eap"] == pytest.approx(0, abs=1e-9)
    assert nothing.loc["x", "sd"] == pytest.approx(1, abs=1e-4)


def test_each_answer_makes_a_score_surer(fit):
    one_to_four = pd.DataFrame(np.where(np.tri(4) > 0, 3, np.nan), columns=ITEMS)
    assert fit.scores(one_to_four)["sd"].is_monotonic_decreasing


def test_scores_stand_by_their_respondents_whatever_else_is_in_the_frame(scores, fit):
    some = scores.sample(5, random_state=1)[ITEMS[::-1]].assign(school=1)
    pd.testing.assert_frame_equal(fit.scores(some), fit.scores(scores).loc[some.index])
    pd.testing.assert_frame_equal(fit.scores(some.astype("Int64")), fit.scores(some))
    assert fit.scores(some.head(0)).empty


def test_scores_refuse_what_the_model_does_not_know(scores, fit):
    with pytest.raises(ScoresError, match=r'scores\["C"\]: the model needs this item'):
        fit.scores(scores.drop(columns="C"))
    with pytest.raises(ScoresError, match=r'scores\["A"\]: 1 answer\(s\) that nobody gave'):
        fit.scores(scores.head(3).assign(A=[1, 2, 9]))


def test_the_fit_is_over_complete_cases(scores):
    holes = scores.astype(float)
    holes.iloc[::10, 2] = np.nan
    fit = fit_graded_response(holes)
    assert fit.n_respondents == 360
    same(fit, fit_graded_response(holes.dropna()))


def test_fewer_than_three_items_are_refused(scores):
    with pytest.raises(ScoresError, match="at least 3 items"):
        fit_graded_response(scores[["A", "B"]])
    assert fit_graded_response(scores[["A", "B", "C"]]).n_items == 3


def test_a_constant_item_is_refused(scores):
    with pytest.raises(ScoresError, match=r'scores\["B"\]: everyone gave the same answer'):
        fit_graded_response(scores.assign(B=2))


def test_the_name_of_the_sum_is_no_item(scores):
    with pytest.raises(ScoresError, match=r'scores\["test"\]'):
        fit_graded_response(scores.rename(columns={"A": "test"}))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"nodes": 10}, "nodes: 10"), ({"bound": 0.0}, "bound: 0.0"), ({"bound": np.nan}, "bound")],
)
def test_nodes_that_stand_for_no_normal_are_refused(scores, wrong, words):
    with pytest.raises(ScoresError, match=words):
        fit_graded_response(scores, **wrong)


def test_an_option_nobody_chose_is_told(scores):
    with pytest.warns(UnusedOptionWarning, match=r'scores\["A"\]: 1 option'):
        fit = fit_graded_response(scores.replace({"A": {2: 3}}))
    assert fit.options["A"] == (1, 3, 4)
    assert fit.thresholds.loc["A"].isna().tolist() == [False, False, True]
    assert len(fit.warnings) == 1


def test_an_item_that_was_not_turned_is_told(scores, fit):
    with pytest.warns(NegativeSlopeWarning, match=r'scores\["D"\]'):
        turned = fit_graded_response(scores.assign(D=5 - scores["D"]))
    assert turned.slopes["D"] == pytest.approx(-fit.slopes["D"], abs=1e-5)
    assert turned.slopes["A"] == pytest.approx(fit.slopes["A"], abs=1e-5)


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.PsychometricWarning")
def test_items_that_are_the_same_are_told(scores):
    with pytest.warns(HeywoodWarning, match="too steep"):
        fit = fit_graded_response(scores.assign(D=scores["A"]))
    assert len(fit.warnings) >= 2


def test_a_search_that_did_not_end_is_told(scores, monkeypatch):
    monkeypatch.setattr(graded_estimation, "MOST_STEPS", 1)
    monkeypatch.setattr(graded_estimation, "MOST_NEWTON_STEPS", 1)
    with pytest.warns(NotConvergedWarning, match="no maximum within reach"):
        assert not fit_graded_response(scores).converged


def test_a_flat_optimum_has_no_standard_errors(scores, monkeypatch):
    monkeypatch.setattr(irt, "inverse", lambda _: None)
    with pytest.warns(UnreliableErrorsWarning, match="no standard errors"):
        fit = fit_graded_response(scores)
    assert fit.standard_errors.isna().all(axis=None)


def test_a_result_shows_itself_with_its_numbers(fit):
    shown = fit._repr_markdown_()
    assert "| A |" in shown
    assert "400 respondents" in shown
