"""Truths of the curves of the graded response model and of their derivatives."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.ordinal.contingency import codes_of
from psychometrics.response.answer_patterns import expected_counts, patterns_of
from psychometrics.response.graded_information import inverse, observed_information
from psychometrics.response.graded_response import (
    curves,
    derivatives,
    expected_answers,
    item_information,
    log_probabilities,
    option_scores,
)
from psychometrics.response.quadrature import normal_quadrature

RAGGED = curves(
    np.array([0.8, 2.5, -1.1]), np.array([[2.0, 0.1, -1.5], [0.4, np.nan, np.nan], [9, 0.5, 0.4]])
)
"""Three items, of four, two and four options."""
SMALL_STEP = 1e-5


def test_chances_of_the_options_add_up_to_one():
    theta = np.array([-40.0, -6.0, 0.0, 6.0, 40.0])
    np.testing.assert_allclose(np.exp(log_probabilities(RAGGED, theta)).sum(axis=1), 1, rtol=1e-12)


def test_an_item_with_fewer_options_never_gets_more():
    assert np.exp(log_probabilities(RAGGED, np.array([-6.0, 6.0]))[1, 2:]).max() == 0


def test_chances_far_out_keep_their_digits():
    """s(x) - s(y) would be zero there, and its logarithm minus infinity."""
    item = curves(np.array([1.0]), np.array([[1.0, 0.0]]))
    middle = log_probabilities(item, np.array([50.0]))[0, 1, 0]
    assert middle == pytest.approx(-50 + np.log(1 - np.exp(-1)), rel=1e-12)


def test_derivatives_are_those_of_the_likelihood():
    theta, random = np.linspace(-3, 3, 7), np.random.default_rng(1)
    counts = random.uniform(1, 9, (3, 4, 7)) * (np.arange(4) < np.array([4, 2, 4])[:, None])[:, :, None]
    found = derivatives(RAGGED, theta, counts)
    free = RAGGED.parameters[RAGGED.is_free]
    for place, step in enumerate(SMALL_STEP * np.eye(len(free))):
        low, high = RAGGED.with_free(free - step), RAGGED.with_free(free + step)
        difference = ((log_probabilities(high, theta) - log_probabilities(low, theta)) * counts).sum()
        assert found.gradient[RAGGED.is_free][place] == pytest.approx(difference / (2 * SMALL_STEP), rel=1e-5)
        ahead, behind = derivatives(high, theta, counts).gradient, derivatives(low, theta, counts).gradient
        item = int(np.argwhere(RAGGED.is_free)[place][0])
        bend = -(ahead - behind)[item][RAGGED.is_free[item]] / (2 * SMALL_STEP)
        own = found.curvature[item][np.argwhere(RAGGED.is_free)[place][1]][RAGGED.is_free[item]]
        np.testing.assert_allclose(own, bend, rtol=1e-5, atol=1e-6)


def test_option_scores_are_the_derivatives_of_one_answer():
    theta = np.array([-1.0, 0.5])
    counts = np.zeros((3, 4, 2))
    counts[0, 2, 1] = counts[2, 0, 1] = 1
    gradient = derivatives(RAGGED, theta, counts).gradient
    assert option_scores(RAGGED, theta)[0, 2, :, 1] == pytest.approx(gradient[0])
    assert option_scores(RAGGED, theta)[2, 0, :, 1] == pytest.approx(gradient[2])


def test_information_of_two_options_is_that_of_the_logistic_model():
    item, theta = curves(np.array([1.7]), np.array([[0.4]])), np.linspace(-2, 2, 5)
    chance = 1 / (1 + np.exp(-(0.4 + 1.7 * theta)))
    assert item_information(item, theta)[0] == pytest.approx(1.7**2 * chance * (1 - chance))


def test_expected_answer_is_the_mean_over_the_options():
    theta = np.array([-1.0, 0.5])
    mean = (np.exp(log_probabilities(RAGGED, theta)) * np.arange(4)[:, None]).sum(axis=1)
    assert expected_answers(RAGGED, theta) == pytest.approx(mean)


def test_observed_information_is_how_the_gradient_bends():
    """Louis' formula against differences of the score, away from the maximum too."""
    random = np.random.default_rng(2)
    scores = pd.DataFrame(random.integers(1, 5, (60, 4)), columns=list("ABCD"))
    patterns, quadrature = patterns_of(codes_of(scores)), normal_quadrature(41, 6.0)
    items = curves(np.array([1.0, 1.4, 0.7, 2.0]), np.tile([1.5, 0.2, -1.1], (4, 1)))
    free = items.parameters.ravel()
    found = observed_information(patterns, items, quadrature)
    for place, step in enumerate(SMALL_STEP * np.eye(len(free))):
        sides = [items.with_free(free + sign * step) for sign in (1, -1)]
        counts = [
            expected_counts(patterns, log_probabilities(side, quadrature.points), quadrature).counts
            for side in sides
        ]
        ahead, behind = (
            derivatives(side, quadrature.points, count).gradient.ravel()
            for side, count in zip(sides, counts, strict=True)
        )
        np.testing.assert_allclose(found[place], -(ahead - behind) / (2 * SMALL_STEP), rtol=1e-4, atol=1e-3)


def test_a_matrix_without_inverse_has_none():
    assert inverse(np.ones((2, 2))) is None
    assert inverse(np.array([[1.0, 2.0], [2.0, 1.0]])) is None
    assert inverse(np.diag([4.0, 25.0])) == pytest.approx(np.diag([0.25, 0.04]))
