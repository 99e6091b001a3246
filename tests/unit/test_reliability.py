"""Truths about alpha and lambda-2."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from psychometrics.reliability import alpha_per_group, cronbach_alpha, guttman_lambda2
from psychometrics.scores import ScoresError

RANDOM = np.random.default_rng(7)
PERSON = RANDOM.normal(size=200)
SCORES = pd.DataFrame(
    {f"I{item}": np.clip(np.round(2.5 + PERSON + RANDOM.normal(size=200)), 1, 4) for item in range(5)}
)


def test_identical_items_are_perfectly_consistent():
    """Alpha is 1 by definition, and so are both ends of its interval."""
    result = cronbach_alpha(pd.DataFrame(dict.fromkeys("ABC", SCORES["I0"])))
    assert result.alpha == pytest.approx(1, abs=1e-12)
    assert (result.ci_low, result.ci_high) == pytest.approx((1, 1), abs=1e-12)
    assert guttman_lambda2(pd.DataFrame(dict.fromkeys("ABC", SCORES["I0"]))).value == pytest.approx(
        1, abs=1e-12
    )


def test_two_parallel_items_follow_spearman_and_brown():
    """With equal variances alpha is 2r / (1 + r)."""
    items = pd.DataFrame({"A": [1, 2, 3, 4, 1, 2], "B": [2, 1, 4, 3, 2, 1]})
    r = items["A"].corr(items["B"])
    assert items["A"].var() == items["B"].var()
    assert cronbach_alpha(items).alpha == pytest.approx(2 * r / (1 + r), abs=1e-12)


def test_of_two_items_lambda2_is_alpha():
    two = SCORES[["I0", "I1"]]
    assert guttman_lambda2(two).value == pytest.approx(cronbach_alpha(two).alpha, abs=1e-12)


def test_lambda2_is_never_below_alpha():
    assert guttman_lambda2(SCORES).value >= cronbach_alpha(SCORES).alpha


def test_order_of_rows_and_items_changes_nothing():
    shuffled = SCORES.sample(frac=1, random_state=3)[["I3", "I0", "I4", "I1", "I2"]]
    assert cronbach_alpha(shuffled).alpha == pytest.approx(cronbach_alpha(SCORES).alpha, abs=1e-14)
    assert guttman_lambda2(shuffled).value == pytest.approx(guttman_lambda2(SCORES).value, abs=1e-14)


def test_doubled_data_keep_alpha_and_narrow_the_interval():
    once, twice = cronbach_alpha(SCORES), cronbach_alpha(pd.concat([SCORES, SCORES], ignore_index=True))
    assert twice.alpha == pytest.approx(once.alpha, abs=1e-12)
    assert twice.ci_low > once.ci_low
    assert twice.ci_high < once.ci_high


def test_alpha_equals_that_of_pingouin():
    """Pingouin counts rows before its own listwise deletion, hence dropna; it rounds its interval."""
    holes = SCORES.mask(np.random.default_rng(1).random(SCORES.shape) < 0.05)
    ours, (theirs, interval) = cronbach_alpha(holes), pingouin.cronbach_alpha(holes.dropna())
    assert ours.alpha == pytest.approx(theirs, abs=1e-12)
    assert [ours.ci_low, ours.ci_high] == pytest.approx(interval.tolist(), abs=6e-4)


def test_missing_answers_widen_the_interval():
    """Fewer complete respondents know less; an interval over all rows would be too narrow."""
    holes = SCORES.copy()
    holes.loc[:99, "I0"] = None
    result, half = cronbach_alpha(holes), cronbach_alpha(SCORES.iloc[100:])
    assert result == half
    assert result.n_respondents == 100


def test_more_confidence_is_a_wider_interval():
    narrow, wide = cronbach_alpha(SCORES, confidence=0.8), cronbach_alpha(SCORES, confidence=0.99)
    assert wide.ci_low < narrow.ci_low < narrow.alpha < narrow.ci_high < wide.ci_high


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    with pytest.raises(ScoresError, match=r"write 0\.95 for 95 %"):
        cronbach_alpha(SCORES, confidence=confidence)


def test_numbers_of_items_and_respondents_travel_along():
    assert "5 items, 200 respondents" in cronbach_alpha(SCORES)._repr_markdown_()
    assert "5 items, 200 respondents" in guttman_lambda2(SCORES)._repr_markdown_()


def test_alpha_per_group_is_that_of_each_group():
    groups = pd.Series(np.repeat([7, 6], 100), name="leerjaar")
    table = alpha_per_group(SCORES, groups)
    assert table.index.tolist() == [6, 7]
    assert table.loc[6, "alpha"] == cronbach_alpha(SCORES[groups == 6]).alpha
    assert table["fault"].tolist() == ["", ""]


def test_a_group_that_is_too_small_says_so_and_stops_no_other():
    groups = pd.Series([6] + [7] * 199, name="leerjaar")
    table = alpha_per_group(SCORES, groups)
    assert np.isnan(table.loc[6, "alpha"])
    assert "leave the item out" in table.loc[6, "fault"]
    assert table.loc[7, "fault"] == ""


@pytest.mark.parametrize("statistic", [cronbach_alpha, guttman_lambda2])
def test_scores_that_cannot_be_used_are_refused(statistic):
    with pytest.raises(ScoresError, match="give at least 2 columns"):
        statistic(SCORES[["I0"]])
    with pytest.raises(ScoresError, match="same answer"):
        statistic(SCORES.assign(I0=1))
