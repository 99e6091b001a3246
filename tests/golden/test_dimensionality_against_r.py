"""Against R's psych and GPArotation, in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from psychometrics.dimensionality import (
    bartlett_sphericity,
    exploratory_factors,
    kmo,
    minimum_average_partial,
    parallel_analysis,
)

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "dimensionality.json").read_text("utf-8"))
KINDS = ("pearson", "polychoric")
ROTATIONS = ("none", "varimax", "oblimin", "promax")
OF_POLYCHORICS = 1e-6
"""Tolerance of what follows from correlations that are themselves right to 1e-6."""
OF_LOADINGS = 1e-4


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """Answers to 16 items; R's values are on complete cases."""
    return pd.read_csv(DATA / "syn_po16.csv")[R["pearson"]["factors"]["none"]["loadings"]["rows"]]


def values(block: dict[str, Any]) -> np.ndarray:
    """Return a matrix of R as an array."""
    return np.array(block["values"], dtype=float)


@pytest.mark.parametrize("kind", KINDS)
def test_eigenvalues_equal_r(scores, kind):
    found = parallel_analysis(scores, correlations=kind, replications=1, seed=1)
    np.testing.assert_allclose(found.observed, R[kind]["eigenvalues"], rtol=0, atol=OF_POLYCHORICS)
    assert found.n_respondents == R["n_respondents"] < len(scores)


def test_reference_of_permuted_answers_is_near_that_of_r(scores):
    """Both are random; over many draws their quantiles differ by a few thousandths."""
    found = parallel_analysis(scores, correlations="pearson", replications=300, quantile=0.95, seed=1)
    np.testing.assert_allclose(found.reference, R["permuted"]["q95"], rtol=0, atol=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_kmo_equals_r(scores, kind):
    found = kmo(scores, correlations=kind)
    assert found.value == pytest.approx(R[kind]["kmo"], abs=OF_POLYCHORICS)
    np.testing.assert_allclose(found.per_item, R[kind]["kmo_items"], rtol=0, atol=OF_POLYCHORICS)


def test_bartlett_equals_r(scores):
    found = bartlett_sphericity(scores)
    assert found.chi2 == pytest.approx(R["bartlett"]["chisq"], rel=1e-10)
    assert found.df == R["bartlett"]["df"]


@pytest.mark.parametrize("kind", KINDS)
def test_average_partials_equal_r(scores, kind):
    """R leaves out the average before any component is taken out, and stops at eight components."""
    found = minimum_average_partial(scores, correlations=kind)
    np.testing.assert_allclose(found.average_squared[1:9], R[kind]["map"], rtol=0, atol=OF_POLYCHORICS)
    assert found.n_factors == np.argmin(R[kind]["map"]) + 1


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_factors_equal_r(scores, kind, rotation):
    """Also in sign and order, for these follow the same rule."""
    found = exploratory_factors(scores, n_factors=3, rotation=rotation, correlations=kind)
    r = R[kind]["factors"][rotation]
    np.testing.assert_allclose(found.loadings, values(r["loadings"]), rtol=0, atol=OF_LOADINGS)
    np.testing.assert_allclose(found.communalities, r["communality"], rtol=0, atol=OF_LOADINGS)
    between = values(r["Phi"]) if r["Phi"] else np.eye(3)
    np.testing.assert_allclose(found.factor_correlations, between, rtol=0, atol=OF_LOADINGS)


@pytest.mark.parametrize("rotation", ROTATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_fit_of_factors_equals_r(scores, kind, rotation):
    found = exploratory_factors(scores, n_factors=3, rotation=rotation, correlations=kind)
    r = R[kind]["factors"][rotation]
    assert found.rmsr == pytest.approx(r["rms"], abs=1e-8)
    assert found.df == r["dof"]
    squares = found.variance_explained["sum_of_squares"]
    np.testing.assert_allclose(squares, r["sum_of_squares"], rtol=0, atol=OF_LOADINGS)
