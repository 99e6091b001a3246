"""Truths about intervals over draws of whole schools."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import PsychometricWarning, UnreliableErrorsWarning
from psychometrics.polychoric import polychoric
from psychometrics.reliability import bootstrap_interval, cronbach_alpha, guttman_lambda2
from psychometrics.reliability import standard_error_of_measurement as error_of
from psychometrics.sampling import bootstrap
from psychometrics.sampling.bootstrap import LostReplicationsWarning
from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

ITEMS = list("ABCD")
ONE = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
MODEL = OrdinalModel(
    {"f": ITEMS}, dict.fromkeys(ITEMS, 0.7), {item: [-1, 0, 1] for item in ITEMS}, ONE, school_variance=0.2
)
GROUPS = balanced_groups(n_schools=40, n_classes=1, n_respondents=12)
SCORES = simulate_answers(MODEL, GROUPS, seed=2)
SCHOOLS = GROUPS["school"]


def interval(statistic, *, scores=SCORES, schools=SCHOOLS, replications=60, seed=1, **options):
    return bootstrap_interval(
        statistic, scores, schools=schools, replications=replications, seed=seed, **options
    )


@pytest.mark.parametrize(
    ("statistic", "slow"),
    [
        (cronbach_alpha, lambda scores: cronbach_alpha(scores).alpha),
        (guttman_lambda2, lambda scores: guttman_lambda2(scores).value),
    ],
)
def test_sums_of_schools_give_what_their_rows_give(statistic, slow):
    """A function that is not known goes by rows; the draws are the same."""
    fast, by_rows = interval(statistic), interval(slow)
    assert (fast.low, fast.high) == pytest.approx((by_rows.low, by_rows.high), abs=1e-12)


def test_the_same_seed_gives_the_same_interval():
    assert interval(cronbach_alpha) == interval(cronbach_alpha)
    assert interval(cronbach_alpha) != interval(cronbach_alpha, seed=2)


def test_more_draws_start_with_the_same_draws():
    few, many = (list(bootstrap._draws(7, replications, 5)) for replications in (100, 250))
    assert [len(block) for block in many] == [100, 100, 50]
    np.testing.assert_array_equal(few[0], many[0])


def test_a_draw_has_as_many_schools_as_the_sample():
    (drawn,) = bootstrap._draws(7, 50, 5)
    assert drawn.shape == (50, 7)
    assert (drawn.sum(axis=1) == 7).all()


def test_the_interval_lies_around_the_estimate():
    result = interval(cronbach_alpha, replications=500)
    assert result.low < cronbach_alpha(SCORES).alpha < result.high
    narrow = interval(cronbach_alpha, replications=500, confidence=0.5)
    assert result.low < narrow.low < narrow.high < result.high


def test_schools_that_differ_make_the_interval_wider_than_that_of_feldt():
    """In half of the schools answers are random; Feldt takes all pupils as draws of the same."""
    shuffled = SCORES.apply(lambda item: item.sample(frac=1, random_state=ord(item.name)).to_numpy())
    mixed = SCORES.where(SCHOOLS < 20, shuffled, axis="index")
    result, feldt = interval(cronbach_alpha, scores=mixed, replications=500), cronbach_alpha(mixed)
    assert result.high - result.low > 1.2 * (feldt.ci_high - feldt.ci_low)


def test_schools_that_are_all_the_same_leave_no_doubt():
    same = pd.concat([SCORES.head(12)] * 40, ignore_index=True)
    result = interval(cronbach_alpha, scores=same)
    assert result.low == pytest.approx(result.high, abs=1e-3)


def test_few_schools_go_further_out():
    """Hesterberg (2015): of 30 schools percentiles at 2 %, of 3000 all but those at 2.5 %."""
    assert bootstrap._expanded_tail(0.025, 30) == pytest.approx(0.01875, abs=1e-5)
    assert bootstrap._expanded_tail(0.025, 3000) == pytest.approx(0.025, abs=1e-4)


def test_order_of_rows_changes_nothing_when_schools_come_in_the_same_order():
    moved = pd.concat([SCORES.iloc[1::2], SCORES.iloc[::2]])
    result = interval(cronbach_alpha, scores=moved, schools=SCHOOLS[moved.index])
    assert (result.low, result.high) == pytest.approx(
        (interval(cronbach_alpha).low, interval(cronbach_alpha).high), abs=1e-12
    )


def test_incomplete_respondents_are_left_out():
    holes = SCORES.mask(np.random.default_rng(1).random(SCORES.shape) < 0.05)
    complete = holes.dropna()
    one = interval(cronbach_alpha, scores=holes)
    assert one == interval(cronbach_alpha, scores=complete, schools=SCHOOLS[complete.index])
    assert (one.n_items, one.n_respondents, one.n_schools) == (4, len(complete), 40)


def test_schools_of_any_size_and_label_can_be_drawn():
    sizes = pd.Series(np.random.default_rng(5).choice(list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"), size=480))
    fast = interval(cronbach_alpha, schools=sizes)
    by_rows = interval(lambda scores: cronbach_alpha(scores).alpha, schools=sizes)
    assert (fast.low, fast.high) == pytest.approx((by_rows.low, by_rows.high), abs=1e-12)


def test_few_schools_are_warned_about():
    few = SCHOOLS < 29
    with pytest.warns(UnreliableErrorsWarning, match="29 schools are few"):
        result = interval(cronbach_alpha, scores=SCORES[few], schools=SCHOOLS[few])
    assert len(result.warnings) == 1
    assert interval(cronbach_alpha, scores=SCORES, schools=SCHOOLS).warnings == ()


def test_draws_without_the_statistic_are_left_out_and_counted():
    """Only school 0 ever gives another answer to A; draws without it have a constant item."""
    rare = SCORES.assign(A=np.where(SCHOOLS == 0, SCORES["A"], 2))
    for statistic in (cronbach_alpha, lambda scores: cronbach_alpha(scores).alpha):
        with pytest.warns(LostReplicationsWarning, match="of 60 draws do not have the statistic"):
            result = interval(statistic, scores=rare)
        assert 10 < result.n_lost < 35
        assert np.isfinite([result.low, result.high]).all()


def test_a_draw_in_which_items_cancel_out_is_lost():
    """In all schools but one C is the opposite of A + B, so that totals do not vary."""
    scores = SCORES[["A", "B"]].assign(C=lambda items: 9 - items["A"] - items["B"])
    scores["C"] = scores["C"].where(SCHOOLS > 0, SCORES["C"])
    for statistic in (cronbach_alpha, lambda scores: cronbach_alpha(scores).alpha):
        with pytest.warns(LostReplicationsWarning):
            result = interval(statistic, scores=scores)
        assert result.high < 1
        assert 10 < result.n_lost < 35


def test_what_a_draw_lacks_is_no_warning_about_the_sample(recwarn):
    rare = SCORES.assign(A=np.where(SCHOOLS == 0, 4, np.where(SCHOOLS % 2 == 0, 1, 3)))
    interval(lambda scores: polychoric(scores).correlations.loc["B", "C"], scores=rare, replications=3)
    assert not [warning for warning in recwarn if issubclass(warning.category, PsychometricWarning)]


def test_a_statistic_that_most_draws_lack_has_no_interval():
    def refuses(_scores):
        raise ScoresError(["never"])

    with pytest.raises(ScoresError, match="60 of 60 draws do not have the statistic"):
        interval(refuses)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"schools": SCHOOLS * 0}, r"complete answers of 1 school\(s\); at least 2"),
        ({"schools": SCHOOLS.iloc[::-1]}, "align them row by row"),
        ({"schools": SCHOOLS.mask(SCHOOLS == 3)}, r"12 respondent\(s\) without a group"),
        ({"scores": SCORES.assign(A=1)}, "everyone gave the same answer"),
        ({"confidence": 95}, r"write 0\.95 for 95 %"),
        ({"replications": 0}, "1000 is common"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options, words):
    with pytest.raises(ScoresError, match=words):
        interval(cronbach_alpha, **options)


def test_numbers_travel_along():
    shown = interval(cronbach_alpha)._repr_markdown_()
    assert "over 60 draws of 40 schools; 4 items, 480 respondents" in shown
    assert "4 items, 480 respondents" in error_of(SCORES)._repr_markdown_()


def test_the_error_of_measurement_follows_its_definition():
    """Standard deviation of the sum score times the root of one minus alpha."""
    expected = SCORES.sum(axis="columns").std() * np.sqrt(1 - cronbach_alpha(SCORES).alpha)
    assert error_of(SCORES).value == pytest.approx(expected, abs=1e-12)
    assert error_of(SCORES, reliability=0).value == pytest.approx(SCORES.sum(axis="columns").std())


def test_perfect_items_measure_without_error():
    same = pd.DataFrame(dict.fromkeys("ABC", SCORES["A"]))
    assert error_of(same).value == pytest.approx(0, abs=1e-6)


def test_a_reliability_above_one_is_refused():
    with pytest.raises(ScoresError, match=r"reliability: 1\.2 is above 1"):
        error_of(SCORES, reliability=1.2)
