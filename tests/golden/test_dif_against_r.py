"""Against polr of R's MASS, in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.miscmodels.ordinal_model import OrderedModel

from psychometrics.dif import ordinal_dif
from psychometrics.ordinal.proportional_odds import fit_proportional_odds

DATA = Path(__file__).parent / "data"
LOG_LIKELIHOOD = 1e-4
R = json.loads((DATA / "irt_syn_po16.json").read_text("utf-8"))
MODELS = ["null", "total", "uniform", "nonuniform"]


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    """Pupils with every item answered, and their gender."""
    return pd.read_csv(DATA / "syn_po16.csv").dropna(subset=[*R["meta"]["items"], "gender"])


@pytest.fixture(params=["rest", "total"])
def golden(request: pytest.FixtureRequest, pupils: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Our frame and R's, a row per item."""
    theirs = pd.DataFrame(R["dif"]["gender"][request.param]["items"]).T
    return ordinal_dif(pupils[list(theirs.index)], pupils["gender"], matching=request.param), theirs


def test_log_likelihoods_equal_r(golden):
    ours, theirs = golden
    found = ours[[f"log_likelihood_{name}" for name in MODELS]]
    np.testing.assert_allclose(found, np.array(theirs["logLik"].tolist()), rtol=0, atol=LOG_LIKELIHOOD)


@pytest.mark.parametrize("test", ["uniform", "nonuniform", "total"])
def test_likelihood_ratios_equal_r(golden, test):
    ours, theirs = golden
    for part in ("chi2", "df", "p"):
        expected = theirs.get(f"{part}_{test}", theirs[f"{part}_uniform"]).astype(float)
        np.testing.assert_allclose(ours[f"{part}_{test}"], expected, rtol=0, atol=1e-6)


def test_effect_sizes_equal_r(golden):
    ours, theirs = golden
    np.testing.assert_allclose(ours["delta_r2"], theirs["dR2_nagelkerke_total"].astype(float), atol=1e-7)
    expected = [effect["gmeisje"] for effect in theirs["group_logodds"]]
    np.testing.assert_allclose(ours["log_odds_meisje"], expected, rtol=0, atol=1e-5)


def test_the_item_planted_in_the_data_is_found(golden):
    ours, _ = golden
    assert list(ours.index[ours["class"] != "A"]) == ["A3"]


def test_proportional_odds_equal_statsmodels(pupils):
    """A second referee, for a model that no golden value has: two predictors that are not a score."""
    predictors = pupils[["grade", "V1"]].to_numpy(dtype=float)
    answers = pupils["W1"].to_numpy(dtype=int) - 1
    ours = fit_proportional_odds(answers, predictors, np.ones(len(answers)))
    theirs = OrderedModel(answers, predictors, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)
    assert ours.coefficients == pytest.approx(theirs.params[:2], abs=1e-4)
    assert ours.converged
