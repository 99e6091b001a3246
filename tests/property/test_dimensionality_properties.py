"""What holds for every frame of ordered answers: bounds, or an error that says why."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from psychometrics.dimensionality import (
    bartlett_sphericity,
    exploratory_factors,
    kmo,
    minimum_average_partial,
    parallel_analysis,
)
from psychometrics.reliability import categorical_omega, omega_hierarchical, ordinal_alpha
from psychometrics.scores import ScoresError

FEW = settings(max_examples=50, deadline=None)
ROUNDING = 1e-9
pytestmark = pytest.mark.filterwarnings("ignore::psychometrics.cautions.PsychometricWarning")


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Few or many answers, in common or not, some missing, some options unused."""
    n_respondents, n_items = draw(st.integers(2, 60)), draw(st.integers(2, 7))
    n_options, seed = draw(st.integers(2, 5)), draw(st.integers(0, 2**20))
    in_common = draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))
    missing = draw(st.sampled_from([0.0, 0.1]))
    random = np.random.default_rng(seed)
    person = random.integers(0, n_options, (n_respondents, 1))
    own = random.integers(0, n_options, (n_respondents, n_items))
    answers = np.where(random.random(own.shape) < in_common, person, own).astype(float)
    answers[random.random(own.shape) < missing] = np.nan
    return pd.DataFrame(answers, columns=[f"I{item}" for item in range(n_items)])


KINDS = st.sampled_from(["pearson", "polychoric"])


@FEW
@given(frames(), KINDS)
def test_eigenvalues_and_numbers_of_factors_are_possible(scores, kind):
    try:
        found = parallel_analysis(scores, correlations=kind, replications=3, seed=1)
    except ScoresError:
        return
    assert 0 <= found.n_factors <= found.n_items
    assert np.isfinite(found.reference).all()
    assert found.observed.sum() == pytest.approx(found.n_items)
    assert 1 <= minimum_average_partial(scores, correlations=kind).n_factors <= found.n_items


@FEW
@given(frames(), KINDS)
def test_adequacy_is_a_share_and_the_test_a_probability(scores, kind):
    try:
        adequacy, test = kmo(scores, correlations=kind), bartlett_sphericity(scores, correlations=kind)
    except ScoresError:
        return
    assert 0 <= adequacy.value <= 1 or (np.isnan(adequacy.value) and adequacy.warnings)
    assert 0 <= test.p_value <= 1 or (np.isnan([test.p_value, test.chi2]).all() and test.warnings)
    assert not test.chi2 < -ROUNDING


@FEW
@given(frames(), KINDS, st.sampled_from(["none", "varimax", "oblimin", "promax"]), st.integers(1, 3))
def test_factors_exist_or_are_refused(scores, kind, rotation, n_factors):
    try:
        found = exploratory_factors(scores, n_factors=n_factors, rotation=rotation, correlations=kind)
    except ScoresError:
        return
    assert np.isfinite(found.loadings).all(axis=None)
    assert (found.factor_correlations.abs() <= 1 + ROUNDING).all(axis=None)
    assert (found.communalities >= 0).all()
    assert (found.communalities <= 1).all() or found.warnings
    assert found.rmsr >= 0


@FEW
@given(frames())
def test_ordinal_alpha_is_at_most_one(scores):
    try:
        found = ordinal_alpha(scores)
    except ScoresError:
        return
    assert found.value <= 1 + ROUNDING


@FEW
@given(frames())
def test_categorical_omega_is_a_share_or_is_warned_of(scores):
    assume(scores.shape[1] > 2)
    try:
        found = categorical_omega(scores)
    except ScoresError:
        return
    assert 0 <= found.value <= 1 or (np.isnan(found.value) and found.warnings)


@FEW
@given(frames(), KINDS, st.integers(1, 3))
def test_omega_hierarchical_is_positive_and_below_total_or_refused(scores, kind, n_factors):
    with warnings.catch_warnings(action="ignore"):
        try:
            found = omega_hierarchical(scores, n_factors=n_factors, correlations=kind)
        except ScoresError:
            return
    assert np.isfinite([found.value, found.total]).all()
    assert 0 <= found.explained_common_variance <= 1 + ROUNDING
    assert (found.general_loadings >= 0).all()
