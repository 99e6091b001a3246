"""A role sees nothing of another school: every request, with no, another's and a forged session."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from instrument import editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar, today
from instrument.store import broker, client, dispatch, sessions
from instrument.store.data_folder import DataFolder
from instrument.store.refusals import Refused
from tests.simulated_school import EDITION
from tests.unit.conftest import ANY, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN, OTHER = "02QZ00", "02QZ01"
OWN_BOARD, OTHER_BOARD = "40001", "40002"
PASSWORD = "vier losse woorden samen"
DAY = today().isoformat()


@dataclass(frozen=True)
class Row:
    """How an op is asked for something of the other school, and whether its role oversees all schools."""

    fields: dict[str, Any] = field(default_factory=dict)
    oversees: bool = False


AIMED = {"vestigingsnummer": OTHER, "schooljaar": "2026-2027", "afname_id": "{other afname}"}
"""Named in every request: whoever may choose a school by naming it would reach the other one."""
GROUP = {"name": "7a", "leerjaar": 7, "pupils": 20}
ROWS: dict[str, Row] = {
    # pupil
    "state": Row(),
    "save": Row({"seq": 1, "page": "p", "item": EDITION.items[0].code, "value": 1}),
    "submit": Row({"seq": 2}),
    # coordinator
    "school": Row(),
    "response": Row(),
    "change_school": Row({"name": "Omgedoopt", "sector": "po", "onderwijssoort": "BO"}),
    "keep_roster": Row({"stamgroepen": [GROUP]}),
    "open_afname": Row(
        {"edition": EDITION.code, "stamgroepen": ["Zwanen"], "opens_on": DAY, "closes_on": DAY}
    ),
    "extend_afname": Row({"closes_on": DAY}),
    "issue_codes": Row({"stamgroep": "Zwanen", "number": 1}),
    "letters": Row(),
    "keep_letter": Row({"kind": "ouders", "text": "Geschreven door een ander"}),
    "close_afname": Row({"on": DAY}),
    "results": Row(),
    "note": Row(),
    "set_note": Row({"text": "Geschreven door een ander", "note": "Geschreven door een ander"}),
    # toestemming and levering
    "toestemming": Row(),
    "give_toestemming": Row({"type": "gegeven", "fields": {"naam": "Iemand"}}),
    "withdraw_toestemming": Row({"fields": {}}),
    "levering_report": Row({"fields": {}}),
    "give_akkoord": Row({"fields": {"naam": "Iemand"}}),
    "overview": Row(),
    # bestuur, aanbieder, onderzoeker
    "vestigingen": Row({"bevoegd_gezag_nummer": OTHER_BOARD}),
    "standing": Row(oversees=True),
    "accounts": Row(oversees=True),
    "invite": Row({"name": "x@y", "role": "onderzoeker", "days": 1}),
    "remove_account": Row({"name": "onderzoeker"}),
    "add_school": Row({"school": {"vestigingsnummer": OTHER}}),
    "extracts": Row(),
    "responses": Row({"after": None, "limit": 10}),
    # the office where an OpenID provider lets people in
    "vouch": Row({"name": "coordinator-other", "bevoegd_gezag_nummer": OWN_BOARD}),
    "leave": Row(),
}
OPERATORS_ONLY = set(dispatch.OPERATOR_OPS) - set().union(
    *(ops for role, ops in dispatch.OPS.items() if role is not sessions.OperatorSession)
)
"""Whoever has the data folder has everything; here it only matters that nobody else reaches these."""
EVERY_OP = sorted(set().union(*dispatch.OPS.values()))
ROLES = [role for role in dispatch.OPS if role is not sessions.OperatorSession]


@dataclass(frozen=True)
class World:
    """Two schools of two boards, an open afname each, and somebody of every role at the first."""

    folder: DataFolder
    operator: client.Operator
    door: client.BlockingClient
    other_afname: str
    code: str

    def session(self, role: type) -> str:
        """Return a new capability of somebody of a role, of the own school."""
        if role is sessions.PupilSession:
            return str(self.door.call("enter", code=self.code)["session"])
        if role is sessions.VoucherSession:
            return self.folder.voucher_key
        return self.login(LOGINS[role])

    def login(self, name: str) -> str:
        return str(self.door.call("login", name=name, password=PASSWORD)["session"])

    def ask(self, op: str, capability: str) -> dict[str, Any]:
        """Ask an op for something of the other school."""
        row = ROWS.get(op, Row())
        aimed = {**AIMED, "afname_id": self.other_afname}
        return self.door.call(op, capability=capability, **{**aimed, **row.fields})

    def of_the_other(self) -> str:
        """Return all that the other school's own coordinator sees, to be compared afterwards."""
        mine = self.login("coordinator-other")
        seen = {op: self.door.call(op, capability=mine) for op in ("school", "letters", "response")}
        return json.dumps([seen, self.door.call("toestemming", capability=mine)], sort_keys=True)


