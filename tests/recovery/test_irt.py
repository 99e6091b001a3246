"""What was put into a simulation comes back out of the item response models."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from psychometrics.irt import GradedResponse, PartialCredit, fit_graded_response, fit_partial_credit
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

SLOPES = pd.Series({"A": 0.7, "B": 1.1, "C": 1.5, "D": 2.0, "E": 2.6, "F": 1.3})
THRESHOLDS = pd.DataFrame(
    [
        [-2.5, -1.0, 0.5],
        [-1.5, 0.0, 1.5],
        [-1.2, -0.4, 0.3],
        [-2.0, -1.2, -0.2],
        [-0.8, 0.1, 1.1],
        [0.0, 0.9, 2.0],
    ],
    index=SLOPES.index,
    columns=[1, 2, 3],
)
PIRLS = pd.DataFrame(
    {
        "delta": [-0.40028, -0.65667, -0.69308, -1.08761, -0.73600, -1.30323],
        1: [0.28337, 0.20370, 0.15638, 0.39262, 0.10595, 0.47879],
        2: [-0.29489, 0.09031, -0.07310, -0.21343, -0.16089, 0.18391],
        3: [0.01152, -0.29401, -0.08328, -0.17919, 0.05494, -0.66270],
    },
    index=list("ABCDEF"),
)
"""Bullied at school in PIRLS 2011: delta and three taus per item, as published (see DOMAIN.md)."""
ABILITY_SD = 1.4
N_RESPONDENTS = 12_000
Z = 4.0
"""Of 25 estimates, one in a thousand sets has one so many standard errors away."""


def graded(abilities: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """Answers 1..4 by the graded response model."""
    latent = random.logistic(size=(len(abilities), 6)) + SLOPES.to_numpy() * abilities[:, None]
    above = latent[:, :, None] > (SLOPES.to_numpy()[:, None] * THRESHOLDS.to_numpy())
    return pd.DataFrame(1 + above.sum(axis=2), columns=SLOPES.index)


def partial_credit(abilities: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """Answers 0..3 by the partial credit model."""
    steps = PIRLS["delta"].to_numpy()[:, None] + PIRLS[[1, 2, 3]].to_numpy()
    weights = np.exp(np.cumsum(abilities[:, None, None] - steps, axis=2))
    weights = np.concatenate([np.ones((len(abilities), 6, 1)), weights], axis=2)
    cumulative = np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2)
    return pd.DataFrame((random.random((len(abilities), 6, 1)) > cumulative).sum(axis=2), columns=PIRLS.index)


@pytest.fixture(scope="module")
def abilities() -> np.ndarray:
    return np.random.default_rng(1).standard_normal(N_RESPONDENTS)


@pytest.fixture(scope="module")
def scores(abilities: np.ndarray) -> pd.DataFrame:
    return graded(abilities, np.random.default_rng(2))


@pytest.fixture(scope="module")
def fit(scores: pd.DataFrame) -> GradedResponse:
    return fit_graded_response(scores)


@pytest.fixture(scope="module")
def pirls(abilities: np.ndarray) -> PartialCredit:
    return fit_partial_credit(partial_credit(ABILITY_SD * abilities, np.random.default_rng(3)))


def test_slopes_and_thresholds_are_recovered(fit):
    errors = fit.standard_errors
    assert ((fit.slopes - SLOPES) / errors["slope"]).abs().max() < Z
    distances = (fit.thresholds - THRESHOLDS) / errors.filter(like="threshold").to_numpy()
    assert distances.abs().max(axis=None) < Z
    assert (fit.slopes - SLOPES).abs().max() < 0.15


def test_standard_errors_are_the_spread_of_the_estimates():
    """Over 30 small samples: the ratio of both, over all parameters, is one."""
    random = np.random.default_rng(4)
    fits = [fit_graded_response(graded(random.standard_normal(600), random)) for _ in range(30)]
    found = np.std([fit.thresholds for fit in fits], axis=0, ddof=1)
    said = np.sqrt(np.mean([fit.standard_errors.filter(like="threshold") ** 2 for fit in fits], axis=0))
    assert np.median(found / said) == pytest.approx(1, abs=0.1)


def test_the_uncertainty_of_a_score_is_that_of_its_error(fit, scores, abilities):
    found = fit.scores(scores)
    distances = (abilities - found["eap"]) / found["sd"]
    assert distances.std() == pytest.approx(1, abs=0.03)
    assert distances.mean() == pytest.approx(0, abs=0.03)
    reliability = 1 - (found["sd"] ** 2).mean()
    assert np.corrcoef(abilities, found["eap"])[0, 1] ** 2 == pytest.approx(reliability, abs=0.02)


def test_scores_with_missing_answers_are_as_honest(fit, scores, abilities):
    holes = scores.mask(np.random.default_rng(5).random(scores.shape) < 0.4)
    found = fit.scores(holes)
    assert ((abilities - found["eap"]) / found["sd"]).std() == pytest.approx(1, abs=0.03)
    assert found["sd"].mean() > fit.scores(scores)["sd"].mean()


def test_where_ability_explains_all_q3_is_slightly_negative(fit):
    """Its expectation is about -1 / (items - 1), for the items share the ability they are held against."""
    pairs = fit.q3.to_numpy()[np.triu_indices(6, 1)]
    assert pairs.max() < 0
    assert pairs.mean() == pytest.approx(-1 / 5, abs=0.06)


def test_two_items_with_something_of_their_own_stand_out_in_q3(abilities):
    random = np.random.default_rng(6)
    latent = 1.5 * abilities[:4000, None] + random.logistic(size=(4000, 6))
    latent[:, :2] += 1.5 * random.standard_normal((4000, 1))
    q3 = fit_graded_response(pd.DataFrame(np.digitize(latent, [-1, 1]), columns=list("ABCDEF"))).q3
    others = np.delete(q3.to_numpy()[np.triu_indices(6, 1)], 0)
    assert q3.loc["A", "B"] > 0.1
    assert others.max() < 0


def test_normal_ogive_answers_have_the_slopes_of_their_loadings():
    """Slope = 1.702 loading / sqrt(1 - loading ** 2), as near as the logistic curve is to the normal one."""
    loadings = {"A": 0.5, "B": 0.6, "C": 0.7, "D": 0.8}
    one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
    model = OrdinalModel({"f": list(loadings)}, loadings, dict.fromkeys(loadings, (-1.0, 0.5)), one)
    groups = balanced_groups(n_schools=100, n_classes=4, n_respondents=25)
    fit = fit_graded_response(simulate_answers(model, groups, seed=8))
    load = np.array(list(loadings.values()))
    assert fit.slopes.to_numpy() == pytest.approx(1.702 * load / np.sqrt(1 - load**2), rel=0.1)
    assert fit.thresholds.to_numpy() == pytest.approx(np.array([-1.0, 0.5]) / load[:, None], abs=0.12)


def test_pirls_2011_is_recovered(pirls):
    """Within four standard errors and within .1 logit: delta, tau and the spread of ability."""
    distances = (pirls.locations - PIRLS["delta"]) / pirls.standard_errors["location"]
    assert distances.abs().max() < Z
    assert (pirls.locations - PIRLS["delta"]).abs().max() < 0.1
    assert ((pirls.steps - PIRLS[[1, 2, 3]]) / pirls.standard_errors[[1, 2, 3]]).abs().max(axis=None) < Z
    assert (pirls.steps - PIRLS[[1, 2, 3]]).abs().max(axis=None) < 0.1
    assert pirls.ability_sd == pytest.approx(ABILITY_SD, abs=0.05)
    assert pirls.converged
    assert pirls.warnings == ()


def test_standard_errors_of_pirls_are_neither_too_small_nor_too_large(pirls):
    distances = ((pirls.steps - PIRLS[[1, 2, 3]]) / pirls.standard_errors[[1, 2, 3]]).to_numpy()
    # eighteen steps, of which twelve are free
    assert stats.chi2(12).ppf(0.001) < np.square(distances).sum() * 12 / 18 < stats.chi2(12).ppf(0.999)
