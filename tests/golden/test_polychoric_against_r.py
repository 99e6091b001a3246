"""Against R's lavaan (lavCor), in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from psychometrics.polychoric import polychoric

DATA = Path(__file__).parent / "data"
CORRELATION, THRESHOLD = 1e-6, 1e-8
UGLY = json.loads((DATA / "ordinal_ugly_scores.json").read_text("utf-8"))


def _shipped(name: str) -> tuple[pd.DataFrame, dict]:
    r = json.loads((DATA / f"ordinal_{name}.json").read_text("utf-8"))["correlations"]
    return pd.read_csv(DATA / f"{name}.csv")[r["items"]], r


def _ugly(case: str) -> tuple[pd.DataFrame, dict]:
    r = json.loads((DATA / "ordinal_ugly.json").read_text("utf-8"))["cases"][case]["correlations"]
    return pd.DataFrame(UGLY[case]["scores"])[r["items"]], r


@pytest.fixture(params=["syn_small8", "syn_po16", *UGLY])
def golden(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, dict]:
    """Scores with R's correlations and thresholds on the complete cases."""
    return _ugly(request.param) if request.param in UGLY else _shipped(request.param)


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.EmptyCellWarning")
def test_correlations_equal_r(golden):
    scores, r = golden
    np.testing.assert_allclose(polychoric(scores).correlations, r["rho"], rtol=0, atol=CORRELATION)


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.EmptyCellWarning")
def test_thresholds_equal_r(golden):
    scores, r = golden
    found = polychoric(scores).thresholds
    ours = {f"{item}|t{k}": row[k] for item, row in found.iterrows() for k in row.dropna().index}
    assert ours == pytest.approx(r["thresholds"], abs=THRESHOLD)
