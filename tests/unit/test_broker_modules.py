"""Modules and follow-up questions at the broker: what is asked, and what is kept of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from instrument.afname import Stamgroep
from instrument.questionnaire import DONT_KNOW
from instrument.store import broker, client
from tests.simulated_school import EDITION, VESTIGING, open_school
from tests.unit.conftest import QUICK, Caller

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLLOW_UP: Final = next(item for item in EDITION.items if item.visible_if)
MODULE: Final = FOLLOW_UP.module or ""
CALLS_FOR_IT: Final = FOLLOW_UP.visible_if[0].any_of[0]
CALLING: Final = FOLLOW_UP.visible_if[0].answered[0]


@pytest.fixture
def operator(store_folder: Any) -> Iterator[client.Operator]:
    with broker.running(store_folder, effort=QUICK), client.operator(store_folder) as operator:
        yield operator


def opened(operator: client.Operator, *modules: str) -> str:
    return open_school(operator, Stamgroep("7a", 7, 30), modules=modules).afname_id


@pytest.fixture
def pupil(operator: client.Operator, store_folder: Any) -> Iterator[Caller]:
    """A pupil of an afname with the module of the first follow-up question."""
    (code,) = operator.issue_codes(opened(operator, MODULE), stamgroep="7a", number=1)
    with client.BlockingClient(store_folder.socket) as caller:
        entry = caller.call("enter", code=code)
        yield Caller(caller, entry["session"], entry)


def kept(operator: client.Operator, pupil: Caller) -> dict[str, int]:
    pupil.ask("submit", seq=99)
    closed = operator.close_afname(VESTIGING, on=date(2026, 11, 20))
    (row,) = operator.responses(closed.afname_id)
    return row["answers"]


def test_a_module_that_was_not_chosen_is_not_asked(operator: client.Operator, store_folder: Any) -> None:
    """The school decides; an answer to a question it left out is refused."""
    (code,) = operator.issue_codes(opened(operator), stamgroep="7a", number=1)
    with client.BlockingClient(store_folder.socket) as caller:
        session = caller.call("enter", code=code)["session"]
        assert caller.call("state", capability=session)["modules"] == []
        with pytest.raises(client.Refused, match="no such item"):
            caller.call("save", capability=session, seq=1, item=FOLLOW_UP.code, value=1)


def test_an_unknown_module_is_refused_with_those_there_are(operator: client.Operator) -> None:
    """A slip of the pen would be a question that nobody sees."""
    with pytest.raises(client.Refused, match=MODULE):
        opened(operator, "weer_en_wind")


def test_modules_come_back_as_chosen(operator: client.Operator) -> None:
    """The afname says what was asked, also years later."""
    opened(operator, MODULE)
    assert [afname.modules for afname in operator.afnames()] == [(MODULE,)]


def test_who_resumes_hears_which_follow_ups_are_called_for(pupil: Caller) -> None:
    """And not the answer that calls for them."""
    assert pupil.ask("state")["followed_up"] == []
    pupil.ask("save", seq=1, item=CALLS_FOR_IT, value=CALLING)
    assert FOLLOW_UP.code in pupil.ask("state")["followed_up"]


def test_a_follow_up_is_kept_with_what_calls_for_it(operator: client.Operator, pupil: Caller) -> None:
    """The usual way."""
    pupil.ask("save", seq=1, item=CALLS_FOR_IT, value=CALLING)
    pupil.ask("save", seq=2, item=FOLLOW_UP.code, value=1)
    assert kept(operator, pupil) == {CALLS_FOR_IT: CALLING, FOLLOW_UP.code: 1}


def test_a_follow_up_of_an_answer_taken_back_is_not_kept(operator: client.Operator, pupil: Caller) -> None:
    """Whoever changes "vaak" into "weet ik niet" must not be counted as having told where."""
    pupil.ask("save", seq=1, item=CALLS_FOR_IT, value=CALLING)
    pupil.ask("save", seq=2, item=FOLLOW_UP.code, value=1)
    pupil.ask("save", seq=3, item=CALLS_FOR_IT, value=DONT_KNOW)
    assert kept(operator, pupil) == {CALLS_FOR_IT: DONT_KNOW}
