"""One session: hears comm messages and nothing else, ends on a fault, and knows nothing of its neighbour."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import comm
import pytest
from ipywidgets.widgets import widget as ipywidget

from instrument.serving.sessions import registry
from instrument.serving.sessions.frames import LARGEST_FRAME, MalformedFrame
from instrument.serving.sessions.names import Names
from instrument.serving.sessions.notebook import CompiledNotebook
from instrument.serving.sessions.session import Session, SessionOver
from tests.serving.transcript import Listener, Step, custom, frame, notebook, opened, packed, update

if TYPE_CHECKING:
    from pathlib import Path

COUNTER = """
import ipywidgets as w
field, button = w.BoundedIntText(value=1, max=10), w.Button()
button.on_click(lambda _: 1 / 0)
"""
FIELD, BUTTON = 0, 3
FUZZED = 10_000
KINDS = (
    "comm_msg",
    "comm_msg",
    "comm_msg",
    "comm_open",
    "comm_close",
    "comm_info_request",
    "execute_request",
)


@pytest.fixture
def counter(tmp_path: Path) -> CompiledNotebook:
    registry.install()
    return CompiledNotebook(notebook(tmp_path / "counter.ipynb", COUNTER))


def _started(notebook: CompiledNotebook) -> tuple[Session, Listener]:
    session, page = opened()
    session.start(notebook)
    page.frames.clear()
    return session, page


def _says(session: Session, step: Any) -> None:
    name = list(session.comms.comms)[step.widget]
    session.hear(frame(step.kind, {"comm_id": name, **step.content}))


def test_a_page_sets_a_trait_of_its_own_session_only(counter: CompiledNotebook) -> None:
    """Two pupils, one process: the other's widgets are in another registry."""
    (mine, _), (other, _) = _started(counter), _started(counter)
    _says(mine, update(_place(mine, "BoundedIntTextModel"), value=7))
    assert mine.namespace["field"].value == 7
    assert other.namespace["field"].value == 1
    assert not set(map(id, mine.widgets.values())) & set(map(id, other.widgets.values()))


def test_a_comm_of_another_session_is_not_there(tmp_path: Path) -> None:
    """Whoever learns a comm's name can do nothing with it over a socket that is not its own."""
    notebook_ = CompiledNotebook(notebook(tmp_path / "n.ipynb", COUNTER))
    mine = Session("1" * 8 + "-1111-1111-1111-" + "1" * 12, Names("secret"))
    other = Session("2" * 8 + "-2222-2222-2222-" + "2" * 12, Names("secret"))
    for session in (mine, other):
        session.start(notebook_)
    foreign = next(name for name in other.comms.comms if name not in mine.comms.comms)
    mine.hear(frame("comm_msg", {"comm_id": foreign, "data": {"method": "update", "state": {"value": 9}}}))
    assert other.namespace["field"].value == 1


def test_outside_every_session_ipywidgets_is_as_it_was(counter: CompiledNotebook) -> None:
    """The patch is seen from inside a session only."""
    _started(counter)
    assert len(ipywidget._instances) == 0
    assert not isinstance(comm.create_comm(target_name="x"), registry.SessionComm)


def test_a_fault_in_a_notebook_ends_its_session_and_says_only_its_kind(counter: CompiledNotebook) -> None:
    """The words of an exception may hold what a pupil chose."""
    session, page = _started(counter)
    with pytest.raises(SessionOver, match=r"^ZeroDivisionError$"):
        _says(session, custom(_place(session, "ButtonModel"), event="click"))
    assert page.messages[-1]["content"] == {"execution_state": "idle"}


def test_a_value_that_a_trait_refuses_ends_the_session_and_stands_in_no_log(
    counter: CompiledNotebook, capfd: pytest.CaptureFixture[str]
) -> None:
    """IPython would print the value with the traceback."""
    session, _page = _started(counter)
    with pytest.raises(SessionOver, match=r"^TraitError$"):
        _says(session, update(_place(session, "BoundedIntTextModel"), value={"very": "private"}))
    assert "private" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "kind",
    [
        "execute_request", "complete_request", "inspect_request", "debug_request", "history_request",
        "input_reply", "shutdown_request", "interrupt_request", "is_complete_request", "nonsense",
    ],
)  # fmt: skip
@pytest.mark.parametrize("channel", ["shell", "control", "stdin", "iopub"])
def test_what_would_execute_inspect_or_stop_is_not_heard(
    counter: CompiledNotebook, kind: str, channel: str, tmp_path: Path
) -> None:
    session, page = _started(counter)
    trace = tmp_path / "trace"
    session.hear(frame(kind, {"code": f"open({str(trace)!r}, 'w')", "restart": False}, channel=channel))
    assert page.frames == []
    assert not trace.exists()


