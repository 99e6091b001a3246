"""What a school prepares, on both stores: counts, a plan, codes, letters; and who is let in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from instrument.school import Schooljaar, today
from instrument.store import frontdesk
from instrument.store.refusals import Refused

GOOD = "vier losse woorden samen"
GROUPS = [{"name": "7a", "leerjaar": 7, "pupils": 20}, {"name": "Zwanen", "leerjaar": 8, "pupils": 9}]


def refusal(ask: Any, *arguments: Any, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        ask(*arguments, **fields)
    return refused.value.reason


def prepared(classroom: Any) -> Any:
    """Close the afname that is there, and log in a coordinator whose school has two stamgroepen."""
    classroom.close()
    coordinator = classroom.login()
    coordinator.ask("keep_roster", schooljaar=str(Schooljaar.of(today())), stamgroepen=GROUPS)
    return coordinator


def open_for(coordinator: Any, opens_on: date, closes_on: date, changed: dict[str, Any] | None = None) -> Any:
    fields = {"edition": "po_bovenbouw_2026", "modules": ["wie_helpt"], "stamgroepen": ["7a", "Zwanen"]}
    days = {"opens_on": opens_on.isoformat(), "closes_on": closes_on.isoformat()}
    return coordinator.ask("open_afname", **{**fields, **days, **(changed or {})})


def test_counts_are_kept_and_replaced_as_a_whole(classroom: Any) -> None:
    coordinator = prepared(classroom)
    assert coordinator.ask("school")["roster"] == GROUPS
    year = str(Schooljaar.of(today()))
    for wrong in ([{**GROUPS[0], "pupils": 0}], [GROUPS[0], {**GROUPS[1], "name": "7A"}], "none", [1]):
        fault = refusal(coordinator.ask, "keep_roster", schooljaar=year, stamgroepen=[*GROUPS[:0], *wrong])
        assert fault == "bad_request"
    assert coordinator.ask("school")["roster"] == GROUPS, "nothing of what was refused is kept"
    coordinator.ask("keep_roster", schooljaar=year, stamgroepen=GROUPS[1:])
    assert coordinator.ask("school")["roster"] == GROUPS[1:]


def test_a_coordinator_opens_an_afname_for_some_of_its_stamgroepen(classroom: Any) -> None:
    coordinator = prepared(classroom)
    open_for(coordinator, today(), today() + timedelta(days=7), {"stamgroepen": ["Zwanen"]})
    state = coordinator.ask("school")
    assert [group["name"] for group in state["afname"]["stamgroepen"]] == ["Zwanen"]
    assert state["afname"]["modules"] == ["wie_helpt"]
    assert (state["used"], state["issued"]) == ({"Zwanen": 0}, {"Zwanen": 0})
    assert state["closes_on"] == (today() + timedelta(days=7)).isoformat()
    assert refusal(open_for, coordinator, today(), today()) == "afname_already_open"


CANNOT_BE = [
    ({"edition": "vo_2026", "modules": []}, "other_sector"),
    ({"edition": "nonsense"}, "unknown_edition"),
    ({"modules": ["nonsense"]}, "unknown_module"),
    ({"stamgroepen": ["8z"]}, "unknown_stamgroep"),
    ({"stamgroepen": []}, "bad_request"),
    ({"opens_on": "2026-11-20", "closes_on": "2026-11-19"}, "ends_before_begin"),
    ({"opens_on": "2026-11-20", "closes_on": "2027-08-01"}, "outside_schooljaar"),
    ({"opens_on": "soon"}, "bad_request"),
]


def test_an_afname_that_cannot_be_is_refused(classroom: Any) -> None:
    coordinator = prepared(classroom)
    for changed, reason in CANNOT_BE:
        assert refusal(open_for, coordinator, today(), today(), changed) == reason
    assert coordinator.ask("school")["afname"]["closed_on"], "none was opened"


def test_codes_are_drawn_once_for_each_pupil_and_a_tenth_more(classroom: Any) -> None:
    """D11; and the reply is the only place where they can be read."""
    coordinator = prepared(classroom)
    open_for(coordinator, today(), today())
    drawn = coordinator.ask("issue_codes", stamgroep="7a", number=20)["codes"]
    assert len(set(drawn)) == 20
    assert refusal(coordinator.ask, "issue_codes", stamgroep="7a", number=3) == "too_many_codes"
    assert coordinator.ask("school")["issued"] == {"7a": 20, "Zwanen": 0}
    assert classroom.enter(drawn[0]).entry["edition"] == "po_bovenbouw_2026"


def test_codes_work_from_the_first_day_to_the_last(classroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And again when the school moves the last day; who had begun may finish."""
    coordinator = prepared(classroom)
    first, last = today() + timedelta(days=1), today() + timedelta(days=2)
    open_for(coordinator, first, last)
    code, other = coordinator.ask("issue_codes", stamgroep="7a", number=2)["codes"]
    assert refusal(classroom.enter, code) == "not_open_yet"
    monkeypatch.setattr(frontdesk, "today", lambda: last)
    begun = classroom.enter(code)
    monkeypatch.setattr(frontdesk, "today", lambda: last + timedelta(days=1))
    assert refusal(classroom.enter, other) == "afname_closed"
    begun.ask("submit", seq=1)
    coordinator.ask("extend_afname", closes_on=(last + timedelta(days=1)).isoformat())
    assert classroom.enter(other).entry["session"]
    past = (today() - timedelta(days=1)).isoformat()
    assert refusal(coordinator.ask, "extend_afname", closes_on=past) == "day_is_past"


