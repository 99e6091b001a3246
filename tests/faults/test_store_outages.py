"""A database that goes away and comes back, a clock that jumps, a socket that stalls."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import time
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from instrument.store import broker, client, frames
from instrument.store.passes import Passes
from instrument.store.refusals import Refused
from tests.faults.pupils import ITEMS, PUPILS, QUICK, Lesson
from tests.store.conftest import cluster, ground, shared  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from tests.store.conftest import Ground

RESTARTS: Final = int(os.environ.get("WEERGLAS_RESTARTS", "40"))
"""Of the slow test. Last run: see tests/faults/LAST_RUN.md."""
SUBMIT_RATE: Final = 0.002
CHANCE: Final = random.Random(2026)  # noqa: S311 - repeatable


def restart_often(ground: Ground, n_restarts: int) -> int:  # noqa: F811 - as the fixture is called
    """Play a lesson at two brokers whose PostgreSQL is restarted; returns the acknowledged answers."""
    assert ground.cluster is not None
    server, other = ground.cluster, ground.other()
    lesson = Lesson.begin(ground.folder, CHANCE)

    async def restart() -> None:
        for number in range(n_restarts):
            await asyncio.sleep(CHANCE.uniform(0.1, 0.6))
            mode = ("immediate", "fast")[number % 2]
            await asyncio.to_thread(server.control, "restart", "-m", mode)
        await asyncio.sleep(0.5)

    with broker.running(ground.folder, effort=QUICK), broker.running(other, effort=QUICK):
        lesson.answer(restart, submit_rate=SUBMIT_RATE, folders=[ground.folder, other])
    return lesson.end()


def test_a_postgresql_that_is_restarted_costs_no_acknowledged_answer(shared) -> None:  # noqa: F811 - a fixture
    """Crashed and stopped; the brokers run on, refuse meanwhile, and find it again by themselves."""
    assert restart_often(shared, 2) > 50


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_many_restarts_of_postgresql_cost_no_acknowledged_answer(shared) -> None:  # noqa: F811 - a fixture
    """The same, often."""
    n_acknowledged = restart_often(shared, RESTARTS)
    print(f"{RESTARTS} restarts, {n_acknowledged:,} acknowledged answers, 0 lost", flush=True)  # noqa: T201


def test_while_postgresql_is_away_a_pupil_hears_that_nothing_was_saved(shared) -> None:  # noqa: F811 - a fixture
    """At once, and not after a timeout; and the first request after it is back is kept."""
    lesson = Lesson.begin(shared.folder, CHANCE)
    with broker.running(shared.folder, effort=QUICK), client.BlockingClient(shared.folder.socket) as asking:
        session = asking.call("enter", code=lesson.pupils[0].code)["session"]
        asking.call("save", capability=session, seq=1, item=ITEMS[0], value=1)
        shared.cluster.control("stop", "-m", "fast")
        try:
            began = time.monotonic()
            with pytest.raises(Refused, match="nothing of this request was kept"):
                asking.call("save", capability=session, seq=2, item=ITEMS[1], value=1)
            assert time.monotonic() - began < 3
        finally:
            shared.cluster.control("start")
        asking.call("save", capability=session, seq=3, item=ITEMS[2], value=1)
        assert asking.call("state", capability=session)["answered"] == sorted(
            [ITEMS[0], ITEMS[2]], key=ITEMS.index
        )


def test_a_broker_does_not_start_on_a_database_that_is_away(shared) -> None:  # noqa: F811 - a fixture
    """It says which, and the supervisor tries again."""
    shared.cluster.control("stop", "-m", "fast")
    try:
        with pytest.raises(broker.DataFolderError, match="does not answer"), broker.running(shared.folder):
            pass
    finally:
        shared.cluster.control("start")


@pytest.mark.parametrize("jump", [-400 * 86_400, 86_400, 400 * 86_400])
def test_a_clock_that_jumps_loses_nothing(ground, monkeypatch: pytest.MonkeyPatch, jump: int) -> None:  # noqa: F811 - a fixture
    """Forward a pass is over, and the code is asked again; back it serves on. Answers know no time."""
    offset = [0.0]
    monkeypatch.setitem(Passes.__init__.__kwdefaults__, "clock", lambda: time.time() + offset[0])
    lesson = Lesson.begin(ground.folder, CHANCE)
    code = lesson.pupils[0].code
    with broker.running(ground.folder, effort=QUICK), client.BlockingClient(ground.folder.socket) as asking:
        session = asking.call("enter", code=code)["session"]
        asking.call("save", capability=session, seq=1, item=ITEMS[0], value=1)
        offset[0] = jump
        asking.call("save", capability=session, seq=2, item=ITEMS[1], value=2)
    with broker.running(ground.folder, effort=QUICK), client.BlockingClient(ground.folder.socket) as asking:
        if jump > 0:
            with pytest.raises(Refused, match="no such session"):
                asking.call("save", capability=session, seq=3, item=ITEMS[2], value=3)
            session = asking.call("enter", code=code)["session"]
        asking.call("save", capability=session, seq=3, item=ITEMS[2], value=3)
        assert set(asking.call("enter", code=code)["answered"]) == set(ITEMS[:3])


def test_a_stalled_socket_keeps_nobody_from_saving(ground) -> None:  # noqa: F811 - a fixture
    """One caller begins a frame and falls silent, one never reads its replies; a class goes on."""
    lesson = Lesson.begin(ground.folder, CHANCE)
    with broker.running(ground.folder, effort=QUICK):
        silent, deaf = _stalled(ground.folder.socket), _deaf(ground.folder.socket)

        async def a_while() -> None:
            await asyncio.sleep(1)

        lesson.answer(a_while, submit_rate=SUBMIT_RATE)
        silent.close()
        deaf.close()
    assert lesson.end() > PUPILS  # more than one answer each, however busy the machine


def _stalled(address: Any) -> socket.socket:
    half = socket.socket(socket.AF_UNIX)
    half.connect(str(address))
    half.sendall(frames.encode({"id": 1, "op": "health"})[:9])
    return half


def _deaf(address: Any) -> socket.socket:
    one = socket.socket(socket.AF_UNIX)
    one.connect(str(address))
    one.settimeout(0.2)
    frame = frames.encode({"id": "x" * 10_000, "op": "nothing"})  # of which each reply repeats the id
    try:
        for _ in range(500):
            one.sendall(frame)
    except TimeoutError:
        pass  # the broker takes no more from who does not listen
    return one


def test_an_answer_that_took_the_long_way_does_not_undo_a_later_one(ground) -> None:  # noqa: F811 - a fixture
    """A page sends again what it got no answer to: the same number twice is kept once, on any day."""
    lesson = Lesson.begin(ground.folder, CHANCE)
    with broker.running(ground.folder, effort=QUICK), client.BlockingClient(ground.folder.socket) as asking:
        session = asking.call("enter", code=lesson.pupils[0].code)["session"]
        for seq, value in ((1, 1), (2, 4), (1, 1)):
            asking.call("save", capability=session, seq=seq, item=ITEMS[0], value=value)
        asking.call("submit", capability=session, seq=3)
        asking.call("submit", capability=session, seq=3)
        with client.operator(ground.folder) as operator:
            closed = operator.close_afname("02QZ00", on=date(2026, 11, 20))
            (row,) = operator.responses(closed.afname_id)
    assert row["answers"] == {ITEMS[0]: 4}
