"""How often, and where a school lies: true of populations that are known."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.norms import school_norms
from psychometrics.prevalence import prevalence
from psychometrics.scores import ScoresError


def events(random: np.random.Generator, *, n_schools: int, spread: float) -> tuple[pd.DataFrame, pd.Series]:
    """Return an event that happens to one in five, in schools that differ by `spread`."""
    rates = np.clip(0.2 + spread * random.standard_normal(n_schools), 0.01, 0.99)
    schools = np.repeat(np.arange(n_schools), 30)
    return pd.DataFrame({"event": random.random(len(schools)) < rates[schools]}), pd.Series(schools)


def test_intervals_hold_the_truth_where_schools_differ():
    """95 % of 300 samples, by the margin of chance; pupils as independent draws would give about 80 %."""
    random = np.random.default_rng(1)
    held = 0
    for _ in range(300):
        row = prevalence(*events(random, n_schools=50, spread=0.08)).loc["event"]
        held += row["ci_low"] <= 0.2 <= row["ci_high"]
    assert 0.92 <= held / 300 <= 0.99


def test_schoolmates_who_are_alike_widen_the_interval():
    random = np.random.default_rng(2)
    assert prevalence(*events(random, n_schools=50, spread=0.15))["design_effect"].iloc[0] > 2
    assert prevalence(*events(random, n_schools=200, spread=0.0))["design_effect"].iloc[0] < 1.5


def test_what_never_happened_may_still_happen():
    """Clopper and Pearson: of 0 in 100, the upper end is 1 - (.025)^(1/100)."""
    never = pd.DataFrame({"event": [False] * 100})
    row = prevalence(never, pd.Series(np.arange(100))).loc["event"]
    assert (row["rate"], row["ci_low"]) == (0, 0)
    assert row["ci_high"] == pytest.approx(1 - 0.025 ** (1 / 100))


def test_missing_answers_are_no_events():
    frame = pd.DataFrame({"event": [True, False, None, None]}, dtype="boolean")
    row = prevalence(frame, pd.Series([1, 1, 2, 3])).loc["event"]
    assert (row["n"], row["rate"]) == (2, 0.5)


def test_one_school_says_nothing_of_schools():
    with pytest.raises(ScoresError, match=r"1 school\(s\); give at least 2"):
        prevalence(pd.DataFrame({"event": [True, False]}), pd.Series([1, 1]))


def test_norms_are_percentiles_of_school_means_with_the_truth_between():
    random = np.random.default_rng(3)
    schools = pd.Series(np.repeat(np.arange(400), 50))
    means = 3 + 0.3 * random.standard_normal(400)
    norms = school_norms(
        pd.Series(means[schools]) + 0.01 * random.standard_normal(len(schools)), schools, seed=1
    )
    truth = {10: 3 - 0.3 * 1.2816, 50: 3.0, 90: 3 + 0.3 * 1.2816}
    for percentile, value in truth.items():
        row = norms.loc[percentile]
        assert row["ci_low"] < value < row["ci_high"]
        assert row["value"] == pytest.approx(value, abs=0.05)


def test_nineteen_schools_give_no_norms_and_twenty_do():
    """A school of nine does not count."""
    sizes = [10] * 20 + [9]
    schools = pd.Series(np.repeat(np.arange(21), sizes))
    scores = schools / 10
    assert school_norms(scores, schools, seed=1).attrs["n_schools"] == 20
    with pytest.raises(ScoresError, match="19 with 10 scores; norms need at least 20"):
        school_norms(scores[schools > 0], schools[schools > 0], seed=1)
