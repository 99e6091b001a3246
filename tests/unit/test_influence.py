"""What each respondent and each school does to thresholds, correlations and errors."""

import math

import numpy as np
import pandas as pd
import pytest

from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.ordinal.contingency import codes_of, pairs
from psychometrics.ordinal.influence import asymptotic_covariance, influence, variances
from psychometrics.polychoric import estimate
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

MODEL = {"V": ["V1", "V2", "V3", "V4"], "W": ["W1", "W2", "W3"]}
ITEMS = [item for items in MODEL.values() for item in items]
LOADINGS = dict(zip(ITEMS, [0.8, 0.7, 0.6, 0.5, 0.75, 0.65, 0.55], strict=True))
TRUE = OrdinalModel(
    factors=MODEL,
    loadings=LOADINGS,
    thresholds={item: [-1.0, 0.2] if item == "V2" else [-1.2, 0.0, 0.9] for item in ITEMS},
    factor_correlations=pd.DataFrame([[1, 0.5], [0.5, 1]], ["V", "W"], ["V", "W"]),
    school_variance=0.1,
)
GROUPS = balanced_groups(n_schools=60, n_classes=1, n_respondents=10)
SCORES = simulate_answers(TRUE, GROUPS, seed=4)
SCHOOLS = GROUPS["school"]
FIT = fit_ordinal_cfa(SCORES, MODEL)
ROBUST = fit_ordinal_cfa(SCORES, MODEL, schools=SCHOOLS)


def test_influence_has_mean_zero():
    """The estimates are where nobody, on balance, wants them elsewhere."""
    found = estimate(codes_of(SCORES))
    moves = influence(found)
    shares = found.tables / len(SCORES)
    np.testing.assert_allclose((shares * moves.correlations).sum(axis=(1, 2)), 0, atol=1e-8)


def test_influence_is_what_one_more_respondent_does():
    """In a large sample from the model; in a small one the curvature of each table has its own error."""
    groups = balanced_groups(n_schools=2000, n_classes=1, n_respondents=100)
    many = simulate_answers(TRUE, groups, seed=1)
    before = estimate(codes_of(many))
    moves = influence(before)
    first, second = pairs(len(ITEMS))
    for answers in ([1] * 7, [4, 3, 1, 2, 4, 1, 2]):
        more = pd.concat([many, pd.DataFrame([answers], columns=ITEMS)], ignore_index=True)
        option = np.array(answers) - 1
        expected = moves.correlations[np.arange(len(first)), option[first], option[second]]
        change = (estimate(codes_of(more)).rho - before.rho) * len(more)
        np.testing.assert_allclose(change, expected, rtol=0.02, atol=0.02)


def test_variances_from_tables_equal_those_from_respondents():
    found = estimate(codes_of(SCORES))
    moves = influence(found)
    covariance = asymptotic_covariance(found, moves, with_thresholds=False)
    np.testing.assert_allclose(variances(found, moves), np.diag(covariance), rtol=1e-12)


def test_a_threshold_varies_as_a_quantile_does():
    """F (1 - F) / density squared."""
    found = estimate(codes_of(SCORES))
    covariance = asymptotic_covariance(found, influence(found))
    share, threshold = (SCORES["V1"] == 1).mean(), FIT.thresholds.loc["V1", 1]
    density = np.exp(-(threshold**2) / 2) / np.sqrt(2 * np.pi)
    assert covariance[0, 0] == pytest.approx(share * (1 - share) / density**2, rel=1e-12)
    assert len(covariance) == 6 * 3 + 2 + 21


def test_blocks_make_no_difference(monkeypatch):
    """A school that goes on in the next block, or over several, is still one school."""
    found = estimate(codes_of(SCORES))
    moves = influence(found)
    numbers = np.sort(np.minimum(SCHOOLS.to_numpy(), 20))
    whole = [asymptotic_covariance(found, moves, schools=schools) for schools in (None, numbers)]
    for block in (1, 7, 100, 300, 599):
        monkeypatch.setattr("psychometrics.ordinal.influence.RESPONDENTS_AT_ONCE", block)
        for schools, expected in zip((None, numbers), whole, strict=True):
            parts = asymptotic_covariance(found, moves, schools=schools)
            np.testing.assert_allclose(parts, expected, atol=1e-11)


def test_respondents_who_are_each_a_school_are_independent():
    """Up to the factor g / (g - 1)."""
    alone = fit_ordinal_cfa(SCORES, MODEL, schools=pd.Series(SCORES.index))
    factor = math.sqrt(600 / 599)
    np.testing.assert_allclose(alone.loadings["se"], FIT.loadings["se"] * factor, rtol=1e-10)


def test_twins_add_nothing():
    """Everyone twice: as strangers they halve the variance, as one school they do not; R divides by N - 1."""
    twins = pd.concat([SCORES, SCORES], ignore_index=True)
    pair = pd.Series([*SCORES.index, *SCORES.index])
    strangers, related = fit_ordinal_cfa(twins, MODEL), fit_ordinal_cfa(twins, MODEL, schools=pair)
    alone = FIT.loadings["se"]
    np.testing.assert_allclose(strangers.loadings["se"], alone * math.sqrt(599 / 1199), rtol=1e-8)
    np.testing.assert_allclose(related.loadings["se"], alone * math.sqrt(1200 / 1199), rtol=1e-8)
    assert related.n_schools == 600


def test_schools_change_tests_and_errors_only():
    pd.testing.assert_series_equal(ROBUST.loadings["loading"], FIT.loadings["loading"])
    assert (ROBUST.chi2, ROBUST.srmr) == (FIT.chi2, FIT.srmr)
    assert ROBUST.chi2_scaled != FIT.chi2_scaled
    assert (ROBUST.n_schools, FIT.n_schools) == (60, None)
