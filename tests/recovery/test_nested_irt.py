"""Intervals of the graded response model where pupils of a school resemble each other."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.irt import GradedResponse, fit_graded_response

SLOPES = np.array([0.7, 1.1, 1.5, 2.0, 1.3])
THRESHOLDS = np.array(
    [[-2.0, -1.0, 0.5], [-1.5, 0.0, 1.5], [-1.2, -0.4, 0.3], [-1.6, -0.9, 0.2], [0.0, 0.9, 1.8]]
)
N_SCHOOLS, N_PUPILS, SCHOOL_VARIANCE = 100, 20, 0.2
SCHOOLS = pd.Series(np.repeat(np.arange(N_SCHOOLS), N_PUPILS))
Z = 1.96


def sample(random: np.random.Generator) -> pd.DataFrame:
    """Answers 1..4 of pupils whose abilities correlate .2 within a school."""
    of_school = random.normal(size=N_SCHOOLS)[SCHOOLS] * np.sqrt(SCHOOL_VARIANCE)
    ability = of_school + random.normal(size=len(SCHOOLS)) * np.sqrt(1 - SCHOOL_VARIANCE)
    latent = random.logistic(size=(len(SCHOOLS), len(SLOPES))) + SLOPES * ability[:, None]
    above = latent[:, :, None] > SLOPES[:, None] * THRESHOLDS
    return pd.DataFrame(1 + above.sum(axis=2), columns=list("ABCDE"))


def covered(fit: GradedResponse) -> tuple[float, float]:
    """Return the shares of slopes and of thresholds whose 95 % interval holds the truth."""
    errors = fit.standard_errors
    slopes = np.abs(fit.slopes - SLOPES) < Z * errors["slope"]
    distances = np.abs(fit.thresholds.to_numpy() - THRESHOLDS)
    return float(slopes.mean()), float((distances < Z * errors.filter(like="threshold").to_numpy()).mean())


@pytest.mark.slow
def test_intervals_cover_the_truth_where_schools_are_given():
    """300 samples. Taken as independent, thresholds are covered too seldom: they move with their schools."""
    random = np.random.default_rng(1)
    samples = [sample(random) for _ in range(300)]
    robust = np.mean([covered(fit_graded_response(scores, schools=SCHOOLS)) for scores in samples], axis=0)
    independent = np.mean([covered(fit_graded_response(scores)) for scores in samples], axis=0)
    assert ((robust > 0.93) & (robust < 0.97)).all()
    assert independent[1] < 0.90
