"""Against semTools and psych; data, script and versions are in the folder data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.reliability import standard_error_of_measurement
from psychometrics.validity import average_variance_extracted, htmt

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "validity.json").read_text("utf-8"))
MODEL = {
    "V": ["V1", "V2", "V3", "V4"],
    "A": ["A1", "A2", "A3", "A4", "A5", "A6"],
    "W": ["W1", "W2", "W3", "W4", "W5", "W6"],
}


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """Complete rows over all sixteen items."""
    return pd.read_csv(DATA / "syn_po16.csv")[[item for items in MODEL.values() for item in items]].dropna()


def test_htmt_with_geometric_means_equals_semtools(scores):
    ours = htmt(scores, MODEL, correlations="pearson", means="geometric")
    assert ours.index.tolist() == R["htmt2_pearson"]["rows"]
    np.testing.assert_allclose(ours.to_numpy(), R["htmt2_pearson"]["values"], rtol=0, atol=1e-10)


def test_average_variance_extracted_equals_semtools(scores):
    ours = average_variance_extracted(fit_ordinal_cfa(scores, MODEL))
    assert ours.to_dict() == pytest.approx(R["ave"], abs=1e-5)


@pytest.mark.parametrize("scale", ["all", "V", "A", "W"])
def test_the_error_of_a_sum_score_equals_r(scores, scale):
    items = scores if scale == "all" else scores[MODEL[scale]]
    assert standard_error_of_measurement(items).value == pytest.approx(R["sem_sumscore"][scale], abs=1e-10)
