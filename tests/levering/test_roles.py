"""Who decides what: a coordinator for the own school, a bestuur for its own, nobody for another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from instrument.school import School
from instrument.store import dispatch
from instrument.store.refusals import Refused
from tests.levering.office import BOARD, FORM, YEAR, Office, closed_afname, schools

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = School("99AZ00", "Een andere", "po", "BO", simulated=True, bevoegd_gezag_nummer="11111")


@pytest.fixture
def two_boards(at_office: Office) -> Office:
    closed_afname(at_office.operator, OTHER)
    return at_office


def test_a_coordinator_decides_for_the_own_school_under_the_own_login(two_boards: Office) -> None:
    """The ledger names the login, whatever the page says; a vestiging that is named is not looked at."""
    anna = two_boards.login()
    fields = {**FORM, "account": "somebody else"}
    with pytest.raises(Refused, match="dit veld bestaat niet"):
        anna.ask("give_toestemming", fields=fields)
    event = anna.ask("give_toestemming", fields=FORM, vestigingsnummer="99AZ00")["event"]
    assert (event["vestigingsnummer"], event["actor"], event["role"]) == ("99AA00", "anna", "coordinator")
    assert anna.ask("toestemming", vestigingsnummer="99AZ00")["events"] == [event]
    assert two_boards.types("99AZ00") == []


def test_a_bestuur_agrees_in_its_own_login_and_the_file_says_so(two_boards: Office) -> None:
    """What the bestuur recorded itself goes before what the school says of it."""
    bestuur = two_boards.login("bob", role="bestuur", bevoegd_gezag_nummer=BOARD)
    who = {"naam": "J. van den Berg", "functie": "bestuurder"}
    bestuur.ask("give_akkoord", vestigingsnummer="99AA00", fields=who)
    fields = {**FORM, "akkoord_naam": "Iemand anders", "akkoord_datum": "2027-02-01"}
    event = two_boards.login().ask("give_toestemming", fields=fields)["event"]
    assert event["payload"]["akkoord_naam"] == "J. van den Berg"
    assert event["payload"]["akkoord_datum"] == "2027-03-01"
    checked = two_boards.ledger.summary("99AA00", YEAR, {"controle": True})["summary"]["toestemming"]
    assert checked["akkoord_bevoegd_gezag"] == {
        "akkoord": True, "naam": "J. van den Berg", "datum": "2027-03-01", "functie": "bestuurder",
        "eigen_login": True,
    }  # fmt: skip


def test_a_school_cannot_say_that_the_bestuur_logged_in(two_boards: Office) -> None:
    with pytest.raises(Refused, match="akkoord_eigen_login"):
        two_boards.give(akkoord_eigen_login=True)
    assert two_boards.give()["payload"]["akkoord_eigen_login"] is False


def test_a_bestuur_reaches_no_vestiging_of_another(two_boards: Office) -> None:
    """Nor can it tell which there are."""
    bestuur = two_boards.login("bob", role="bestuur", bevoegd_gezag_nummer=BOARD)
    for op in ("toestemming", "give_akkoord", "withdraw_toestemming", "levering_report"):
        for number in ("99AZ00", "99ZZ99"):
            with pytest.raises(Refused, match="not for this session"):
                bestuur.ask(op, vestigingsnummer=number, fields={})


def test_the_overview_of_a_bestuur_holds_its_own_vestigingen(two_boards: Office) -> None:
    two_boards.give()
    bestuur = two_boards.login("bob", role="bestuur", bevoegd_gezag_nummer=BOARD)
    (one,) = bestuur.ask("overview")["vestigingen"]
    assert (one["school"]["vestigingsnummer"], len(one["events"])) == ("99AA00", 1)
    assert bestuur.ask("overview", after="99AA00")["vestigingen"] == []


def test_only_the_operator_delivers(two_boards: Office) -> None:
    """Neither coordinator nor bestuur can say that something was delivered, or read another's events."""
    anna = two_boards.login()
    bestuur = two_boards.login("bob", role="bestuur", bevoegd_gezag_nummer=BOARD)
    for op in dispatch.DELIVERY_OPS:
        for caller in (anna, bestuur):
            with pytest.raises(Refused, match="not for this session"):
                caller.ask(op)


def test_a_coordinator_sees_the_report_and_no_answer(two_boards: Office) -> None:
    """The same figures that are delivered, through the same gate."""
    report = two_boards.login().ask("levering_report")["summary"]
    assert report["status"] == "ter_controle"
    assert "VB01" not in str(report)
    assert len(report["indicator"]) == 3


def test_a_request_that_comes_again_changes_nothing(two_boards: Office) -> None:
    """A page that lost its connection asks again under the same request id."""
    anna = two_boards.login()
    first = anna.ask("give_toestemming", fields=FORM, request_id="r1")
    assert anna.ask("give_toestemming", fields=FORM, request_id="r1") == first
    assert two_boards.types() == ["gegeven"]
    with pytest.raises(Refused, match="recorded for something else"):
        anna.ask("withdraw_toestemming", request_id="r1")
    assert len(two_boards.ledger.pending()) == 1


def test_another_school_cannot_take_a_request_id(
    two_boards: Office, ask_as_other: Callable[..., Any]
) -> None:
    """A guessed or seen request id opens nothing of whoever used it."""
    two_boards.login().ask("give_toestemming", fields=FORM, request_id="r1")
    with pytest.raises(Refused, match="recorded for something else"):
        ask_as_other("give_toestemming", fields=FORM, request_id="r1")


@pytest.fixture
def ask_as_other(two_boards: Office) -> Callable[..., Any]:
    return two_boards.login("carla", vestigingsnummer="99AZ00").ask


def test_schools_come_page_by_page(at_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven thousand schools do not fit one frame."""
    for school in schools(6)[1:]:
        at_office.operator.add_school(school)
    monkeypatch.setattr("instrument.store.ledger.ledger_deliveries.PAGE_SCHOOLS", 2)
    assert list(at_office.ledger.schools()) == schools(6)


def test_the_ledger_comes_page_by_page(at_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(2, 7):
        at_office.give(leverdatum=f"2027-04-0{day}")
    monkeypatch.setattr("instrument.store.ledger.ledger_deliveries.PAGE_RECORDS", 2)
    assert [record["seq"] for record in at_office.ledger.records()] == [1, 2, 3, 4, 5]
