"""Which session is whose: any worker can tell, and no worker keeps one for ever."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from instrument.serving.sessions import register
from instrument.serving.sessions.names import Names
from instrument.serving.sessions.notebook import CompiledNotebook
from instrument.serving.sessions.pace import Pace
from instrument.serving.sessions.page import REHEARSAL, Page
from instrument.serving.visitors import PUPIL, Visitor
from instrument.store.client import BrokerClient
from tests.serving.transcript import Listener, notebook

if TYPE_CHECKING:
    from pathlib import Path

NAMES = Names("secret")
CELL = "import ipywidgets as w\nw.Button()"


class Clock:
    """A clock that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_session(tmp_path: Path, clock: Clock):
    """Give a register of at most five sessions, and how a visitor opens one."""
    compiled = CompiledNotebook(notebook(tmp_path / "n.ipynb", CELL))
    kept = register.Register(compiled, NAMES, most=5, clock=clock)
    broker = BrokerClient(tmp_path / "no.sock")

    def open_one(visit: str, name: str | None = None):
        session = kept.open(name or NAMES.new(visit), Visitor(PUPIL, visit), broker)
        session.socket = Listener()
        return session

    return kept, open_one


def test_a_name_is_of_its_visit_alone() -> None:
    """Made with the secret over the capability: another's cookie, or another secret, does not fit."""
    name = NAMES.new("mine")
    assert str(uuid.UUID(name)) == name
    assert NAMES.belongs(name, "mine")
    assert Names("secret").belongs(name, "mine"), "another worker knows it too"
    assert not NAMES.belongs(name, "theirs")
    assert not Names("other secret").belongs(name, "mine")


@pytest.mark.parametrize(
    "change", [lambda name: name.upper(), lambda name: name[:-1], lambda name: f"{{{name}}}"]
)
def test_a_name_has_one_spelling(change) -> None:
    name = next(name for name in (NAMES.new("mine") for _ in range(1000)) if name.upper() != name)
    assert NAMES.belongs(name, "mine")
    assert not NAMES.belongs(change(name), "mine")


def test_every_changed_digit_of_a_name_is_seen() -> None:
    name = NAMES.new("mine")
    for place, sign in enumerate(name):
        if sign != "-":
            other = "0" if sign != "0" else "1"
            assert not NAMES.belongs(name[:place] + other + name[place + 1 :], "mine")


def test_comms_are_called_the_same_by_every_worker_and_differ_by_session() -> None:
    name, other = NAMES.new("mine"), NAMES.new("mine")
    assert Names("secret").comm(name, 1) == NAMES.comm(name, 1)
    assert len({NAMES.comm(name, 1), NAMES.comm(name, 2), NAMES.comm(other, 1)}) == 3


def test_a_page_holds_the_names_of_its_session_and_none_of_the_rehearsal() -> None:
    html = f"<a {REHEARSAL} {NAMES.comm(REHEARSAL, 2)}><b {NAMES.comm(REHEARSAL, 2)} {REHEARSAL}>"
    name = NAMES.new("mine")
    comm = NAMES.comm(name, 2)
    assert Page(html, NAMES, n_comms=3).of(name).decode() == f"<a {name} {comm}><b {comm} {name}>"


def test_a_page_that_returns_finds_its_session(open_session, clock: Clock) -> None:
    """A dropped socket, a laptop that slept: for five minutes nothing is lost."""
    kept, open_one = open_session
    session = open_one("mine")
    kept.leave(session)
    clock.now = register.KEPT_SECONDS - 1
    assert kept.sweep() == 0
    assert open_one("mine", session.name) is session
    clock.now = 10 * register.KEPT_SECONDS
    assert kept.sweep() == 0, "it has a page again"


def test_a_forgotten_session_is_ended_and_opened_anew(open_session, clock: Clock) -> None:
    kept, open_one = open_session
    session = open_one("mine")
    kept.leave(session)
    clock.now = register.KEPT_SECONDS
    assert kept.sweep() == 1
    assert len(kept) == 0
    again = open_one("mine", session.name)
    assert again is not session
    assert list(again.comms.comms), "with its widgets"


def test_a_session_with_a_page_is_never_forgotten(open_session, clock: Clock) -> None:
    kept, open_one = open_session
    open_one("mine")
    clock.now = 8 * 3600.0
    assert kept.sweep() == 0


def test_a_visit_has_few_sessions_and_its_waiting_one_goes_first(open_session) -> None:
    """Whoever reloads a hundred times costs what four tabs cost."""
    kept, open_one = open_session
    sessions = [open_one("mine") for _ in range(register.MOST_OF_A_VISIT)]
    kept.leave(sessions[2])
    open_one("mine")
    assert len(kept) == register.MOST_OF_A_VISIT
    assert not sessions[2].comms.comms
    assert sessions[0].comms.comms


def test_a_full_worker_ends_who_waits_longest_and_never_who_is_there(open_session, clock: Clock) -> None:
    kept, open_one = open_session
    sessions = [open_one(f"visit {number}") for number in range(5)]
    for clock.now, session in ((1.0, sessions[3]), (2.0, sessions[1])):
        kept.leave(session)
    open_one("visit 5")
    assert not sessions[3].comms.comms
    open_one("visit 6")
    assert not sessions[1].comms.comms
    with pytest.raises(register.TooMany):
        open_one("visit 7")


def test_who_talks_faster_than_a_child_is_heard_later(clock: Clock) -> None:
    """Slowed down, not sent away: all that it says is heard in the end."""
    pace = Pace(per_second=10, at_once=3, clock=clock)
    assert [pace.wait() for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])
    clock.now = 60.0
    assert [pace.wait() for _ in range(4)] == pytest.approx([0, 0, 0, 0.1])
