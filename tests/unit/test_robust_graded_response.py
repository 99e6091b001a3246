"""Standard errors of the graded response model where respondents of a school resemble each other."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import UnreliableErrorsWarning
from psychometrics.irt import fit_graded_response
from psychometrics.ordinal.contingency import codes_of
from psychometrics.response.answer_patterns import AnswerPatterns, expected_counts
from psychometrics.response.graded_information import robust_covariance
from psychometrics.response.graded_response import curves, derivatives, log_probabilities
from psychometrics.response.quadrature import normal_quadrature
from psychometrics.scores import ScoresError


def answers(n_respondents: int) -> pd.DataFrame:
    """Answers 1..4 to four items of one scale."""
    random = np.random.default_rng(7)
    latent = 1.5 * random.normal(size=(n_respondents, 1)) + random.logistic(size=(n_respondents, 4))
    return pd.DataFrame(np.digitize(latent, [-1.5, 0.0, 1.2]) + 1, columns=list("ABCD"))


def alone(scores: pd.DataFrame) -> pd.Series:
    """Every respondent at a school of their own."""
    return pd.Series(np.arange(len(scores)), scores.index)


def test_schools_enter_by_the_gradient_of_their_own_likelihood():
    """Liang and Zeger's crossproduct, school by school, with G / (G - 1)."""
    codes, quadrature, schools = codes_of(answers(60)), normal_quadrature(41, 6.0), np.arange(60) % 3
    items = curves(np.array([1.0, 1.4, 0.7, 2.0]), np.tile([1.5, 0.2, -1.1], (4, 1)))
    crossproduct = np.zeros((16, 16))
    for school in range(3):
        own = codes.values[:, schools == school]  # noqa: PD011 - codes are no frame
        patterns = AnswerPatterns(own, np.ones(own.shape[1]), codes.n_options)
        counts = expected_counts(patterns, log_probabilities(items, quadrature.points), quadrature).counts
        gradient = derivatives(items, quadrature.points, counts).gradient.ravel()
        crossproduct += np.outer(gradient, gradient)
    found = robust_covariance(np.eye(16), codes, items, quadrature, schools)
    np.testing.assert_allclose(found, 3 / 2 * crossproduct, rtol=1e-9, atol=1e-9)


def test_who_answers_twice_counts_once():
    """Everyone a second time, at the same school, tells nothing new; 5,000 rows are more than one block."""
    scores = answers(2500)
    twice = pd.concat([scores, scores], ignore_index=True)
    once = fit_graded_response(scores, schools=alone(scores))
    both = fit_graded_response(twice, schools=pd.concat([alone(scores), alone(scores)], ignore_index=True))
    np.testing.assert_allclose(both.standard_errors, once.standard_errors, rtol=1e-5)
    # taken as independent they would seem to tell twice as much
    said = fit_graded_response(twice).standard_errors
    np.testing.assert_allclose(said, fit_graded_response(scores).standard_errors / np.sqrt(2), rtol=1e-5)


def test_where_the_model_holds_and_all_are_alone_both_errors_agree():
    scores = answers(2500)
    robust = fit_graded_response(scores, schools=alone(scores)).standard_errors
    np.testing.assert_allclose(robust, fit_graded_response(scores).standard_errors, rtol=0.1)


def test_schools_change_errors_only():
    scores = answers(400)
    schools = pd.Series(np.arange(400) % 40)
    robust, plain = fit_graded_response(scores, schools=schools), fit_graded_response(scores)
    pd.testing.assert_frame_equal(robust.thresholds, plain.thresholds)
    assert robust.log_likelihood == plain.log_likelihood
    assert (robust.n_schools, plain.n_schools) == (40, None)
    assert robust.warnings == ()


def test_a_missing_answer_takes_its_school_along():
    """Only complete respondents count, each at their own school."""
    scores, schools = answers(400), pd.Series(np.arange(400) // 10)
    holed = pd.concat(
        [pd.DataFrame({"A": [np.nan], "B": [1], "C": [2], "D": [1]}), scores], ignore_index=True
    )
    found = fit_graded_response(holed, schools=pd.concat([pd.Series([99]), schools], ignore_index=True))
    pd.testing.assert_frame_equal(
        found.standard_errors, fit_graded_response(scores, schools=schools).standard_errors
    )
    assert found.n_schools == 40


@pytest.mark.parametrize(("n_schools", "warned"), [(29, True), (30, False)])
def test_few_schools_are_warned_about(n_schools, warned):
    schools = pd.Series(np.arange(400) % n_schools)
    if warned:
        with pytest.warns(UnreliableErrorsWarning, match="29 schools: with fewer than 30"):
            fit = fit_graded_response(answers(400), schools=schools)
    else:
        fit = fit_graded_response(answers(400), schools=schools)
    assert bool(fit.warnings) == warned


def test_one_school_and_labels_that_do_not_match_are_refused():
    with pytest.raises(ScoresError, match="all respondents are of one school"):
        fit_graded_response(answers(50), schools=pd.Series(0, range(50)))
    with pytest.raises(ScoresError, match="the index differs"):
        fit_graded_response(answers(50), schools=pd.Series(0, range(1, 51)))