@pytest.mark.parametrize("target", ["jupyter.widget", "elsewhere", "os.system", "", None, 3, ["a"]])
def test_no_comm_but_the_control_is_opened(counter: CompiledNotebook, target: object) -> None:
    """`jupyter.widget` would make any widget that a page names."""
    session, _page = _started(counter)
    before = list(session.comms.comms)
    session.hear(frame("comm_open", {"comm_id": "e" * 32, "target_name": target, "data": {"state": {}}}))
    assert list(session.comms.comms) == before


def test_a_page_cannot_close_the_notebooks_widgets(counter: CompiledNotebook) -> None:
    session, _page = _started(counter)
    name = next(iter(session.comms.comms))
    session.hear(frame("comm_close", {"comm_id": name, "data": {}}))
    assert name in session.comms.comms


def test_ten_thousand_fuzzed_messages_do_no_harm(counter: CompiledNotebook) -> None:
    """Each is refused as malformed, ends its own session, or is answered; the next session works."""
    chance = random.Random(2026)  # noqa: S311 - the same each time
    session, _page = _started(counter)
    outcomes = {"malformed": 0, "ended": 0, "heard": 0}
    for _ in range(FUZZED):
        try:
            session.hear(_fuzzed(chance, list(session.comms.comms)))
            outcomes["heard"] += 1
        except MalformedFrame:
            outcomes["malformed"] += 1
        except SessionOver:
            outcomes["ended"] += 1
            session.end()
            session, _page = _started(counter)
    assert min(outcomes.values()) > 100, outcomes
    fresh, _page = _started(counter)
    _says(fresh, update(_place(fresh, "BoundedIntTextModel"), value=5))
    assert fresh.namespace["field"].value == 5


def _fuzzed(chance: random.Random, names: list[str]) -> bytes:
    odd = (None, -1, 2**70, 1.5e300, "", "x" * 300, [], [[]], {}, {"a": {"b": []}}, True, "\ud800")
    state = {chance.choice(["value", "max", "_view_name", "layout", "nosuch"]): chance.choice(odd)}
    data = {"method": chance.choice(["update", "request_state", "custom", None]), "state": state}
    data["buffer_paths"] = chance.choice([[], [["value"]], *odd])
    content = {"comm_id": chance.choice([*names, *names, *odd]), "target_name": chance.choice(odd)}
    content["data"] = chance.choice([data, data, data, *odd])
    raw = bytearray(frame(chance.choice(KINDS), chance.choice([*[content] * 20, *odd])))
    for _ in range(chance.choice([0, 0, 0, 0, 0, 1, 3])):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw[: chance.choice([*[None] * 7, chance.randrange(len(raw))])])


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        bytes(7),
        bytes(LARGEST_FRAME + 1),
        (2**62).to_bytes(8, "little"),
        packed("shell", {"msg_id": 1, "msg_type": "comm_msg"}, {}, {}, {}),
        packed("shell", {"msg_id": "1"}, {}, {}, {}),
        packed("shell", {"msg_id": "1", "msg_type": "comm_msg"}, {}, {}),
        frame("comm_msg", {}).replace(b'"session"', b'"sessio\xff"'),
        frame("comm_msg", {"x": 12}).replace(b'{"x": 12}', b'{"x":NaN}'),
        packed("shell", {"msg_id": "1", "msg_type": "comm_msg"}, {}, {}, [1]),
        packed("shell", [], {}, {}, {}),
    ],
)
def test_a_malformed_frame_is_refused_before_anything_is_done(raw: bytes) -> None:
    session, page = opened()
    with pytest.raises(MalformedFrame):
        session.hear(raw)
    assert page.frames == []


def test_what_a_page_said_stands_in_no_log(
    counter: CompiledNotebook, caplog: pytest.LogCaptureFixture
) -> None:
    """Ipywidgets and comm would log the words of a message that they do not understand."""
    session, _page = _started(counter)
    _says(session, Step("comm_msg", {"data": {"method": "very private"}}, 0))
    control = {"comm_id": "e" * 32, "target_name": registry.CONTROL, "data": {}}
    session.hear(frame("comm_open", control, metadata={"version": "very private"}))
    assert "private" not in caplog.text


def test_nothing_of_a_session_is_left_when_it_ends(counter: CompiledNotebook) -> None:
    session, _page = _started(counter)
    session.end()
    assert not session.widgets
    assert not session.comms.comms
    assert not session.namespace


def _place(session: Session, model: str) -> int:
    found = [session.widgets[name]._model_name for name in session.comms.comms]
    return found.index(model)
