"""Against R's lavaan (cfa, WLSMV), in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from psychometrics.confirmatory import OrdinalFit, fit_ordinal_cfa

DATA = Path(__file__).parent / "data"
RELATIVE, NOTHING, INDEX, LOADING, ERROR = 1e-6, 1e-6, 1e-6, 1e-5, 1e-6
UGLY = json.loads((DATA / "ordinal_ugly_scores.json").read_text("utf-8"))
SHIPPED = {
    (name, model): name
    for name in ("syn_small8", "syn_po16")
    for model in json.loads((DATA / f"ordinal_{name}.json").read_text("utf-8"))["models"]
}

pytestmark = pytest.mark.filterwarnings(
    "ignore::psychometrics.cautions.EmptyCellWarning", "ignore::psychometrics.cautions.HeywoodWarning"
)


def _shipped(name: str, model: str) -> tuple[pd.DataFrame, dict]:
    found = json.loads((DATA / f"ordinal_{name}.json").read_text("utf-8"))
    # R's are on the complete cases over all items, also where a model names a few
    return pd.read_csv(DATA / f"{name}.csv").dropna(subset=found["correlations"]["items"]), found["models"][
        model
    ]


def _ugly(case: str) -> tuple[pd.DataFrame, dict]:
    found = json.loads((DATA / "ordinal_ugly.json").read_text("utf-8"))["cases"][case]
    return pd.DataFrame(UGLY[case]["scores"]), found["models"]["model"]


@pytest.fixture(scope="module", params=[*SHIPPED, *UGLY], ids=str)
def golden(request: pytest.FixtureRequest) -> tuple[OrdinalFit, dict]:
    """Our fit with that of R."""
    scores, r = _ugly(request.param) if request.param in UGLY else _shipped(*request.param)
    return fit_ordinal_cfa(scores, r["model"]), r


def _estimates(r: dict, operator: str) -> dict[tuple[str, str], tuple[float, float]]:
    rows = zip(r["lhs"], r["op"], r["rhs"], r["estimate"], r["se"], strict=True)
    return {(left, right): (value, se) for left, op, right, value, se in rows if op == operator}


def test_the_test_equals_r(golden):
    fit, r = golden
    assert (fit.df, fit.n_respondents) == (r["fit"]["df"], r["n"])
    for ours, theirs in (("chi2", "chisq"), ("chi2_scaled", "chisq.scaled")):
        assert getattr(fit, ours) == pytest.approx(r["fit"][theirs], rel=RELATIVE, abs=NOTHING)


def test_p_values_equal_r(golden):
    fit, r = golden
    if fit.df == 0:
        assert np.isnan([fit.p_value, fit.p_value_scaled]).all()
        return
    assert fit.p_value == pytest.approx(r["fit"]["pvalue"], abs=INDEX)
    assert fit.p_value_scaled == pytest.approx(r["fit"]["pvalue.scaled"], abs=INDEX)


@pytest.mark.parametrize("index", ["cfi", "tli", "rmsea", "srmr", "cfi_scaled", "tli_scaled", "rmsea_scaled"])
def test_indices_of_fit_equal_r(golden, index):
    fit, r = golden
    assert getattr(fit, index) == pytest.approx(r["fit"][index.replace("_", ".")], abs=INDEX)


def test_loadings_and_their_errors_equal_r(golden):
    fit, r = golden
    theirs = _estimates(r, "=~")
    expected = [theirs[pair] for pair in zip(fit.loadings["factor"], fit.loadings["item"], strict=True)]
    assert len(expected) == len(theirs)
    np.testing.assert_allclose(
        fit.loadings["loading"], [value for value, _ in expected], rtol=0, atol=LOADING
    )
    np.testing.assert_allclose(fit.loadings["se"], [se for _, se in expected], rtol=0, atol=ERROR)


def test_factor_correlations_and_their_errors_equal_r(golden):
    fit, r = golden
    for pair, (value, se) in _estimates(r, "~~").items():
        assert fit.factor_correlations.loc[pair] == pytest.approx(value, abs=LOADING)
        assert fit.factor_correlation_errors.loc[pair] == pytest.approx(se, abs=ERROR)
