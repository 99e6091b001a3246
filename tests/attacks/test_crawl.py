"""A crawl over everything that a coordinator can ask and see: no filter gives what another holds back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from export.disclosure import Disclosure, DisclosureError, Suppressed, Unit, span
from export.levering import summary
from export.results import results
from instrument.school import School
from tests.attacks import attackers
from tests.attacks.random_schools import AFNAME, EDITION, MANY, SAMPLE, Pupils, count, rows, school, succeeds
from tests.attacks.test_span import at_least_ten_alone, sizes

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])
SCHOOL = School("99AA00", "Simulatieschool De Zeef", "po", "BO", simulated=True)
SCALES = ("veiligheidsbeleving", "aantasting", "welbevinden")
SENSITIVE = {item.code for item in EDITION.scored if item.sensitive}


def everything(pupils: Pupils) -> list[dict[str, Any]]:
    """Return every document that can be had of an afname: the page's, and the summary at both levels."""
    given = rows(pupils)
    return [results(SCHOOL, AFNAME, given), summary.release(SCHOOL, AFNAME, given)]


def crawl(random: np.random.Generator) -> bool:
    """Put all documents together: is anything told of few, twice in two ways, or more finely than allowed?"""
    pupils = school(random)
    document, delivered = everything(pupils)
    units = attackers.told_units(document)
    for indicator, again in zip(document["indicators"], delivered["indicator"], strict=True):
        units[indicator["code"]] |= {"school"} if again["onderdrukt"] is None else set()
        told = (indicator["mean"], indicator["n_valid"])
        if told != (again["gemiddelde"], again["n_geldig"]):
            return True
    betrayed = any(attackers.small_group(units[scale], sizes(pupils, scale)) for scale in SCALES)
    return betrayed or any(_is_too_fine(item) for item in document["items"]) or _names_a_group(document)


def _is_too_fine(item: dict[str, Any]) -> bool:
    """Tell whether a share stands for nobody or all, or a sensitive item is told in more than two classes."""
    told = [option for option in item["options"] if option["reads"] == "share"]
    n_classes = len(item["options"])
    is_small = any(option["share"] <= 0 or option["share"] >= 100 for option in told)
    too_many = item["code"] in SENSITIVE and n_classes > 2 and item["suppressed"] is None
    return is_small or too_many or (bool(told) and sum(option["share"] for option in told) != 100)


def _names_a_group(document: dict[str, Any]) -> bool:
    text = json.dumps(document["indicators"] + document["items"] + document["kinds"])
    return any(f'"{leerjaar}{letter}"' in text for leerjaar in range(5, 9) for letter in "ab")


@pytest.mark.parametrize("schools", [SAMPLE // 2, SLOW])
def test_a_crawl_over_all_documents_finds_nothing_of_few(schools: int):
    assert count(crawl, schools=schools, seed=7) == 0


def test_the_crawl_succeeds_where_only_each_unit_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(span, "is_derivable", at_least_ten_alone)
    assert succeeds(crawl, schools=SAMPLE // 2, seed=7)


@pytest.mark.parametrize("wanted", ["stamgroep:7a", "pupil:1", "leerjaar", "school:7", ""])
def test_d6_d7_what_is_no_unit_cannot_be_asked_for(wanted: str):
    """A unit has one kind of three, and one key: no stamgroep, and no leerjaar of an onderwijssoort."""
    with pytest.raises(DisclosureError, match="use school, leerjaar:7 or onderwijssoort:HAVO"):
        Unit.parse(wanted)


def test_d7_a_crossing_is_nobody():
    """Two keys in one are a key that no cell has: nothing is told of it."""
    crossed = Unit.parse("leerjaar:7/onderwijssoort:HAVO")
    counted = school(np.random.default_rng(1), soorten=("HAVO", "VWO")).tally()
    assert Disclosure(AFNAME).means(counted, "aantasting", units=[crossed]) == {crossed: Suppressed()}


def test_d10_no_free_text_comes_through():
    """Only whole numbers of known items are counted; a text is refused, and not repeated."""
    given = rows(school(np.random.default_rng(1)))
    given[0]["answers"]["VB01"] = "Sanne pest mij"
    with pytest.raises(ValueError, match="VB01") as refused:
        results(SCHOOL, AFNAME, given)
    assert "Sanne" not in str(refused.value)
