"""The pupil's widget without a browser: what goes out, what comes in, and what is never said."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from instrument.screens.leerling import Leerling, survey
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SAVE = {"kind": "save", "seq": 7, "page": "k3x9", "item": "WB01", "value": 2}


class Desk:
    """A session that answers as told: the broker itself is tried in tests of the store and in the browser."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answer = answer

    async def call(self, op: str, **fields: Any) -> Any:
        """Remember what was asked, and answer it a moment later."""
        await asyncio.sleep(0)
        self.asked.append((op, fields))
        return self._answer(op)


def refuse(reason: str) -> Callable[[str], Any]:
    def answer(_op: str) -> Any:
        raise client.Refused(reason)

    return answer


def replies(session: Any, *messages: object) -> list[dict[str, Any]]:
    """Return what the widget sends after these messages from a browser."""

    async def converse() -> list[dict[str, Any]]:
        widget, sent = Leerling(session), []
        widget.send = sent.append
        for message in messages:
            widget._receive(widget, message, [])
        if widget._worker:
            await widget._worker
        return sent

    return asyncio.run(converse())


@pytest.fixture(autouse=True)
def nobody_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("WEERGLAS_BROKER", "WEERGLAS_SESSION"):
        monkeypatch.delenv(variable, raising=False)


def test_without_a_session_it_is_a_trial() -> None:
    """Whoever opens the notebook in JupyterLab can try the survey, and is told that nothing is kept."""
    (start,) = replies(survey()._session, {"kind": "hello"})
    assert start["trial"] is True
    assert start["edition"]["items"]


def test_what_is_shown_says_nothing_of_scoring() -> None:
    """A pupil has no use for it, and what is not sent cannot leak."""
    (start,) = replies(None, {"kind": "hello"})
    assert set(start["edition"]) == {"languages", "items", "option_sets", "explanations"}
    shown = {"code", "text", "option_set", "explanation", "visible_if", "recorded"}
    assert set(start["edition"]["items"][0]) == shown
    json.dumps(start)


def test_only_the_codes_of_earlier_answers_return() -> None:
    """A code found on the playground must not show what was answered (TRUST.md)."""
    state = {"edition": "po_bovenbouw_2026", "modules": [], "answered": ["WB01"], "followed_up": []}
    state |= {"submitted": False, "answers": {"WB01": 4}}
    (start,) = replies(Desk(lambda _op: state), {"kind": "hello"})
    assert start["answered"] == ["WB01"]
    assert "answers" not in start


def test_no_trait_carries_the_survey() -> None:
    """A browser can write any synced trait; ours hold only the page's own code."""
    assert {key for key in survey().keys if not key.startswith("_")} == {"layout", "tabbable", "tooltip"}


def test_saved_is_said_after_the_broker_said_so() -> None:
    """Honest saving begins here."""
    desk = Desk(lambda _op: {"seq": 7})
    assert replies(desk, SAVE) == [{"kind": "saved", "seq": 7}]
    assert desk.asked == [("save", {"seq": 7, "page": "k3x9", "item": "WB01", "value": 2})]


def test_a_clear_and_a_submit_go_the_same_way() -> None:
    desk = Desk(lambda _op: {})
    cleared = SAVE | {"value": None}
    assert replies(desk, cleared, {"kind": "submit", "seq": 8}) == [
        {"kind": "saved", "seq": 7},
        {"kind": "submitted", "seq": 8},
    ]
    assert [op for op, _ in desk.asked] == ["save", "submit"]


def test_messages_are_answered_in_the_order_in_which_they_came() -> None:
    """Two choices for one item, overtaking each other, would store the wrong one."""
    saves = [SAVE | {"seq": number} for number in range(50)]
    assert [reply["seq"] for reply in replies(Desk(lambda _op: {}), *saves)] == list(range(50))


def test_a_refusal_reaches_the_page_with_its_number() -> None:
    assert replies(Desk(refuse("afname_closed")), SAVE) == [
        {"kind": "refused", "seq": 7, "reason": "afname_closed"}
    ]


def test_a_session_that_is_over_stops_the_page_before_it_starts() -> None:
    """A pupil who comes back the next day sees a sentence, not an empty page."""
    (start,) = replies(Desk(refuse("no_session")), {"kind": "hello"})
    assert (start["kind"], start["stopped"], start["edition"]) == ("start", "no_session", None)


def test_a_broker_out_of_reach_acknowledges_nothing(tmp_path: Path) -> None:
    """The page then says that there is no connection, and sends again."""
    session = client.Session(client.BrokerClient(tmp_path / "nobody.sock"), "capability")
    assert replies(session, {"kind": "hello"}, SAVE, {"kind": "submit", "seq": 8}) == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        "save",
        [],
        {},
        {"kind": "leave"},
        {"kind": "save"},
        SAVE | {"seq": "7"},
        SAVE | {"page": 3},
        SAVE | {"item": 3},
        SAVE | {"item": "W" * 10_000},
        SAVE | {"value": "2"},
        SAVE | {"value": {"deep": [1]}},
        {"kind": "submit", "seq": None},
    ],
)
def test_what_our_page_never_sends_is_not_passed_on(message: object) -> None:
    """What a browser sends reaches the broker only in one of three forms."""
    desk = Desk(lambda _op: {})
    assert replies(desk, message) == []
    assert desk.asked == []


def test_a_flood_is_cut_off() -> None:
    """One page may not fill the memory of the process that serves the others."""
    assert len(replies(Desk(lambda _op: {}), *[SAVE] * 5000)) == 1000


def test_the_widget_shows_nothing_of_its_session() -> None:
    """A repr lands in tracebacks and logs."""
    assert repr(Leerling(Desk(lambda _op: {}))) == "Leerling()"  # type: ignore[arg-type]
