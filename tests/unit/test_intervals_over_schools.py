"""Intervals that know that pupils of a school are alike, held against draws of whole schools."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from psychometrics.reliability import categorical_omega
from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
from psychometrics.validity import htmt, htmt_intervals, known_groups

DATA = Path(__file__).parents[1] / "golden" / "data"
MODEL = {"V": [f"V{n}" for n in range(1, 5)], "W": [f"W{n}" for n in range(1, 7)]}
T_35 = 2.03
"""Of 36 schools."""
ITEMS = [item for items in MODEL.values() for item in items]


@pytest.fixture(scope="module")
def pupils() -> pd.DataFrame:
    """Complete answers of 36 simulated schools, with the school."""
    return pd.read_csv(DATA / "syn_po16.csv")[["school", *ITEMS]].dropna(ignore_index=True)


def spread_over_draws(statistic, pupils: pd.DataFrame, n_draws: int = 60) -> float:
    """Return the standard deviation of a figure over draws of schools: of sixty, right to one in eleven."""
    random, parts = np.random.default_rng(3), [part for _, part in pupils.groupby("school")]
    drawn = (random.integers(len(parts), size=len(parts)) for _ in range(n_draws))
    return float(np.std([statistic(pd.concat([parts[n] for n in places])) for places in drawn], ddof=1))


def test_the_interval_of_omega_is_as_wide_as_draws_of_schools_say(pupils):
    found = categorical_omega(pupils[MODEL["W"]], schools=pupils["school"])
    spread = spread_over_draws(lambda rows: categorical_omega(rows[MODEL["W"]]).value, pupils)
    error = np.log((1 - found.ci_low) / (1 - found.ci_high)) / 2 / T_35 * (1 - found.value)
    assert error == pytest.approx(spread, rel=0.3)
    assert found.ci_low < found.value < found.ci_high < 1


def test_pupils_who_are_alike_say_less_than_as_many_who_are_not(pupils):
    """Intervals that know of schools are wider: here by a tenth at least."""
    alone = htmt_intervals(pupils[ITEMS], MODEL).loc[0]
    together = htmt_intervals(pupils[ITEMS], MODEL, schools=pupils["school"]).loc[0]
    assert together["ci_high"] - together["ci_low"] > 1.1 * (alone["ci_high"] - alone["ci_low"])
    items = pupils[MODEL["W"]]
    found, apart = categorical_omega(items, schools=pupils["school"]), categorical_omega(items)
    assert found.value == apart.value
    assert found.ci_high - found.ci_low > 1.1 * (apart.ci_high - apart.ci_low)


def test_the_interval_of_htmt_is_as_wide_as_draws_of_schools_say(pupils):
    found = htmt_intervals(pupils[ITEMS], MODEL, schools=pupils["school"]).loc[0]
    spread = spread_over_draws(lambda rows: htmt(rows[ITEMS], MODEL).loc["V", "W"], pupils)
    error = np.log(found["ci_high"] / found["ci_low"]) / 2 / T_35 * found["htmt"]
    assert error == pytest.approx(spread, rel=0.3)
    assert found["htmt"] == htmt(pupils[ITEMS], MODEL).loc["V", "W"]


def test_the_interval_of_a_difference_is_as_wide_as_draws_of_schools_say(pupils):
    def g(rows: pd.DataFrame) -> float:
        low, high = (rows["V1"][(rows["V2"] > 3) == safe].to_numpy() for safe in (False, True))
        around = np.concatenate([low - low.mean(), high - high.mean()])
        return float((low.mean() - high.mean()) / np.sqrt(around @ around / (len(rows) - 2)))

    found = known_groups(pupils["V1"], pupils["V2"] > 3, schools=pupils["school"]).contrasts.loc[0]
    error = (found["ci_high"] - found["ci_low"]) / 2 / T_35
    assert error == pytest.approx(spread_over_draws(g, pupils), rel=0.3)


def test_whoever_is_alone_in_a_school_is_an_independent_draw():
    """Then both intervals are one, as far as large samples go."""
    random = np.random.default_rng(1)
    score, group = pd.Series(random.normal(size=4000)), pd.Series(np.arange(4000) % 2)
    alone = known_groups(score, group, schools=pd.Series(np.arange(4000)))
    apart = known_groups(score, group)
    for ends in ("ci_low", "ci_high"):
        assert alone.contrasts[ends][0] == pytest.approx(apart.contrasts[ends][0], abs=2e-3)
        np.testing.assert_allclose(alone.groups[ends], apart.groups[ends], atol=1e-3)


def test_where_all_of_a_school_answer_alike_there_are_as_many_draws_as_schools():
    """Twenty copies of each pupil add nothing: the interval is that of one of each."""
    random = np.random.default_rng(2)
    score, group = pd.Series(random.normal(size=200)), pd.Series(np.arange(200) % 2)
    one = known_groups(score, group, schools=pd.Series(np.arange(200))).contrasts.loc[0]
    copied = [
        column.repeat(20).reset_index(drop=True) for column in (score, group, pd.Series(np.arange(200)))
    ]
    many = known_groups(copied[0], copied[1], schools=copied[2]).contrasts.loc[0]
    assert many["ci_high"] - many["ci_low"] == pytest.approx(one["ci_high"] - one["ci_low"], rel=0.02)


@pytest.mark.slow
def test_the_true_difference_lies_in_the_interval_as_often_as_it_says():
    """Of 200 samples of 40 schools that differ, about 95 %; with pupils taken as independent, far fewer."""
    inside = {"schools": 0, "pupils": 0}
    for seed in range(200):
        random = np.random.default_rng(seed)
        schools = pd.Series(np.repeat(np.arange(40), 30))
        group = pd.Series((random.random(1200) < random.beta(1, 1, 40)[schools]).astype(int))
        score = pd.Series(
            random.normal(size=40)[schools] * 0.5 + random.normal(size=1200) + 0.4 * (group == 0)
        )
        true = 0.4 / np.sqrt(1.25)
        for name, given in (("schools", {"schools": schools}), ("pupils", {})):
            row = known_groups(score, group, **given).contrasts.loc[0]
            inside[name] += row["ci_low"] < true < row["ci_high"]
    assert inside["schools"] >= 180
    assert inside["pupils"] < inside["schools"] - 10


def test_of_one_school_nothing_is_said(pupils):
    one = pupils[pupils["school"] == pupils["school"].iloc[0]]
    with pytest.raises(ScoresError, match="of one school"):
        known_groups(one["V1"], one["V2"] > 3, schools=one["school"])
    with pytest.raises(ScoresError, match="of one school"):
        categorical_omega(one[MODEL["W"]], schools=one["school"])


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_is_a_share(pupils, confidence):
    with pytest.raises(ScoresError, match="not between 0 and 1"):
        categorical_omega(pupils[MODEL["W"]], confidence=confidence)
    with pytest.raises(ScoresError, match="not between 0 and 1"):
        htmt_intervals(pupils[ITEMS], MODEL, confidence=confidence)


def test_omega_finds_the_reliability_that_was_planted():
    """Two parallel sums of simulated answers correlate so much; the interval holds it."""
    one = pd.DataFrame([[1.0]], ["F"], ["F"])
    items = [f"{half}{n}" for half in "XY" for n in range(4)]
    thresholds = {item: [-0.7, 0.1, 0.9] for item in items}
    true = OrdinalModel({"F": items}, dict.fromkeys(items, 0.7), thresholds, one)
    groups = balanced_groups(n_schools=100, n_classes=1, n_respondents=60)
    scores = simulate_answers(true, groups, seed=4)
    halves = [scores[items[:4]], scores[items[4:]]]
    parallel = float(np.corrcoef(halves[0].sum(axis=1), halves[1].sum(axis=1))[0, 1])
    found = categorical_omega(halves[0], schools=groups["school"])
    assert found.ci_low - 0.01 < parallel < found.ci_high + 0.01
