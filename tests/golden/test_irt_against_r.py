"""Against R's mirt, in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from psychometrics.irt import GradedResponse, fit_graded_response

DATA = Path(__file__).parent / "data"
LOG_LIKELIHOOD = 1e-5
PARAMETER = 1e-4
NAMES = ["syn_small8", "syn_po16"]


@pytest.fixture(scope="module", params=NAMES)
def golden(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, GradedResponse, dict[str, Any]]:
    """Scores, our fit at the nodes that R used, and R's numbers."""
    r = json.loads((DATA / f"irt_{request.param}.json").read_text("utf-8"))
    complete = pd.read_csv(DATA / f"{request.param}.csv").dropna(subset=r["meta"]["items"])
    scores = complete[r["grm"]["IRTpars"]["rows"]]
    return scores, fit_graded_response(scores, nodes=101, bound=8.0), r["grm"]


def test_log_likelihood_equals_r(golden):
    scores, fit, r = golden
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=LOG_LIKELIHOOD)
    assert fit.aic == pytest.approx(r["AIC"], abs=LOG_LIKELIHOOD)
    assert fit.bic == pytest.approx(r["BIC"], abs=LOG_LIKELIHOOD)
    assert (fit.n_parameters, fit.n_respondents, fit.n_items) == (r["npar"], r["n"], scores.shape[1])
    assert fit.converged
    assert fit.warnings == ()


def test_slopes_and_thresholds_equal_r(golden):
    _, fit, r = golden
    ours = np.column_stack([fit.slopes, fit.thresholds])
    np.testing.assert_allclose(ours, np.array(r["IRTpars"]["values"], dtype=float), rtol=0, atol=PARAMETER)
    ours = np.column_stack([fit.slopes, fit.intercepts])
    theirs = np.array(r["slope_intercept"]["values"], dtype=float)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=PARAMETER)


def test_standard_errors_equal_those_of_oakes_in_r(golden):
    """Relative, for those of an item that 64 respondents nearly separate are above one."""
    _, fit, r = golden
    for item, theirs in r["se"].items():
        ours = fit.standard_errors.loc[item].drop([f"threshold_{k}" for k in fit.thresholds])
        np.testing.assert_allclose(ours, theirs["values"][theirs["rows"].index("SE")], rtol=PARAMETER)


def test_information_equals_r(golden):
    _, fit, r = golden
    information = fit.information(r["test_info"]["theta"])
    np.testing.assert_allclose(information["test"], r["test_info"]["info"], rtol=0, atol=PARAMETER)
    assert information["test"].to_numpy() == pytest.approx(information.drop(columns="test").sum(axis=1))


def test_scores_equal_r(golden):
    scores, fit, r = golden
    ours = fit.scores(scores)
    np.testing.assert_allclose(ours.head(20), r["eap_first20"]["values"], rtol=0, atol=PARAMETER)
    assert ours["eap"].mean() == pytest.approx(r["eap_mean"], abs=1e-6)
    assert ours["eap"].std() == pytest.approx(r["eap_sd"], abs=1e-6)


def test_q3_equals_r(golden):
    _, fit, r = golden
    assert list(fit.q3.columns) == r["Q3"]["cols"]
    np.testing.assert_allclose(fit.q3, r["Q3"]["values"], rtol=0, atol=1e-5)


def test_sixty_one_nodes_are_enough(golden):
    """The default: on these scales it is nowhere a tenth of a standard error away."""
    scores, fit, _ = golden
    default = fit_graded_response(scores)
    assert default.log_likelihood == pytest.approx(fit.log_likelihood, abs=0.01)
    assert ((default.slopes - fit.slopes).abs() < fit.standard_errors["slope"] / 10).all()
