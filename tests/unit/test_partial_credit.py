"""Truths of the partial credit model."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import HeywoodWarning, UnusedOptionWarning
from psychometrics.irt import fit_graded_response, fit_partial_credit
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


def test_partial_credit_steps_add_up_to_zero(scores):
    fit = fit_partial_credit(scores)
    assert fit.steps.sum(axis="columns").to_numpy() == pytest.approx(0, abs=1e-9)
    assert fit.converged
    assert (fit.n_items, fit.n_respondents, fit.n_parameters) == (4, 400, 13)
    assert "400 respondents" in fit._repr_markdown_()


def test_partial_credit_of_two_options_is_the_rasch_model():
    """With one slope for all, the graded model with two options is the same model."""
    scores = answers(1500, seed=3, cuts=(0.3,))
    rasch, free = fit_partial_credit(scores), fit_graded_response(scores)
    assert rasch.log_likelihood <= free.log_likelihood
    assert rasch.ability_sd == pytest.approx(free.slopes.mean(), abs=0.1)
    expected = (free.thresholds[1] * free.slopes).to_numpy()
    assert rasch.locations.to_numpy() == pytest.approx(expected, abs=0.1)
    assert rasch.standard_errors["location"].between(0.03, 0.15).all()


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.UnreliableErrorsWarning")
def test_partial_credit_tells_what_is_wrong(scores):
    with pytest.warns(HeywoodWarning, match="too far apart"):
        fit_partial_credit(pd.DataFrame(dict.fromkeys(ITEMS, scores["A"])))
    with pytest.warns(UnusedOptionWarning):
        assert fit_partial_credit(scores.replace({"A": {2: 3}})).steps.loc["A"].notna().sum() == 2
    with pytest.raises(ScoresError, match="everyone gave the same answer"):
        fit_partial_credit(scores.assign(B=2))
