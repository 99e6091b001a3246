"""Against lme4 and multilevel; data, script and versions are in the folder data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from psychometrics.levels.group_sums import summed
from psychometrics.levels.variance_components import ZeroVarianceWarning, variance_components
from psychometrics.multilevel import school_means, school_reliability

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "multilevel.json").read_text("utf-8"))
ITEMS = {"V": 4, "A": 6, "W": 6}
VARIANCE = 1e-6


@pytest.fixture(params=ITEMS)
def scale(request: pytest.FixtureRequest) -> tuple[pd.Series, pd.DataFrame, dict[str, Any]]:
    """Mean scores on complete rows, with their schools and classes, and R's results."""
    items = [f"{request.param}{number + 1}" for number in range(ITEMS[request.param])]
    complete = pd.read_csv(DATA / "syn_po16.csv").dropna(subset=items)
    return complete[items].mean(axis="columns"), complete, R[request.param]


def test_variance_components_equal_lme4(scale):
    score, pupils, r = scale
    result = school_reliability(score, pupils["school"])
    reml = r["school"]["lme4_REML"]
    assert result.between_variance == pytest.approx(reml["tau2"], rel=VARIANCE)
    assert result.within_variance == pytest.approx(reml["sigma2"], rel=VARIANCE)
    assert result.icc1 == pytest.approx(reml["ICC1"], rel=VARIANCE)
    assert result.icc2 == pytest.approx(reml["ICC2_meansize"], rel=VARIANCE)
    assert result.mean == pytest.approx(reml["intercept"], rel=1e-8)
    assert (result.n_respondents, result.n_schools) == (r["school"]["n"], r["school"]["groups"])


def test_reliability_of_each_school_equals_lme4(scale):
    score, pupils, r = scale
    ours = school_reliability(score, pupils["school"]).reliability_per_school
    theirs = pd.Series(r["school"]["lme4_REML"]["group_reliability"])
    np.testing.assert_allclose(ours.to_numpy(), theirs[ours.index.astype(str)].to_numpy(), rtol=VARIANCE)


def test_shrunken_means_equal_lme4(scale):
    score, pupils, r = scale
    result = school_means(score, pupils["school"])
    theirs = pd.Series(r["school"]["lme4_REML"]["blup"])[result.table.index.astype(str)]
    ours = result.table["shrunken_mean"] - result.grand_mean
    np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=0, atol=1e-7)


def test_classes_as_units_equal_lme4(scale):
    score, pupils, r = scale
    units = pupils["school"].astype(str) + "-" + pupils["class"].astype(str)
    result, reml = school_reliability(score, units), r["class"]["lme4_REML"]
    assert result.between_variance == pytest.approx(reml["tau2"], rel=VARIANCE)
    assert result.within_variance == pytest.approx(reml["sigma2"], rel=VARIANCE)


def test_the_criterion_is_that_of_lme4(scale):
    score, pupils, r = scale
    two = variance_components(summed(score, pupils["school"]))
    assert two.criterion == pytest.approx(r["school"]["lme4_REML"]["REMLcrit"], abs=1e-8)
    three = variance_components(summed(score, pupils["school"], classes=pupils["class"]))
    assert three.criterion == pytest.approx(r["three_level"]["REMLcrit"], abs=1e-8)


def test_classes_within_schools_equal_lme4(scale):
    score, pupils, r = scale
    result = school_reliability(score, pupils["school"], classes=pupils["class"])
    reml = r["three_level"]
    assert result.between_variance == pytest.approx(reml["var_school"], rel=VARIANCE)
    assert result.class_variance == pytest.approx(reml["var_class"], rel=VARIANCE)
    assert result.within_variance == pytest.approx(reml["var_pupil"], rel=VARIANCE)
    assert result.icc1 == pytest.approx(reml["icc_school"], rel=VARIANCE)
    assert result.icc_class == pytest.approx(reml["icc_class"], rel=VARIANCE)


def test_reliability_with_classes_equals_r(scale):
    score, pupils, r = scale
    result = school_reliability(score, pupils["school"], classes=pupils["class"])
    ours = result.reliability_per_school
    theirs = pd.Series(r["three_level"]["school_reliability_classes_random"])[ours.index.astype(str)]
    np.testing.assert_allclose(ours.to_numpy(), theirs.to_numpy(), rtol=VARIANCE)
    assert ours.mean() < school_reliability(score, pupils["school"]).reliability_per_school.mean()


def test_no_difference_beyond_chance_is_zero_as_in_lme4():
    small = pd.read_csv(DATA / "syn_small8.csv")
    score = small.filter(regex=r"^S\d$").mean(axis="columns")
    with pytest.warns(ZeroVarianceWarning, match="schools differ no more than chance"):
        result = school_reliability(score, small["class"])
    reml = R["small8"]["class"]["lme4_REML"]
    assert reml["tau2"] == 0
    assert (result.between_variance, result.icc1, result.icc2) == (0, 0, 0)
    assert result.within_variance == pytest.approx(reml["sigma2"], rel=1e-10)
