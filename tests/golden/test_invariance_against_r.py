"""Against lavaan and semTools; data, script and versions are in the folder data."""

import json
import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from psychometrics.invariance import UntestableStepWarning, measurement_invariance

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "invariance.json").read_text("utf-8"))
MODEL = {
    "V": ["V1", "V2", "V3", "V4"],
    "A": ["A1", "A2", "A3", "A4", "A5", "A6"],
    "W": ["W1", "W2", "W3", "W4", "W5", "W6"],
}
ITEMS = [item for items in MODEL.values() for item in items]
INDICES = ["cfi", "tli", "rmsea", "srmr", "cfi_scaled", "tli_scaled", "rmsea_scaled"]


def _mixed(answers: pd.DataFrame) -> pd.DataFrame:
    return answers.assign(
        V1=answers["V1"].ge(5).astype(int),
        A1=answers["A1"].ge(4).astype(int),
        V2=answers["V2"].clip(lower=3),
        W1=answers["W1"].clip(lower=3),
    )


RECODED = {
    "gender": lambda answers: answers,
    "grade": lambda answers: answers,
    "three_options": lambda answers: answers.clip(lower=answers.max() - 2, axis="columns"),
    "mixed_options": _mixed,
    "two_options": lambda answers: answers.ge(answers.max()).astype(int),
}


@pytest.fixture(scope="module", params=RECODED)
def case(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Our steps and those of R, for two groups, for four, and for fewer options."""
    pupils = pd.read_csv(DATA / "syn_po16.csv").dropna(subset=ITEMS)
    answers = RECODED[request.param](pupils[ITEMS])
    groups = pupils["grade" if request.param == "grade" else "gender"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UntestableStepWarning)
        return measurement_invariance(answers, MODEL, groups), R[request.param]


def test_every_step_fits_as_in_lavaan(case):
    steps, r = case
    theirs = pd.DataFrame(r["fit"]).T.rename(columns=lambda name: name.replace(".", "_"))
    assert steps.index.tolist() == theirs.index.tolist()
    assert steps["df"].tolist() == theirs["df"].tolist()
    assert steps["chi2"].tolist() == pytest.approx(theirs["chisq"].tolist(), rel=1e-6)
    assert steps["chi2_scaled"].tolist() == pytest.approx(theirs["chisq_scaled"].tolist(), rel=1e-6)
    for index in INDICES:
        assert steps[index].tolist() == pytest.approx(theirs[index].tolist(), abs=1e-6)


def test_differences_of_steps_are_tested_as_in_lavaan(case):
    steps, r = case
    for step, theirs in r["difference"].items():
        ours = steps.loc[step]
        assert ours["df_difference"] == theirs["df"]
        if theirs["df"] > 0:
            assert ours["chi2_difference"] == pytest.approx(theirs["chi2"], rel=1e-5)
            assert ours["p_difference"] == pytest.approx(theirs["p"], rel=1e-4)
        else:
            assert pd.isna(ours["p_difference"])


def test_numbers_of_respondents_are_those_of_r(case):
    steps, r = case
    assert steps["n_respondents"].unique().tolist() == [sum(r["n"].values())]
    assert steps["n_groups"].unique().tolist() == [len(r["n"])]