LOGINS = {
    sessions.CoordinatorSession: "coordinator",
    sessions.BestuurSession: "bestuur",
    sessions.AanbiederSession: "aanbieder",
    sessions.OnderzoekerSession: "onderzoeker",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = DataFolder.create(tmp_path_factory.mktemp("roles") / "data", simulated=True)
    with (
        broker.running(folder, effort=QUICK, rules=ANY),
        client.operator(folder) as operator,
        client.BlockingClient(folder.socket) as door,
    ):
        _school(operator, OWN, "De Eigen", OWN_BOARD, "Eenden")
        other = _school(operator, OTHER, "De Andere", OTHER_BOARD, "Zwanen")
        _accounts(operator)
        afname = operator.afnames()[0]
        (code,) = operator.issue_codes(afname.afname_id, stamgroep="Eenden", number=1)
        yield World(folder, operator, door, other, code)


def _school(operator: client.Operator, number: str, name: str, board: str, group: str) -> str:
    operator.add_school(
        School(number, f"{name} (gesimuleerd)", "po", "BO", simulated=True, bevoegd_gezag_nummer=board)
    )
    opened = operator.open_afname(
        vestigingsnummer=number,
        schooljaar=Schooljaar.of(today()),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=[Stamgroep(group, 7, 20)],
        opened_on=date.fromisoformat(DAY),
    )
    return opened.afname_id


def _accounts(operator: client.Operator) -> None:
    for name, of in {
        "coordinator": {"role": "coordinator", "vestigingsnummer": OWN},
        "coordinator-other": {"role": "coordinator", "vestigingsnummer": OTHER},
        "bestuur": {"role": "bestuur", "bevoegd_gezag_nummer": OWN_BOARD},
        "aanbieder": {"role": "aanbieder"},
        "onderzoeker": {"role": "onderzoeker"},
    }.items():
        operator.add_account(name=name, password=PASSWORD, **of)


def reason(world: World, op: str, capability: str) -> str:
    with pytest.raises(Refused) as refused:
        world.ask(op, capability)
    return refused.value.reason


def test_every_request_of_every_role_has_a_row() -> None:
    """Who adds a request says here how it could be turned against another school."""
    assert set(EVERY_OP) - OPERATORS_ONLY == set(ROWS)


def test_without_a_session_or_with_a_forged_one_nothing_answers(world: World) -> None:
    real = world.session(sessions.CoordinatorSession)
    forged = ["", "guessed", real[:-1], real + "x", real.swapcase(), world.folder.voucher_key[:-1], "0" * 64]
    for op in EVERY_OP:
        assert {reason(world, op, capability) for capability in forged} == {"no_session"}, op


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_a_role_reaches_no_request_of_another_role(world: World, role: type) -> None:
    capability = world.session(role)
    for op in sorted(set(EVERY_OP) - set(dispatch.OPS[role])):
        assert reason(world, op, capability) == "not_allowed", op


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
def test_what_a_role_may_ask_shows_and_changes_nothing_of_another_school(world: World, role: type) -> None:
    """Also where the request names the other school, its afname or its stamgroep."""
    before, capability = world.of_the_other(), world.session(role)
    for op in sorted(dispatch.OPS[role], key=lambda op: op == "leave"):
        answer = _answer(world, op, capability)
        assert not answer.startswith('["fault"'), f"{op}: refused by an accident, and not by a rule"
        if not ROWS[op].oversees:
            told = [mark for mark in (OTHER, "Andere", "Zwanen", world.other_afname) if mark in answer]
            assert told == [], op
    assert world.of_the_other() == before


def _answer(world: World, op: str, capability: str) -> str:
    try:
        return json.dumps(world.ask(op, capability))
    except Refused as refusal:
        # What a caller sent comes back in no refusal; the stamgroepen that it names are the caller's own.
        return json.dumps([refusal.reason, refusal.detail])


def test_a_session_that_left_opens_nothing(world: World) -> None:
    capability = world.session(sessions.CoordinatorSession)
    world.door.call("leave", capability=capability)
    assert reason(world, "school", capability) == "no_session"


def test_an_aanbieder_sees_how_far_schools_are_and_no_answer(world: World) -> None:
    """Operations: names, counts of pupils and of used codes (D1)."""
    answer = world.door.call("standing", capability=world.session(sessions.AanbiederSession))
    (afname,) = {tuple(sorted(one["afname"])) for one in answer["schools"]}
    assert afname == ("closed_on", "opened_on", "pupils", "schooljaar", "used")


def test_a_researcher_gets_no_class_and_nothing_of_an_open_afname(world: World) -> None:
    capability = world.session(sessions.OnderzoekerSession)
    assert reason(world, "responses", capability) == "afname_open"
    assert "Zwanen" not in json.dumps(world.door.call("extracts", capability=capability))