def test_letters_are_kept_until_ours_are_wanted_back(classroom: Any) -> None:
    coordinator = classroom.login()
    coordinator.ask("keep_letter", kind="ouders", text="Beste ouders 👋")
    coordinator.ask("keep_letter", kind="leerkracht", text="x" * 6_000)
    assert coordinator.ask("letters")["letters"]["ouders"] == "Beste ouders 👋"
    coordinator.ask("keep_letter", kind="ouders", text=" ")
    assert list(coordinator.ask("letters")["letters"]) == ["leerkracht"]
    for wrong in ({"kind": "pupils", "text": "x"}, {"kind": "ouders", "text": "x" * 6_001}):
        assert refusal(coordinator.ask, "keep_letter", **wrong) == "bad_request"


def test_a_school_changes_its_name_and_kind_and_nothing_else(classroom: Any) -> None:
    coordinator = classroom.login()
    kept = {"vestigingsnummer": "02QZ01", "simulated": False, "bevoegd_gezag_nummer": "99999"}
    coordinator.ask("change_school", name=" De  Brug ", sector="so", onderwijssoort="SO", **kept)
    school = coordinator.ask("school")["school"]
    assert (school["name"], school["sector"], school["vestigingsnummer"]) == ("De Brug", "so", "02QZ00")
    assert (school["simulated"], school["bevoegd_gezag_nummer"]) == (True, None)
    for wrong in ({"name": ""}, {"name": "x\u202e"}, {"sector": "hbo"}, {"onderwijssoort": "MAVO"}):
        fields = {"name": "De Brug", "sector": "so", "onderwijssoort": "SO", **wrong}
        assert refusal(coordinator.ask, "change_school", **fields) == "bad_request"


def test_an_invitation_makes_one_account_once(classroom: Any) -> None:
    token = classroom.operator.invite(name="bea", role="coordinator", vestigingsnummer="02QZ00")
    accept = {"token": token, "password": GOOD, "address": "here"}
    assert classroom.client.call("accept", **accept)["role"] == "coordinator"
    assert refusal(classroom.client.call, "accept", **accept) == "unknown_invitation"
    assert [one["name"] for one in classroom.operator.accounts()] == ["bea"]
