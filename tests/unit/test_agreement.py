"""Truths about scores given twice."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from psychometrics.agreement import intraclass_correlation, test_retest
from psychometrics.scores import ScoresError

RANDOM = np.random.default_rng(4)
PERSON = RANDOM.normal(3, 1, size=80)
FIRST, SECOND = (pd.Series(PERSON + RANDOM.normal(0, 0.6, size=80)) for _ in range(2))


def test_the_same_scores_agree_perfectly():
    result = test_retest(FIRST, FIRST)
    assert (result.icc, result.ci_low, result.ci_high) == (1, 1, 1)
    assert (result.standard_error_of_measurement, result.smallest_detectable_change) == (0, 0)


def test_icc_is_that_of_pingouin():
    """Pingouin rounds the interval to two decimals, hence our own."""
    both = pd.DataFrame({"first": FIRST, "second": SECOND}).rename_axis("pupil").reset_index()
    long = both.melt(id_vars="pupil", var_name="occasion", value_name="score")
    table = pingouin.intraclass_corr(long, targets="pupil", raters="occasion", ratings="score")
    theirs = table[table["Type"] == "ICC(A,1)"].iloc[0]
    result = test_retest(FIRST, SECOND)
    assert result.icc == pytest.approx(theirs["ICC"], abs=1e-10)
    assert [result.ci_low, result.ci_high] == pytest.approx(list(theirs["CI95"]), abs=6e-3)


def test_a_change_of_everyone_lowers_agreement_and_not_the_standard_error():
    """Agreement counts a systematic change against the scale; the change itself is reported."""
    plain, moved = test_retest(FIRST, SECOND), test_retest(FIRST, SECOND + 2)
    assert moved.icc < plain.icc
    assert moved.standard_error_of_measurement == pytest.approx(plain.standard_error_of_measurement)
    assert moved.mean_change == pytest.approx(plain.mean_change + 2)


def test_an_equal_change_of_everyone_is_no_perfect_agreement():
    result = test_retest(FIRST, FIRST + 1)
    assert result.ci_low < result.icc < result.ci_high
    assert result.icc < 1
    assert result.standard_error_of_measurement == pytest.approx(0, abs=1e-12)


def test_who_comes_first_does_not_matter():
    one, other = test_retest(FIRST, SECOND), test_retest(SECOND, FIRST)
    assert (other.icc, other.ci_low) == pytest.approx((one.icc, one.ci_low))
    assert other.mean_change == pytest.approx(-one.mean_change)


def test_smallest_detectable_change_follows_from_the_standard_error():
    result = test_retest(FIRST, SECOND)
    expected = 1.96 * np.sqrt(2) * result.standard_error_of_measurement
    assert result.smallest_detectable_change == pytest.approx(expected)


def test_points_of_another_size_change_points_and_not_the_icc():
    one, other = test_retest(FIRST, SECOND), test_retest(10 * FIRST + 5, 10 * SECOND + 5)
    assert other.icc == pytest.approx(one.icc, abs=1e-12)
    assert other.smallest_detectable_change == pytest.approx(10 * one.smallest_detectable_change)


def test_pairs_that_miss_one_score_are_left_out_and_counted():
    holes = SECOND.mask(np.arange(80) % 8 == 0)
    result, complete = test_retest(FIRST, holes), test_retest(FIRST[holes.notna()], holes.dropna())
    assert (result.icc, result.ci_high) == (complete.icc, complete.ci_high)
    assert (result.n_respondents, result.n_incomplete) == (70, 10)
    assert (complete.n_respondents, complete.n_incomplete) == (70, 0)


def test_scores_turned_around_disagree():
    """A negative ICC is a result, not an error."""
    result = test_retest(FIRST, 6 - SECOND)
    assert result.ci_low < result.icc < result.ci_high < 0


def test_more_confidence_is_a_wider_interval():
    narrow, wide = test_retest(FIRST, SECOND, confidence=0.8), test_retest(FIRST, SECOND, confidence=0.99)
    assert wide.ci_low < narrow.ci_low < narrow.icc < narrow.ci_high < wide.ci_high


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (FIRST, SECOND.iloc[::-1], "align the two scores respondent by respondent"),
        (FIRST, SECOND.astype(str), '"second": not a column of numbers'),
        (FIRST, SECOND.replace(SECOND[0], np.inf), '"second": holds infinite values'),
        (FIRST.head(2), SECOND.head(2), "at least 3 are needed"),
        (FIRST * 0 + 3, FIRST * 0 + 3, "respondents who do not differ is undefined"),
        (FIRST * 0 + 3, FIRST * 0 + 2, "respondents who do not differ is undefined"),
    ],
)
def test_what_has_no_agreement_is_refused(first, second, words):
    with pytest.raises(ScoresError, match=words):
        test_retest(first, second)


def test_all_faults_come_at_once():
    with pytest.raises(ScoresError) as refused:
        intraclass_correlation(pd.DataFrame({"only": list("abc")}), confidence=95)
    assert len(refused.value.faults) == 3


def test_numbers_travel_along():
    assert "80 respondents with two scores" in test_retest(FIRST, SECOND)._repr_markdown_()
    judges = pd.DataFrame({"J1": FIRST, "J2": SECOND, "J3": FIRST + SECOND})
    assert "80 respondents, 3 occasions" in intraclass_correlation(judges)._repr_markdown_()
