"""Response, deviation and verdict (EIS-B)."""

import math

import pytest

from psychometrics import representativeness
from psychometrics.representativeness import CountsError, compare, required_sample

POPULATION = {6: 100, 7: 100, 8: 100}


@pytest.mark.parametrize(
    ("population", "sample"),
    [(30, 28), (60, 53), (90, 74), (120, 92), (200, 132), (500, 218), (1000, 278)],
)
def test_required_sample_is_that_of_the_inspectorate(population, sample):
    """EIS-B: the table of DOMAIN.md, five points at 95 %."""
    assert required_sample(population) == sample


def test_of_one_pupil_one_is_needed():
    assert required_sample(1) == 1


def test_everybody_is_representative():
    result = compare(POPULATION, POPULATION)
    assert result.verdict == representativeness.REPRESENTATIVE
    assert (result.response_rate, result.chi_square, result.effect_size) == (1, 0, 0)


def test_chi_square_and_w_follow_their_definitions():
    """Expected 60 of each: (10² + 0² + 10²) / 60, and w is the root of that over 180."""
    result = compare({6: 50, 7: 60, 8: 70}, POPULATION)
    assert result.chi_square == pytest.approx(200 / 60)
    assert result.effect_size == pytest.approx(math.sqrt(200 / 60 / 180))
    assert result.degrees_of_freedom == 2


def test_deviation_is_in_points_of_the_share():
    result = compare({6: 50, 7: 60, 8: 70}, POPULATION)
    assert result.strata["deviation"].tolist() == pytest.approx([-100 / 18, 0, 100 / 18])
    assert result.strata["deviation"].sum() == pytest.approx(0)


def test_one_fewer_than_required_is_too_few():
    needed = required_sample(300)
    share = needed // 3
    enough = {6: share, 7: share, 8: needed - 2 * share}
    assert compare(enough, POPULATION).verdict == representativeness.REPRESENTATIVE
    assert compare({**enough, 8: enough[8] - 1}, POPULATION).verdict == representativeness.TOO_FEW


def test_a_leerjaar_that_stayed_away_is_skewed():
    """Enough pupils answered, and hardly one of groep 8."""
    assert compare({6: 100, 7: 95, 8: 10}, POPULATION).verdict == representativeness.SKEWED
    assert compare({6: 60, 7: 60}, POPULATION).verdict == representativeness.TOO_FEW_AND_SKEWED


def test_a_large_w_by_chance_is_no_skew():
    """Of a handful, w is large whoever answers; the verdict is about the number."""
    result = compare({6: 3, 7: 1, 8: 2}, POPULATION)
    assert result.effect_size > representativeness.NEGLIGIBLE_EFFECT
    assert result.verdict == representativeness.TOO_FEW


def test_a_small_w_of_many_is_no_skew():
    """Of thousands every difference is significant, and this one is negligible."""
    result = compare({"BO": 50_000, "SBO": 50_000}, {"BO": 80_000, "SBO": 85_000})
    assert result.p_value < representativeness.SIGNIFICANCE
    assert result.verdict == representativeness.REPRESENTATIVE


def test_nobody_answered_is_too_few():
    result = compare({}, POPULATION)
    assert result.verdict == representativeness.TOO_FEW
    assert math.isnan(result.effect_size)


def test_one_stratum_cannot_deviate():
    result = compare({6: 28}, {6: 30})
    assert (result.chi_square, result.p_value) == (0, 1)
    assert result.verdict == representativeness.REPRESENTATIVE


def test_more_respondents_than_registered_is_said():
    """A pupil who came in after the register was read; not a crash, and not "representative"."""
    result = compare({6: 101, 7: 100, 8: 100}, POPULATION)
    assert result.verdict == representativeness.POPULATION_EXCEEDED


def test_strata_without_pupils_are_left_out():
    result = compare({6: 30, 7: 0}, {6: 30, 7: 0})
    assert result.strata.index.tolist() == [6]


def test_all_faults_of_the_counts_come_at_once():
    with pytest.raises(CountsError) as refused:
        compare({9: 4, 6: -1}, {6: 10, 7: -2})
    assert 'stratum "9": respondents, but no such stratum' in str(refused.value)
    assert 'respondents "6": a count cannot be negative' in str(refused.value)
    assert 'population "7": a count cannot be negative' in str(refused.value)
    with pytest.raises(CountsError, match="nobody in it"):
        compare({}, {})


def test_the_result_shows_itself_with_its_numbers():
    shown = compare({6: 50, 7: 60, 8: 70}, POPULATION)._repr_markdown_()
    assert "180 of 300 (60%), 169 needed" in shown
    assert "| 6 | 100 | 50 | 0.33 | 0.28 | -5.56 |" in shown
