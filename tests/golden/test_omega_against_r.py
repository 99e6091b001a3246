"""Omega and ordinal alpha against R's psych and semTools; data and script are in the folder data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from psychometrics.reliability import categorical_omega, omega_hierarchical, ordinal_alpha

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "dimensionality.json").read_text("utf-8"))
OF_LOADINGS = 1e-4


@pytest.fixture(scope="module")
def po16() -> pd.DataFrame:
    """R's values are on those who answered all 16 items, also for one scale."""
    return pd.read_csv(DATA / "syn_po16.csv").dropna(subset=R["one_factor"]["po16"]["items"])


@pytest.fixture(params=R["one_factor"])
def one_factor(request: pytest.FixtureRequest, po16: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Scores of a set of items, with R's results under one factor."""
    r = R["one_factor"][request.param]
    frame = pd.read_csv(DATA / "syn_small8.csv") if request.param == "small8" else po16
    return frame[r["items"]], r


def test_categorical_omega_equals_semtools(one_factor):
    scores, r = one_factor
    found = categorical_omega(scores)
    assert found.value == pytest.approx(r["omega"], abs=1e-6)
    assert (found.n_items, found.n_respondents) == (scores.shape[1], len(scores))


def test_ordinal_alpha_equals_semtools(one_factor):
    scores, r = one_factor
    assert ordinal_alpha(scores).value == pytest.approx(r["alpha_ord"], abs=1e-6)


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_omega_hierarchical_equals_psych(po16, kind):
    r = R[kind]["omega"]
    found = omega_hierarchical(po16[r["schmid_sl"]["rows"]], n_factors=3, correlations=kind)
    assert found.value == pytest.approx(r["omega_h"], abs=1e-5)
    assert found.total == pytest.approx(r["omega_tot"], abs=1e-6)
    assert found.explained_common_variance == pytest.approx(r["ECV"], abs=1e-5)


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_general_and_group_loadings_equal_psych(po16, kind):
    """Up to the sign and order of group factors: psych does not sort them again after rotation."""
    r = R[kind]["omega"]
    found = omega_hierarchical(po16[r["schmid_sl"]["rows"]], n_factors=3, correlations=kind)
    theirs = np.array(r["schmid_sl"]["values"], dtype=float)
    np.testing.assert_allclose(found.general_loadings, theirs[:, 0], rtol=0, atol=OF_LOADINGS)
    np.testing.assert_allclose(found.group_loadings.abs(), np.abs(theirs[:, 1:4]), rtol=0, atol=OF_LOADINGS)
    for part in ("total", "general", "group"):
        np.testing.assert_allclose(
            found.group_omegas[part], r["group"][part][1:], rtol=0, atol=OF_LOADINGS, err_msg=part
        )
