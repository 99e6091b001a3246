"""Truths about turning factors."""

import numpy as np
import pytest

from psychometrics.dimensions.factor_extraction import (
    check_n_factors,
    degrees_of_freedom,
    extract,
    extraction_cautions,
)
from psychometrics.dimensions.rotation import rotated
from psychometrics.scores import ScoresError

SIMPLE = np.array([[0.8, 0.0], [0.7, 0.0], [0.6, 0.0], [0.0, 0.75], [0.0, 0.65], [0.0, 0.5]])
ANGLE = 0.6
TURN = np.array([[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]])
ROTATIONS = ("none", "varimax", "oblimin", "promax")


def correlations(loadings: np.ndarray, between: np.ndarray) -> np.ndarray:
    """Return what items with these loadings correlate."""
    implied = loadings @ between @ loadings.T
    np.fill_diagonal(implied, 1)
    return implied


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_rotation_leaves_what_the_factors_explain(rotation):
    """Only the axes move: loadings and factor correlations still imply the same correlations of items."""
    random = np.random.default_rng(3).normal(0, 0.4, (9, 3))
    found = rotated(random, rotation)
    implied = found.loadings @ found.factor_correlations @ found.loadings.T
    np.testing.assert_allclose(implied, random @ random.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(found.factor_correlations), 1, atol=1e-12)


@pytest.mark.parametrize("rotation", ["varimax", "oblimin", "promax"])
def test_simple_structure_is_found_again(rotation):
    """Each item has one factor; turned away from it, every rotation finds the way back."""
    found = rotated(SIMPLE @ TURN, rotation)
    np.testing.assert_allclose(found.loadings, SIMPLE, atol=0.01)
    np.testing.assert_allclose(found.factor_correlations, np.eye(2), atol=0.01)


@pytest.mark.parametrize("rotation", ["oblimin", "promax"])
def test_oblique_rotation_finds_factors_that_correlate(rotation):
    between = np.array([[1, 0.5], [0.5, 1]])
    found = rotated(extract(correlations(SIMPLE, between), 2).loadings, rotation)
    assert found.factor_correlations[0, 1] == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(found.loadings, SIMPLE, atol=0.05)


def test_oblimin_of_simple_structure_is_exact():
    """The criterion is zero there, so that it cannot be lower."""
    between = np.array([[1, 0.5], [0.5, 1]])
    found = rotated(extract(correlations(SIMPLE, between), 2).loadings, "oblimin")
    np.testing.assert_allclose(found.loadings, SIMPLE, atol=1e-4)


def test_orthogonal_rotations_have_unrelated_factors():
    for rotation in ("none", "varimax"):
        np.testing.assert_array_equal(rotated(SIMPLE @ TURN, rotation).factor_correlations, np.eye(2))


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_strongest_factor_comes_first_and_every_factor_is_positive(rotation):
    found = rotated(-SIMPLE[:, ::-1] @ TURN, rotation)
    assert found.strengths[0] > found.strengths[1]
    assert (found.loadings.sum(axis=0) > 0).all()


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_one_factor_stays_as_it_is(rotation):
    found = rotated(SIMPLE[:3, :1], rotation)
    np.testing.assert_array_equal(found.loadings, SIMPLE[:3, :1])


def test_an_unknown_rotation_is_refused():
    with pytest.raises(ScoresError, match='"equamax" is not known here; use one of: none, varimax'):
        rotated(SIMPLE, "equamax")


def test_minres_of_a_model_is_that_model():
    """Where factors explain all correlations, nothing is left over."""
    implied = correlations(SIMPLE, np.eye(2))
    found = extract(implied, 2)
    np.testing.assert_allclose(found.loadings @ found.loadings.T, SIMPLE @ SIMPLE.T, atol=1e-6)
    np.testing.assert_allclose(found.uniquenesses, 1 - (SIMPLE**2).sum(axis=1), atol=1e-6)
    assert found.converged
    assert list(extraction_cautions(found, "ABCDEF")) == []


def test_a_heywood_case_is_named():
    """Loadings .9, .9 and 1.1 give these correlations; no item can load more than one."""
    loadings = np.array([[0.9], [0.9], [1.1]])
    found = extract(correlations(loadings, np.eye(1)), 1)
    (caution,) = extraction_cautions(found, ["A", "B", "C"])
    assert type(caution).__name__ == "HeywoodWarning"
    assert str(caution).startswith("C: no unique variance is left")


@pytest.mark.parametrize(("n_items", "most"), [(3, 1), (4, 1), (5, 2), (6, 3), (9, 5)])
def test_items_carry_so_many_factors_as_they_have_correlations_for(n_items, most):
    """Ledermann's bound (1937): the one more has fewer correlations than parameters."""
    check_n_factors(most, n_items)
    assert degrees_of_freedom(n_items, most) >= 0
    with pytest.raises(ScoresError, match=f"they carry at most {most}"):
        check_n_factors(most + 1, n_items)


def test_no_factors_are_refused():
    with pytest.raises(ScoresError, match="give at least 1"):
        check_n_factors(0, 6)
