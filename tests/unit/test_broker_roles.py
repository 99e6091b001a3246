from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import dispatch
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

ALL_OPS = {*dispatch.PUPIL_OPS, *dispatch.COORDINATOR_OPS, *dispatch.OPERATOR_OPS}
OTHER = School("02QZ01", "Een echte school", "po", "BO", simulated=False)


def refusal(ask: Callable[..., Any], *arguments: Any, **fields: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        ask(*arguments, **fields)
    return refused.value


def open_another(classroom: Any, vestigingsnummer: str, **changed: Any) -> Any:
    fields = {
        "vestigingsnummer": vestigingsnummer,
        "schooljaar": Schooljaar(2026),
        "edition": classroom.afname.edition,
        "fingerprint": classroom.afname.fingerprint,
        "stamgroepen": [Stamgroep("7a", 7, 30)],
        "opened_on": date(2026, 11, 3),
    }
    return classroom.operator.open_afname(**{**fields, **changed})


def test_a_session_reaches_the_desk_of_its_own_role_alone(classroom: Any) -> None:
    """Every request of another role, one by one; above all the responses."""
    for caller, own in (
        (classroom.enter(), dispatch.PUPIL_OPS),
        (classroom.login(), dispatch.COORDINATOR_OPS),
    ):
        for op in sorted(ALL_OPS - {*own}):
            assert refusal(caller.ask, op).reason == "not_allowed", op


@pytest.mark.parametrize("capability", ["", "guessed", "\ud800"])
def test_without_a_session_no_desk_answers(classroom: Any, capability: str) -> None:
    """A capability is the only key."""
    for op in sorted(ALL_OPS):
        assert refusal(classroom.client.call, op, capability=capability).reason == "no_session", op


def test_an_unknown_request_is_refused(classroom: Any) -> None:
    """An attribute of a desk is not a request."""
    for op in ("", "nonsense", "writer", "__init__", "_submit", "keys"):
        assert refusal(classroom.enter().ask, op).reason == "unknown_op"


def test_a_coordinator_sees_the_own_school_and_its_response(classroom: Any) -> None:
    """While open, the number of used codes per stamgroep and nothing else (D1)."""
    classroom.enter().ask("submit", seq=0)
    coordinator = classroom.login()
    assert coordinator.entry["vestigingsnummer"] == "02QZ00"
    assert coordinator.ask("school")["afname"]["afname_id"] == classroom.afname.afname_id
    assert coordinator.ask("response") == {"7a": 1, "8a": 0}
    assert refusal(coordinator.ask, "results").reason == "afname_open"


def test_a_coordinator_closes_the_afname_and_gets_what_is_released(classroom: Any) -> None:
    """The broker computes nothing: it hands rows to the release, and the release's answer on."""
    classroom.enter().ask("submit", seq=0)
    coordinator = classroom.login()
    assert coordinator.ask("close_afname")["afname"]["closed_on"] is not None
    assert coordinator.ask("results") == {"n": 1}
    assert refusal(coordinator.ask, "close_afname").reason == "afname_closed"


def test_a_wrong_login_is_refused_without_saying_what_was_wrong(classroom: Any) -> None:
    """Which names exist is not told."""
    classroom.login()
    for name, password in (("anna", "wrong"), ("nobody", "a good password"), ("", "")):
        refused = refusal(classroom.client.call, "login", name=name, password=password)
        assert (refused.reason, refused.detail) == ("wrong_login", {})


def test_a_second_open_afname_of_a_vestiging_is_refused(classroom: Any) -> None:
    """A code could belong to either."""
    assert refusal(open_another, classroom, "02QZ00").reason == "afname_already_open"
    classroom.close()
    assert open_another(classroom, "02QZ00").is_open


def test_an_afname_out_of_form_is_refused(classroom: Any) -> None:
    """Each with the reason that names the remedy."""
    classroom.operator.add_school(OTHER)
    assert refusal(open_another, classroom, "02QZ99").reason == "unknown_school"
    assert refusal(open_another, classroom, "02QZ01", edition="nonsense").reason == "unknown_edition"
    assert (
        refusal(open_another, classroom, "02QZ01", schooljaar=Schooljaar(2025)).reason == "outside_schooljaar"
    )
    assert refusal(open_another, classroom, "02QZ01", stamgroepen=[]).detail["field"] == "afname"


def test_an_afname_is_not_closed_before_it_was_opened(classroom: Any) -> None:
    """A typing error in a date is noticed while it can be mended."""
    close = classroom.operator.close_afname
    assert refusal(close, "02QZ00", on=date(2026, 11, 2)).reason == "closed_before_opened"
    assert close("02QZ00", on=date(2026, 11, 3)).closed_on == date(2026, 11, 3)


@pytest.mark.parametrize(("pupils", "allowed"), [(30, 33), (9, 9), (25, 27)])
def test_a_stamgroep_has_codes_for_its_pupils_and_a_tenth(classroom: Any, pupils: int, allowed: int) -> None:
    """More codes than pupils + 10 % would let one pupil answer for many (D11)."""
    classroom.close()
    afname = open_another(classroom, "02QZ00", stamgroepen=[Stamgroep("6b", 6, pupils)])
    issue = classroom.operator.issue_codes
    assert refusal(issue, afname.afname_id, stamgroep="6b", number=allowed + 1).detail == {
        "stamgroep": "6b",
        "allowed": allowed,
        "issued": 0,
    }
    assert len(set(issue(afname.afname_id, stamgroep="6b", number=allowed))) == allowed
    assert refusal(issue, afname.afname_id, stamgroep="6b", number=1).reason == "too_many_codes"


def test_codes_are_issued_only_to_an_open_stamgroep(classroom: Any) -> None:
    """A code that opens nothing must not be printed."""
    issue = classroom.operator.issue_codes
    assert refusal(issue, "nonsense", stamgroep="7a", number=1).reason == "unknown_afname"
    assert refusal(issue, classroom.afname.afname_id, stamgroep="9z", number=1).detail == {"known": "7a, 8a"}
    classroom.close()
    assert refusal(issue, classroom.afname.afname_id, stamgroep="7a", number=1).reason == "afname_closed"


def test_a_code_finds_its_own_afname_among_many(classroom: Any) -> None:
    """A code does not name its afname: it is tried against each."""
    classroom.operator.add_school(OTHER)
    afname = open_another(classroom, "02QZ01", stamgroepen=[Stamgroep("7a", 7, 30)])
    (code,) = classroom.operator.issue_codes(afname.afname_id, stamgroep="7a", number=1)
    classroom.enter(code).ask("submit", seq=0)
    assert classroom.operator.response(afname.afname_id) == {"7a": 1}
    assert classroom.operator.response(classroom.afname.afname_id) == {"7a": 0, "8a": 0}


def test_simulated_answers_go_into_simulated_schools_only(classroom: Any) -> None:
    """What was drawn by a program is never mixed with what pupils said."""
    rows = [{"stamgroep": "8a", "answers": {classroom.items[0]: 3}}] * 12
    assert classroom.operator.add_responses(classroom.afname.afname_id, rows) == 12
    assert classroom.operator.response(classroom.afname.afname_id) == {"7a": 0, "8a": 12}
    classroom.operator.add_school(OTHER)
    afname = open_another(classroom, "02QZ01")
    assert refusal(classroom.operator.add_responses, afname.afname_id, rows).reason == "not_simulated"


def test_simulated_answers_out_of_form_are_all_refused(classroom: Any) -> None:
    """One wrong row, and none is kept."""
    for row in (
        {"stamgroep": "8a", "answers": {"nonsense": 3}},
        {"stamgroep": "8a", "answers": {"WB01": 9}},
        {"stamgroep": "8a", "answers": {"WB01": True}},
        {"stamgroep": 8, "answers": {}},
        {"stamgroep": "8a"},
        None,
    ):
        rows = [{"stamgroep": "8a", "answers": {}}, row]
        refused = refusal(classroom.operator.add_responses, classroom.afname.afname_id, rows)
        assert refused.detail["field"] == "rows[1]"
    assert classroom.operator.response(classroom.afname.afname_id)["8a"] == 0


def test_simulated_answers_count_as_issued_codes(classroom: Any) -> None:
    """Used codes never exceed pupils + 10 %, by whatever way they came (D11)."""
    rows = [{"stamgroep": "8a", "answers": {}}] * 23
    assert (
        refusal(classroom.operator.add_responses, classroom.afname.afname_id, rows).reason == "too_many_codes"
    )


def test_all_responses_come_page_by_page(classroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, over the borders of pages that end by number and by size."""
    rows = [{"stamgroep": "8a", "answers": {classroom.items[0]: 1 + n % 4}} for n in range(22)]
    classroom.operator.add_responses(classroom.afname.afname_id, rows)
    classroom.close()
    monkeypatch.setattr("instrument.store.operator_client.PAGE_ROWS", 7)
    monkeypatch.setattr("instrument.store.responses.PAGE_BYTES", 40)
    found = list(classroom.operator.responses(classroom.afname.afname_id))
    assert sorted(map(str, found)) == sorted(map(str, rows))


def test_a_school_or_an_account_is_added_once(classroom: Any) -> None:
    """Nothing is overwritten by adding it again."""
    classroom.login()
    (school,) = classroom.operator.schools()
    assert refusal(classroom.operator.add_school, school).reason == "school_exists"
    add = classroom.operator.add_account
    assert (
        refusal(add, name="anna", password="a good password", vestigingsnummer="02QZ00").reason
        == "account_exists"
    )
    assert (
        refusal(add, name="bob", password="a good password", vestigingsnummer="02QZ99").reason
        == "unknown_school"
    )


def test_the_operator_lists_what_there_is(classroom: Any) -> None:
    """With the values of the house, as they were put in."""
    assert [school.name for school in classroom.operator.schools()] == ["De Proef (gesimuleerd)"]
    assert classroom.operator.afnames() == [classroom.afname]
    closed = classroom.close()
    assert classroom.operator.afnames() == [closed]
