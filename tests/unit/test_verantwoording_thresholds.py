"""By which borders the account judges, and who is too few to be judged (EIS-C3)."""

import pytest

from export.account import thresholds
from export.account.attempt import NotComputed
from psychometrics.reliability import LowerBound, Reliability
from psychometrics.sampling.bootstrap import BootstrapInterval

LAMBDA2 = LowerBound(0.8, 6, 500)


@pytest.mark.parametrize(
    ("ci_low", "verdict"),
    [
        (0.5999, "onvoldoende"),
        (0.60, "voldoende"),
        (0.6999, "voldoende"),
        (0.70, "goed"),
        (float("nan"), "onvoldoende"),
    ],
)
def test_the_lower_limit_decides(ci_low, verdict):
    """EIS-C3: COTAN's borders for groups; alpha itself would be goed in each of these."""
    result = Reliability(0.9, ci_low, 0.95, 6, 500, 0.95)
    assert thresholds.judge_scale("welbevinden", result, LAMBDA2).verdict == verdict


def test_of_an_index_no_consistency_is_demanded():
    """Causal indicators: who is shut out need not be robbed as well."""
    result = Reliability(0.3, 0.2, 0.4, 11, 500, 0.95)
    assert thresholds.judge_scale("aantasting", result, LAMBDA2).verdict == "niet geëist"


def test_nine_pupils_give_no_verdict_and_ten_do():
    """D2."""
    nine, ten = (Reliability(0.9, 0.8, 0.95, 6, number, 0.95) for number in (9, 10))
    assert thresholds.judge_scale("welbevinden", nine, LAMBDA2).verdict == "te weinig leerlingen"
    assert thresholds.judge_scale("welbevinden", ten, LAMBDA2).verdict == "goed"
    nothing = NotComputed(("constant",))
    assert thresholds.judge_scale("welbevinden", nothing, nothing).verdict == "te weinig leerlingen"


def test_the_worst_scale_decides():
    assert thresholds.worst(["goed", "niet geëist", "voldoende"]) == "voldoende"
    assert thresholds.worst(["goed", "te weinig leerlingen"]) == "te weinig leerlingen"
    assert thresholds.worst(["niet geëist"]) == "niet geëist"


def test_every_threshold_has_a_source_and_says_whether_it_was_checked():
    used = thresholds.load()
    for threshold in (used.reliability, used.item_rest):
        assert threshold.source
        assert threshold.year > 1900
        assert threshold.sufficient < threshold.good


def test_the_wider_of_two_intervals_counts():
    """Pupils of a school are alike: the interval over schools may be the wider one, and then decides."""
    alone = Reliability(0.72, 0.71, 0.73, 6, 500, 0.95)
    schools = BootstrapInterval(0.65, 0.78, 0.95, 1000, 0, 40, 6, 500, ())
    judged = thresholds.judge_scale("welbevinden", alone, LAMBDA2, over_schools=schools)
    assert (judged.reliability.ci_low, judged.reliability.ci_high) == (0.65, 0.78)
    assert judged.verdict == "voldoende"


def test_what_is_shown_to_be_insufficient_is_worse_than_what_could_not_be_shown():
    assert thresholds.worst(["te weinig gegevens", "onvoldoende", "goed"]) == "onvoldoende"
    assert thresholds.worst(["te weinig gegevens", "goed"]) == "te weinig gegevens"
