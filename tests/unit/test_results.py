"""The results document: figures by hand, words for differences, and other schools without their names."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from export.disclosure import DisclosureError, Release, Unit
from export.results import document, results
from export.results.comparison import Earlier, pooled, with_earlier, with_others
from export.results.uncertainty import SchoolMean, interval, verdict
from instrument.school import School
from instrument.store.results import releases
from tests.attacks.random_schools import AFNAME, EDITION

SCHOOL = School("99AA00", "Simulatieschool De Uitslag", "po", "BO", simulated=True)


def pupils(number: int, stamgroep: str = "7a", **scores: int) -> list[dict[str, Any]]:
    """Make pupils with a score on every item, high = favourable: 3, or what is given for an item."""
    wanted = {item.code: scores.get(item.code, 3) for item in EDITION.scored}
    answers = {
        item.code: 5 - wanted[item.code] if item.reversed else wanted[item.code] for item in EDITION.scored
    }
    return [{"stamgroep": stamgroep, "answers": answers}] * number


ROWS = [*pupils(20, VB01=4, AT12=4), *pupils(10, "8a", VB01=1, AT12=1), *pupils(10, "8b", VB01=2, AT12=2)]


def item(found: dict[str, Any], code: str) -> dict[str, Any]:
    return next(each for each in found["items"] if each["code"] == code)


def options(found: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(each["label"], each["reads"], each["share"]) for each in found["options"]]


def test_options_are_those_of_the_screen_with_their_shares():
    found = item(results(SCHOOL, AFNAME, ROWS), "VB01")
    assert options(found) == [
        ("Heel onveilig", "share", 25),
        ("Een beetje onveilig / Best veilig", "share", 25),
        ("Heel veilig", "share", 50),
    ]
    assert [option["values"] for option in found["options"]] == [[1], [2, 3], [4]]
    assert (found["favourable"], found["n_valid"]) == ("high", 40)


def test_d6_a_sensitive_item_says_whether_it_happened_and_no_more():
    found = results(SCHOOL, AFNAME, ROWS)
    assert options(item(found, "AT12")) == [("Nooit", "share", 50), ("Eén keer of vaker", "share", 50)]
    kind = next(each for each in found["kinds"] if each["item"] == "AT12")
    assert (kind["title"], kind["share"]) == ("Discriminatie om huidskleur of afkomst", 50)


def test_every_item_and_every_kind_has_its_place_also_where_nothing_is_told():
    """Nine pupils: every figure says "te weinig leerlingen" and holds no count."""
    found = results(SCHOOL, AFNAME, pupils(9))
    assert len(found["items"]) == len(EDITION.scored)
    assert len(found["kinds"]) == len(EDITION.items_of("aantasting"))
    figures = [*found["indicators"], *found["items"], *found["kinds"]]
    assert {each["suppressed"] for each in figures} == {"te weinig leerlingen"}
    assert {each["n_valid"] for each in figures} == {None}
    assert releases.told(found) == []


def test_d3_a_leerjaar_gives_way_where_the_rest_would_be_few():
    """Twenty of groep 7 and nine of groep 8: the school and groep 7 would leave the nine."""
    found = results(SCHOOL, AFNAME, [*pupils(20), *pupils(9, "8a")])["indicators"][0]
    assert found["suppressed"] is None
    assert {one["suppressed"] for one in found["per_leerjaar"]} == {"te weinig leerlingen"}


def test_d3_what_was_told_before_counts():
    """Where somebody was told of groep 7 before, the school would leave nine, and is held back."""
    rows = [*pupils(20), *pupils(9, "8a")]
    told = tuple(Release(Unit("leerjaar", "7"), code) for code in ("veiligheidsbeleving", "aantasting"))
    found = results(SCHOOL, AFNAME, rows, history=told)["indicators"]
    assert [each["suppressed"] is None for each in found] == [False, False, True]


def test_d1_an_open_afname_has_no_results():
    with pytest.raises(DisclosureError, match="still open"):
        results(SCHOOL, replace(AFNAME, closed_on=None), ROWS)


def test_a_document_is_json_and_names_no_stamgroep():
    text = json.dumps(results(SCHOOL, AFNAME, ROWS), allow_nan=False)
    assert not [name for name in ("7a", "8b") if f'"{name}"' in text]


def test_what_is_told_is_named_for_the_ledger():
    """Each mean with its units, each item once; kinds are the items again."""
    told = releases.told(results(SCHOOL, AFNAME, ROWS))
    units = [unit for unit, what in told if what == "veiligheidsbeleving"]
    assert units == ["school", "leerjaar:7", "leerjaar:8"]
    assert ("school", "AT12") in told
    assert len(told) == len(set(told))


# Uncertainty


def mean(value: float, n_valid: int = 100, n_stamgroepen: int = 5) -> SchoolMean:
    return SchoolMean(value, n_valid, n_stamgroepen, 1, 4)


def test_an_interval_follows_from_what_is_told():
    """So that it betrays no spread: two schools with one mean and one n have one interval."""
    unanimous = results(SCHOOL, AFNAME, pupils(40))["indicators"][0]
    divided = results(SCHOOL, AFNAME, [*pupils(20), *pupils(10, VB01=1, VB02=4), *pupils(10, VB03=4, VB04=2)])
    divided = divided["indicators"][0]
    assert (unanimous["mean"], unanimous["n_valid"]) == (divided["mean"], divided["n_valid"])
    assert unanimous["interval"] == divided["interval"]


@pytest.mark.parametrize("n_valid", [10, 30, 100, 1000])
def test_an_interval_is_on_the_scale_and_narrows_with_more_pupils(n_valid: int):
    low, high = interval(mean(3.2, n_valid, n_valid // 10))
    more = interval(mean(3.2, 4 * n_valid, 4 * n_valid // 10))
    assert 1 <= low <= more[0] < 3.2 < more[1] <= high <= 4


def test_a_small_difference_with_last_year_may_be_chance_and_a_large_one_not():
    before = Earlier("2025-2026", {"aantasting": mean(3.1)})
    small, large = (with_earlier(mean(value), before, "aantasting") for value in (3.2, 3.6))
    assert small is not None
    assert large is not None
    assert (small["difference"], small["verdict"]) == (0.1, "no_clear_difference")
    assert (large["difference"], large["verdict"]) == (0.5, "higher")
    assert with_earlier(mean(3.2), before, "welbevinden") is None


def test_a_difference_is_named_by_its_direction():
    assert (verdict(0.5, 0.01), verdict(-0.5, 0.01), verdict(0.1, 0.01)) == (
        "higher", "lower", "no_clear_difference",
    )  # fmt: skip


OTHERS = [mean(3.0 + 0.1 * (place % 5)) for place in range(20)]


def test_fewer_than_ten_other_schools_are_no_reference():
    assert with_others(mean(3.2), pooled(OTHERS[:9])) is None
    found = with_others(mean(3.2), pooled(OTHERS[:10]))
    assert found is not None
    assert found["n_schools"] == 10


def test_a_school_beside_others_is_shrunken_towards_them():
    """A mean of few pupils says less, and moves further to that of all."""
    few, many = (with_others(mean(3.9, n), pooled(OTHERS)) for n in (12, 400))
    assert few is not None
    assert many is not None
    assert few["mean"] == many["mean"] == 3.2
    assert few["mean"] < few["shrunken"] < many["shrunken"] <= 3.9
    assert many["verdict"] == "higher"


def test_schools_that_differ_by_chance_only_make_no_difference():
    """All that schools have in common is then their mean, and no school differs from it."""
    alike = [mean(3.2, 20) for _ in range(12)]
    found = with_others(mean(3.6, 20), pooled(alike))
    assert found is not None
    assert (found["low"], found["high"], found["verdict"]) == (3.2, 3.2, "no_clear_difference")


def test_the_pool_is_that_of_the_means_where_all_weigh_alike():
    """REML of balanced groups: the variance of means less that of chance (Searle, Casella and McCulloch)."""
    found = pooled(OTHERS)
    assert found is not None
    means = [other.mean for other in OTHERS]
    average = sum(means) / len(means)
    of_means = sum((one - average) ** 2 for one in means) / (len(means) - 1)
    of_chance = sum(other.error_variance for other in OTHERS) / len(OTHERS)
    assert found.mean == pytest.approx(average, abs=0.01)
    assert found.between_variance == pytest.approx(of_means - of_chance, abs=0.002)


def test_a_school_is_taken_out_of_the_pool_it_is_in():
    """One pool serves all schools of a store: taking one out is not computing it anew."""
    pool, others = pooled([*OTHERS, mean(3.9, 40)]), pooled(OTHERS)
    assert pool is not None
    assert others is not None
    without = pool.without(mean(3.9, 40))
    assert without.n_schools == others.n_schools
    assert without.mean == pytest.approx(others.mean, abs=0.005)


def test_other_schools_leave_no_name_and_no_mean_of_their_own():
    """Ten schools of which one lies far off: nothing that is told is its mean."""
    others = {code: [*OTHERS[:9], mean(1.7)] for code in ("veiligheidsbeleving", "aantasting", "welbevinden")}
    found = results(SCHOOL, AFNAME, ROWS, reference=others)["indicators"][0]["reference"]
    assert 1.7 not in found.values()
    assert set(found) == {
        "n_schools", "mean", "low", "high", "difference", "shrunken", "interval", "verdict",
    }  # fmt: skip


def test_a_suppressed_mean_is_compared_with_nothing():
    others = dict.fromkeys(("veiligheidsbeleving", "aantasting", "welbevinden"), OTHERS)
    found = results(SCHOOL, AFNAME, pupils(9), reference=others)["indicators"]
    assert {(each["previous"], each["reference"]) for each in found} == {(None, None)}


def test_last_year_is_read_from_its_document():
    before = results(SCHOOL, AFNAME, pupils(40, VB01=1, VB02=1, VB03=1, VB04=1))
    earlier = Earlier(
        "2025-2026", {each["code"]: document.school_mean(each) for each in before["indicators"]}
    )
    found = results(SCHOOL, AFNAME, ROWS, previous=earlier)["indicators"][0]["previous"]
    assert (found["mean"], found["verdict"]) == (before["indicators"][0]["mean"], "higher")


def observed(random: np.random.Generator, n_schools: int, truth: float) -> list[SchoolMean]:
    """Return means of schools with one truth: four stamgroepen of 20, pupils of one a little alike."""
    stamgroep = random.normal(0, 0.13, (n_schools, 4, 1))
    scores = np.clip(truth + stamgroep + random.normal(0, 0.64, (n_schools, 4, 20)), 1, 4)
    means = scores.mean(axis=(1, 2)) + truth - np.clip(truth + random.normal(0, 0.653, 10**6), 1, 4).mean()
    return [SchoolMean(round(float(one), 1), 80, 4, 1, 4) for one in means]


@pytest.mark.parametrize("truth", [2.5, 3.2])
def test_intervals_hold_the_truth_in_95_of_100_schools(truth: float):
    """Although the spread of pupils is not looked at: it follows from the mean, and rather too wide."""
    found = [interval(one) for one in observed(np.random.default_rng(1), 2000, truth)]
    assert 0.94 <= np.mean([low <= truth <= high for low, high in found]) <= 1


@pytest.mark.parametrize("truth", [2.5, 3.2])
def test_a_difference_with_last_year_is_called_real_by_chance_in_at_most_five_of_a_hundred(truth: float):
    now, before = (observed(np.random.default_rng(seed), 2000, truth) for seed in (2, 3))
    verdicts = [
        with_earlier(one, Earlier("2025-2026", {"aantasting": other}), "aantasting")
        for one, other in zip(now, before, strict=True)
    ]
    assert (
        np.mean([found is not None and found["verdict"] != "no_clear_difference" for found in verdicts])
        < 0.06
    )
