"""Against R's lavaan (fitMeasures); data, script and versions are in the folder data."""

import json
from pathlib import Path

import pandas as pd
import pytest

from psychometrics.confirmatory import fit_ordinal_cfa

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "rmsea_interval.json").read_text("utf-8"))
V, A, W = ([f"{scale}{n}" for n in range(1, last + 1)] for scale, last in (("V", 4), ("A", 6), ("W", 6)))
S = [f"S{n}" for n in range(1, 9)]
MODELS = {
    ("syn_po16", "one"): {"g": [*V, *A, *W]},
    ("syn_po16", "three"): {"V": V, "A": A, "W": W},
    ("syn_small8", "one"): {"S": S},
    ("syn_small8", "two"): {"S": S[:4], "T": S[4:]},
}


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.EmptyCellWarning")
@pytest.mark.parametrize("name", MODELS, ids=str)
def test_the_interval_of_the_scaled_rmsea_equals_r(name):
    items = [item for items in MODELS[name].values() for item in items]
    fit = fit_ordinal_cfa(pd.read_csv(DATA / f"{name[0]}.csv")[items].dropna(), MODELS[name])
    expected = R[name[0]][name[1]]
    found = (fit.rmsea_scaled, fit.rmsea_ci_low, fit.rmsea_ci_high)
    assert found == pytest.approx((expected["rmsea"], expected["low"], expected["high"]), abs=1e-6)
