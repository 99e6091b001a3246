"""Against R's psych; data, script and versions are in the folder data."""

import json
from pathlib import Path

import pandas as pd
import pytest

from psychometrics.agreement import intraclass_correlation, test_retest

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "agreement.json").read_text("utf-8"))
TOLERANCE = 1e-10


@pytest.mark.parametrize("scale", ["V", "A", "W"])
def test_agreement_of_test_and_retest_equals_r(scale):
    r, pupils = R[scale], pd.read_csv(DATA / "syn_po16_retest.csv")
    items = r["label"].split(",")
    second = [f"{item}_t2" for item in items]
    result = test_retest(pupils[items].sum(axis="columns"), pupils[second].sum(axis="columns"))
    place = r["ICC_anova"]["type"].index("ICC2")
    assert result.icc == pytest.approx(r["ICC_anova"]["ICC"][place], abs=TOLERANCE)
    assert result.ci_low == pytest.approx(r["ICC_anova"]["lower bound"][place], abs=TOLERANCE)
    assert result.ci_high == pytest.approx(r["ICC_anova"]["upper bound"][place], abs=TOLERANCE)
    assert result.standard_error_of_measurement == pytest.approx(
        r["SEM_agreement_sd_over_sqrt2"], abs=TOLERANCE
    )
    assert result.smallest_detectable_change == pytest.approx(r["SDC95"], abs=TOLERANCE)
    assert result.mean_change == pytest.approx(r["mean_diff"], abs=TOLERANCE)
    assert result.n_respondents == r["n"]


def test_four_judges_agree_as_shrout_and_fleiss_say():
    """Their ICC(2,1) of table 2 is .29."""
    r, result = R["shrout_fleiss"], intraclass_correlation(pd.read_csv(DATA / "shrout_fleiss.csv"))
    place = r["ICC_anova"]["type"].index("ICC2")
    assert result.icc == pytest.approx(r["ICC_anova"]["ICC"][place], abs=TOLERANCE)
    assert result.ci_low == pytest.approx(r["ICC_anova"]["lower bound"][place], abs=TOLERANCE)
    assert result.ci_high == pytest.approx(r["ICC_anova"]["upper bound"][place], abs=TOLERANCE)
    assert round(result.icc, 2) == 0.29
    assert (result.n_respondents, result.n_occasions) == (6, 4)
