"""Against R's psych, in full precision; data, script and versions are in the folder data."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from psychometrics.items import answer_shares, item_statistics
from psychometrics.reliability import cronbach_alpha, guttman_lambda2

DATA = Path(__file__).parent / "data"
TOLERANCE = 1e-10
SCALES = [("syn_small8", "all"), ("syn_po16", "all"), ("syn_po16", "V"), ("syn_po16", "A"), ("syn_po16", "W")]


@pytest.fixture(params=SCALES, ids="-".join)
def golden(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Scores of one scale with R's results on its complete cases."""
    name, scale = request.param
    results = json.loads((DATA / f"{name}.json").read_text("utf-8"))
    complete = pd.read_csv(DATA / f"{name}.csv").dropna(subset=results["meta"]["items"])
    return complete[results[scale]["item_stats"]["item"]], results[scale]


def test_alpha_equals_r(golden):
    scores, r = golden
    result = cronbach_alpha(scores)
    assert result.alpha == pytest.approx(r["raw_alpha"], abs=TOLERANCE)
    assert (result.n_respondents, result.n_items) == (r["n_complete"], scores.shape[1])


def test_interval_equals_that_of_feldt_in_r(golden):
    scores, r = golden
    result = cronbach_alpha(scores)
    assert result.ci_low == pytest.approx(r["feldt"]["lower.ci.raw_alpha"], abs=TOLERANCE)
    assert result.ci_high == pytest.approx(r["feldt"]["upper.ci.raw_alpha"], abs=TOLERANCE)


def test_lambda2_equals_r(golden):
    scores, r = golden
    assert guttman_lambda2(scores).value == pytest.approx(r["lambda2_cov"], abs=TOLERANCE)


@pytest.mark.parametrize(
    ("ours", "block", "theirs"),
    [
        ("rit", "item_stats", "raw.r"),
        ("rir", "item_stats", "r.drop"),
        ("mean", "item_stats", "mean"),
        ("sd", "item_stats", "sd"),
        ("n", "item_stats", "n"),
        ("alpha_if_deleted", "alpha_drop", "raw_alpha"),
    ],
)
def test_item_statistics_equal_r(golden, ours, block, theirs):
    scores, r = golden
    assert r[block]["item"] == list(scores.columns)
    np.testing.assert_allclose(item_statistics(scores)[ours], r[block][theirs], rtol=0, atol=TOLERANCE)


def test_shares_equal_r(golden):
    scores, r = golden
    options = [int(option) for option in r["response_freq"]["cols"][:-1]]
    expected = np.array(r["response_freq"]["values"])[:, :-1]
    np.testing.assert_allclose(answer_shares(scores, options=options), expected, rtol=0, atol=TOLERANCE)


def test_incomplete_respondents_are_left_out_of_alpha():
    """The file has pupils who skipped items; R's values are on complete cases."""
    r = json.loads((DATA / "syn_po16.json").read_text("utf-8"))
    scores = pd.read_csv(DATA / "syn_po16.csv")[r["meta"]["items"]]
    assert len(scores) > r["all"]["n_complete"]
    assert cronbach_alpha(scores).alpha == pytest.approx(r["all"]["raw_alpha"], abs=TOLERANCE)
    assert cronbach_alpha(scores).n_respondents == r["all"]["n_complete"]
