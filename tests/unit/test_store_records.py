from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import records

SCHOOL = School("02QZ00", "De Proef", "po", "BO", simulated=True, bevoegd_gezag_nummer="41234")
AFNAME = Afname(
    afname_id="a1",
    vestigingsnummer="02QZ00",
    schooljaar=Schooljaar(2026),
    edition="po_bovenbouw_2026",
    fingerprint="sha256:0",
    stamgroepen=(Stamgroep("7a", 7, 30), Stamgroep("8a", 8, 20)),
    opened_on=date(2026, 11, 3),
)


@pytest.mark.parametrize("school", [SCHOOL, replace(SCHOOL, bevoegd_gezag_nummer=None)])
def test_a_school_comes_back_as_it_went(school: School) -> None:
    """By way of JSON, as on the wire."""
    assert records.school_from_dict(json.loads(json.dumps(records.school_to_dict(school)))) == school


@pytest.mark.parametrize("afname", [AFNAME, replace(AFNAME, closed_on=date(2026, 11, 20))])
def test_an_afname_comes_back_as_it_went(afname: Afname) -> None:
    """Open and closed, with its stamgroepen in their order."""
    assert records.afname_from_dict(json.loads(json.dumps(records.afname_to_dict(afname)))) == afname


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("vestigingsnummer", "02QZ", "add the two digits"),
        ("vestigingsnummer", "nonsense", "write a BRIN and two digits"),
        ("schooljaar", "2026-2028", "two following years"),
        ("opened_on", "3 november", "as in 2026-11-03"),
        ("closed_on", 20261103, "closed_on: give a text"),
        ("edition", "", "edition: give a text"),
        ("stamgroepen", [], "at least one stamgroep"),
        ("stamgroepen", "7a", "at least one stamgroep"),
        ("stamgroepen", [{"name": "7a", "leerjaar": 7, "pupils": -1}], "pupils: give a whole number"),
        ("stamgroepen", [{"name": "7a", "leerjaar": True, "pupils": 1}], "leerjaar: give a whole number"),
        ("stamgroepen", [{"name": "7a", "leerjaar": 7, "pupils": 1}] * 2, "two have the same name"),
    ],
)
def test_an_afname_out_of_form_is_refused(field: str, value: Any, fault: str) -> None:
    """The sentence names the field and what to write."""
    with pytest.raises(ValueError, match=fault):
        records.afname_from_dict({**records.afname_to_dict(AFNAME), field: value})


def test_whether_a_school_is_simulated_must_be_said() -> None:
    """Simulated answers are never taken for real ones by forgetting a field."""
    fields = records.school_to_dict(SCHOOL)
    del fields["simulated"]
    with pytest.raises(ValueError, match="simulated: give true or false"):
        records.school_from_dict(fields)
