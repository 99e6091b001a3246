"""Factors put into a simulation come back out of it."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.dimensionality import exploratory_factors, minimum_average_partial, parallel_analysis
from psychometrics.reliability import categorical_omega, omega_hierarchical, ordinal_alpha
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

FACTORS = {"f": list("ABCDE"), "g": list("FGHIJ"), "h": list("KLMNO")}
ITEMS = [item for items in FACTORS.values() for item in items]
LOADINGS = dict(zip(ITEMS, np.tile([0.8, 0.75, 0.7, 0.65, 0.6], 3), strict=True))
THRESHOLDS = {item: [-1.5, -0.7, 0.3] if number % 2 else [-0.5, 0.5] for number, item in enumerate(ITEMS)}
ABOVE = np.array([0.8, 0.7, 0.6])
BETWEEN = pd.DataFrame(np.outer(ABOVE, ABOVE) + np.diag(1 - ABOVE**2), index=FACTORS, columns=FACTORS)
MODEL = OrdinalModel(FACTORS, LOADINGS, THRESHOLDS, BETWEEN)


def simulated(n_respondents: int, *, seed: int = 4) -> pd.DataFrame:
    """Independent respondents."""
    groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=n_respondents)
    return simulate_answers(MODEL, groups, seed=seed)


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """As many as make sampling error small."""
    return simulated(40_000)


@pytest.mark.parametrize("n_respondents", [300, 2_000, 40_000])
def test_the_number_of_factors_is_recovered(n_respondents):
    """Also beyond the border where the reference is no longer drawn from answers."""
    sample = simulated(n_respondents)
    assert parallel_analysis(sample, replications=30, seed=1).n_factors == 3
    assert minimum_average_partial(sample).n_factors == 3


def test_unrelated_items_pass_the_quantile_as_often_as_it_says():
    """The reference is the distribution of their first eigenvalue: a fifth of samples lies above .8 of it."""
    random = np.random.default_rng(8)
    samples = [pd.DataFrame(random.integers(0, 9, (60, 4)).clip(3, 6)) for _ in range(80)]
    found = [
        parallel_analysis(sample, correlations="pearson", replications=25, quantile=0.8, seed=seed)
        for seed, sample in enumerate(samples)
    ]
    assert 0.1 <= np.mean([one.n_factors > 0 for one in found]) <= 0.33


@pytest.mark.parametrize("rotation", ["oblimin", "promax"])
def test_loadings_are_recovered(scores, rotation):
    found = exploratory_factors(scores, n_factors=3, rotation=rotation).loadings
    own = found.max(axis="columns")
    assert own.to_numpy() == pytest.approx(list(LOADINGS.values()), abs=0.04)
    others = found.where(found.ne(own, axis="index"))
    assert others.abs().max(axis=None) < 0.05


def test_factor_correlations_are_recovered(scores):
    found = exploratory_factors(scores, n_factors=3)
    order = [found.loadings.loc[items].mean().idxmax() for items in FACTORS.values()]
    np.testing.assert_allclose(found.factor_correlations.loc[order, order], BETWEEN, atol=0.04)


def test_omega_hierarchical_is_recovered(scores):
    """The general factor loads loading x ABOVE on each item; the sum's variance follows from the model."""
    loadings, of_factor = np.array(list(LOADINGS.values())), np.repeat(np.arange(3), 5)
    implied = np.outer(loadings, loadings) * BETWEEN.to_numpy()[np.ix_(of_factor, of_factor)]
    np.fill_diagonal(implied, 1)
    general = loadings * ABOVE[of_factor]
    found = omega_hierarchical(scores, n_factors=3)
    assert found.value == pytest.approx(general.sum() ** 2 / implied.sum(), abs=0.02)
    assert found.total == pytest.approx(1 - (1 - loadings**2).sum() / implied.sum(), abs=0.01)


def test_categorical_omega_is_recovered():
    """It is the squared correlation of the sum with the true score; that of parallel sums."""
    items = FACTORS["f"]
    one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
    model = OrdinalModel({"f": items}, LOADINGS, THRESHOLDS, one)
    parallel = OrdinalModel(
        {"f": [*items, *map(str.lower, items)]},
        LOADINGS | {item.lower(): LOADINGS[item] for item in items},
        THRESHOLDS | {item.lower(): THRESHOLDS[item] for item in items},
        one,
    )
    groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=60_000)
    twice = simulate_answers(parallel, groups, seed=2)
    truth = twice[items].sum(axis="columns").corr(twice[list(map(str.lower, items))].sum(axis="columns"))
    found = categorical_omega(simulate_answers(model, groups, seed=9))
    assert found.value == pytest.approx(truth, abs=0.01)


def test_ordinal_alpha_of_parallel_items_is_the_one_of_theory():
    """Items of loading .7 correlate .49 before they are cut."""
    items = list("ABCDEF")
    one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
    thresholds = {item: [-1, 0.4] for item in items}
    model = OrdinalModel({"f": items}, dict.fromkeys(items, 0.7), thresholds, one)
    groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=30_000)
    found = ordinal_alpha(simulate_answers(model, groups, seed=5))
    assert found.value == pytest.approx(6 * 0.49 / (1 + 5 * 0.49), abs=0.006)
