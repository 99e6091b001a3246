"""A broker killed at any moment of saving and submitting, on either store."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from instrument.store import client
from instrument.store.data_folder import DataFolder
from tests.faults.brokers import PATIENCE, ROOT, nursery
from tests.faults.pupils import Lesson
from tests.store.conftest import cluster, ground, on_postgres  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.cluster import Cluster

KILLS: Final = int(os.environ.get("WEERGLAS_KILLS", "2000"))
"""Of the slow test. Last run: see tests/faults/LAST_RUN.md."""
PER_LESSON: Final = 25
LONGEST: Final = 0.9
"""Seconds that a broker lives at most."""
SUBMIT_RATE: Final = 0.001


def kill_often(folder: DataFolder, n_kills: int, chance: random.Random) -> int:
    """Play a lesson whose broker dies again and again; returns the number of acknowledged answers."""
    lesson = Lesson.begin(folder, chance)
    with nursery() as brokers:
        for _ in range(n_kills):
            pid = brokers.start(folder)

            async def kill(pid: int = pid) -> None:
                await asyncio.sleep(chance.uniform(0.02, LONGEST))
                brokers.kill(pid)

            lesson.answer(kill, submit_rate=SUBMIT_RATE)
    return lesson.end()


def test_a_killed_broker_loses_nothing_it_acknowledged_and_doubles_nothing(ground) -> None:  # noqa: F811 - a fixture
    """SIGKILL in the middle of saving and submitting, again and again, on one store."""
    assert kill_often(ground.folder, 5, random.Random(2026)) > 100  # noqa: S311 - repeatable


@pytest.mark.slow
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize(("store", "share"), [("sqlite", 0.9), ("postgres", 0.1)])
def test_a_thousand_kills_lose_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, store: str, share: float
) -> None:
    """The same, lesson after lesson, with a count of what was acknowledged."""
    chance = random.Random(2026)  # noqa: S311 - repeatable
    n_acknowledged = n_kills = 0
    while n_kills < KILLS * share:
        path = tmp_path / f"lesson{n_kills}"
        if store == "sqlite":
            folder = DataFolder.create(path, simulated=True)
        else:
            server: Cluster = request.getfixturevalue("cluster")
            folder = on_postgres(server, path).folder
        n_acknowledged += kill_often(folder, PER_LESSON, chance)
        n_kills += PER_LESSON
        print(f"{store}: {n_kills} kills, {n_acknowledged:,} acknowledged answers, 0 lost", flush=True)  # noqa: T201


def test_a_broker_that_is_asked_to_stop_does_so_cleanly(tmp_path: Path) -> None:
    """SIGTERM: exit code 0, no socket and no log left."""
    folder = DataFolder.create(tmp_path / "data")
    command = [sys.executable, "-m", "weerglas", "broker", "--data", str(folder.path)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and not _answers(folder):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert not folder.socket.exists()
    assert not folder.store.with_name("store.sqlite-wal").exists()


def _answers(folder: DataFolder) -> bool:
    try:
        client.BlockingClient(folder.socket).__exit__()
    except client.BrokerUnreachable:
        return False
    return True
