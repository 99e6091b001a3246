"""The school's mandate to deliver: given, changed, withdrawn, and every fault at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from export.levering import termijn, toestemming, toestemming_form
from export.levering.toestemming_form import ToestemmingFaults
from instrument.school import Schooljaar
from tests.levering.case import FORM

YEAR = Schooljaar(2026)
TODAY = date(2027, 3, 15)


def give(
    today: date = TODAY, current: toestemming.Toestemming | None = None, **fields: Any
) -> dict[str, Any]:
    """Give the toestemming of FORM with other fields; None leaves a field out."""
    form = {**FORM, **fields}
    return toestemming.give(form, vestigingsnummer="99AA00", schooljaar=YEAR, today=today, current=current)


def faults(today: date = TODAY, **fields: Any) -> tuple[str, ...]:
    """Return the faults of a toestemming that must be refused."""
    with pytest.raises(ToestemmingFaults) as refused:
        give(today, **fields)
    return refused.value.faults


def event(seq: int, kind: str = "gegeven", year: str = "2026-2027", **fields: Any) -> dict[str, Any]:
    """Return an event as the ledger holds it."""
    payload = {} if kind == "ingetrokken" else {**FORM, **fields}
    return {
        "seq": seq,
        "vestigingsnummer": "99AA00",
        "schooljaar": year,
        "type": kind,
        "payload": {**payload, "account": "demo"},
        "at_utc": f"2027-03-15T08:00:{seq:02}+00:00",
    }


def fold(*events: dict[str, Any]) -> toestemming.Toestemming:
    """Fold events to a toestemming that must be there."""
    found = toestemming.fold(events, YEAR)
    assert found is not None
    return found


def test_a_complete_form_becomes_an_event_that_folds_back():
    given = give(omvang="steekproef", toelichting_respons="Griep in groep 7.", herstel=False)
    folded = fold({**given, "seq": 1, "at_utc": "2027-03-15T08:00:00+00:00"})
    assert given["type"] == "gegeven"
    assert toestemming_form.write(folded.fields) == given["payload"]
    assert folded.recorded_at == datetime(2027, 3, 15, 8, tzinfo=UTC)


def test_an_empty_form_names_every_missing_field_once():
    with pytest.raises(ToestemmingFaults) as refused:
        toestemming.give({}, vestigingsnummer="99AA00", schooljaar=YEAR, today=TODAY)
    named = [fault.split(":")[0] for fault in refused.value.faults]
    assert named == list(toestemming_form.REQUIRED)


def test_faults_of_form_and_of_dates_come_together():
    """A coordinator corrects a form once, not once per fault."""
    found = faults(naam="  ", doorleverniveau="klas", voorgelezen="misschien", leverdatum="2027-07-01")
    assert [fault.split(":")[0] for fault in found] == [
        "naam",
        "doorleverniveau",
        "voorgelezen",
        "leverdatum",
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"leverdatum": "1 april"}, "is geen datum"),
        ({"leverdatum": "2027-02-30"}, "is geen datum"),
        ({"leverdatum": "2027-03-14"}, "al voorbij"),
        ({"leverdatum": "2026-07-31"}, "buiten schooljaar"),
        ({"akkoord_datum": "2027-03-16"}, "moet nog komen"),
        ({"akkoord_datum": "2026-07-31"}, "buiten schooljaar"),
        ({"naam": "x" * 121}, "langer dan 120"),
        ({"naam": "Eva\u202egnirednA"}, "onzichtbare"),
        ({"naam": "\ud800"}, "onzichtbare"),
        ({"naam": 12}, "is geen tekst"),
        ({"medium": ["digitaal"]}, "deze keuze bestaat niet"),
        ({"afnamewijze": "op het plein"}, "deze keuze bestaat niet"),
        ({"omvang": "een paar"}, "deze keuze bestaat niet"),
        ({"voorgelezen": 1}, "ja of nee"),
        ({"toelichting_respons": "x" * 601}, "langer dan 600"),
        ({"klas": "7a"}, "dit veld bestaat niet"),
        ({"account": "iemand"}, "dit veld bestaat niet"),
    ],
)
def test_a_fault_is_named_with_its_field_and_remedy(fields: dict[str, Any], words: str):
    found = [fault for fault in faults(**fields) if words in fault]
    assert found[0].startswith(f"{next(iter(fields))}:")
    assert ";" in found[0]


def test_a_form_may_say_ja_and_nee():
    assert give(voorgelezen="ja", herstel="nee")["payload"]["voorgelezen"] is True


def test_spaces_in_a_name_are_tidied():
    assert give(naam=" S.\n de   Vries ")["payload"]["naam"] == "S. de Vries"


def test_the_last_day_is_30_june():
    """Sources say vóór, uiterlijk op and tot 1 juli; 30 juni satisfies all (EIS-E)."""
    assert give(leverdatum="2027-06-30")["payload"]["leverdatum"] == "2027-06-30"
    assert "na 30 juni 2027" in faults(leverdatum="2027-07-01")[0]


def test_after_the_last_day_only_herstel_is_left():
    given = give(date(2027, 9, 1), leverdatum="2027-09-20", akkoord_datum="2027-08-30", herstel=True)
    assert given["payload"]["herstel"] is True
    assert "laat herstel weg" in faults(herstel=True)[0]


def test_delivery_may_be_today():
    assert give(leverdatum=TODAY.isoformat())["type"] == "gegeven"


def test_every_schooljaar_has_a_last_day():
    assert termijn.deadline(YEAR) == date(2027, 6, 30)
    assert termijn.deadline(Schooljaar(1999)) == date(2000, 6, 30)


def test_a_moment_without_time_zone_is_refused():
    """On a host in another zone it would be another day."""
    with pytest.raises(ValueError, match="time zone"):
        termijn.today(datetime(2027, 3, 15))  # noqa: DTZ001 - that is what is refused


def test_without_events_there_is_no_toestemming():
    assert toestemming.fold([], YEAR) is None
    assert "geen toestemming gegeven" in toestemming.why_absent([], YEAR)


def test_the_last_change_counts():
    events = [event(2, "gewijzigd", leverdatum="2027-05-01"), event(1)]
    assert fold(*events).fields.leverdatum == date(2027, 5, 1)


def test_withdrawn_is_gone():
    events = [event(1), event(2, "ingetrokken")]
    assert toestemming.fold(events, YEAR) is None
    assert "ingetrokken" in toestemming.why_absent(events, YEAR)


def test_a_change_does_not_revive_what_was_withdrawn():
    assert toestemming.fold([event(1), event(2, "ingetrokken"), event(3, "gewijzigd")], YEAR) is None


def test_after_withdrawing_it_can_be_given_again():
    assert (
        fold(event(1), event(2, "ingetrokken"), event(3, naam="A. Bakker")).fields.given_by.name
        == "A. Bakker"
    )


def test_last_years_toestemming_does_not_count():
    events = [event(1, year="2025-2026")]
    assert toestemming.fold(events, YEAR) is None
    assert "alleen toestemming voor 2025-2026" in toestemming.why_absent(events, YEAR)


def test_a_delivery_leaves_the_toestemming_as_it_is():
    delivered = {**event(2), "type": "geleverd", "payload": {"status": "geleverd"}}
    assert fold(event(1), delivered) == fold(event(1))


def test_a_recorded_toestemming_that_is_incomplete_is_refused():
    """The ledger takes any payload; what it says counts only where it is complete."""
    with pytest.raises(ToestemmingFaults):
        toestemming.fold([event(1, akkoord_naam=None)], YEAR)


def test_a_recorded_date_after_the_term_is_refused():
    with pytest.raises(ToestemmingFaults, match="na 30 juni"):
        toestemming.fold([event(1, leverdatum="2027-07-02")], YEAR)


def test_a_toestemming_can_be_changed_until_the_day_before():
    current = fold(event(1))
    assert give(date(2027, 3, 31), current)["type"] == "gewijzigd"
    assert "kon tot en met 31 maart 2027" in faults(date(2027, 4, 1), current=current)[0]


def test_a_toestemming_can_be_withdrawn_until_the_day_before():
    current = fold(event(1))
    known = {"vestigingsnummer": "99AA00", "schooljaar": YEAR}
    assert toestemming.withdraw(current, **known, today=date(2027, 3, 31))["type"] == "ingetrokken"
    with pytest.raises(ToestemmingFaults, match="31 maart"):
        toestemming.withdraw(current, **known, today=date(2027, 4, 1))
    with pytest.raises(ToestemmingFaults, match="geen toestemming om in te trekken"):
        toestemming.withdraw(None, **known, today=TODAY)
