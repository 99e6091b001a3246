"""Power cuts and full disks under a school's store: a file system of its own, cut off in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import random
import signal
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest

from instrument.store import broker, client
from instrument.store.data_folder import DataFolder
from instrument.store.refusals import Refused
from tests.faults.brokers import nursery
from tests.faults.pupils import ITEMS, QUICK, Lesson
from tests.store import cluster as clusters
from tests.store.conftest import on_postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CUTS: Final = int(os.environ.get("WEERGLAS_POWER_CUTS", "300"))
"""Of the slow test. Last run: see tests/faults/LAST_RUN.md."""
PER_LESSON: Final = 25
SUBMIT_RATE: Final = 0.001
SHUT_DOWN: Final = 0x8004587D
"""ext4's EXT4_IOC_SHUTDOWN: from here on nothing reaches the disk any more."""
WITHOUT_FLUSH: Final = struct.pack("I", 2)
"""Not even its journal: what was not synced is lost, as when the plug is pulled."""
RESERVED: Final = 20
"""Files of its log that PostgreSQL may have made before there was no room for more."""
NO_DISK = "NO LOOP DEVICE (needs root): power cuts and full disks are not simulated here"


@dataclass
class Disk:
    """A small ext4 in a file, mounted through a loop device."""

    image: Path
    place: Path

    @classmethod
    def make(cls, folder: Path, *, megabytes: int) -> Disk:
        folder.mkdir()
        disk = cls(folder / "disk.img", folder / "disk")
        disk.place.mkdir()
        with disk.image.open("wb") as file:
            file.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", str(disk.image))
        disk.plug()
        return disk

    def plug(self) -> None:
        """Mount it; a file system that was cut off replays its journal."""
        _run("mount", "-o", "loop", str(self.image), str(self.place))

    def unplug(self) -> None:
        _run("umount", str(self.place))

    def cut(self) -> None:
        """Let nothing reach the disk any more."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUT_DOWN, WITHOUT_FLUSH)
        finally:
            os.close(descriptor)


@pytest.fixture
def disk(request: pytest.FixtureRequest) -> Iterator[Disk]:
    # not pytest's own folder, which a database server of another user cannot enter
    with tempfile.TemporaryDirectory(prefix="weerglas-disk-") as home:
        Path(home).chmod(0o755)
        try:
            made = Disk.make(Path(home) / "machine", megabytes=getattr(request, "param", 48))
        except (OSError, subprocess.CalledProcessError):
            pytest.skip(NO_DISK)
        yield made
        with contextlib.suppress(subprocess.CalledProcessError):
            made.unplug()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def cut_often(disk: Disk, n_cuts: int, chance: random.Random, name: str = "data") -> int:
    """Play a lesson in which the power fails again and again; returns the acknowledged answers."""
    folder = DataFolder.create(disk.place / name, simulated=True)
    os.sync()
    lesson = Lesson.begin(folder, chance)
    with nursery() as brokers:
        for _ in range(n_cuts):
            pid = brokers.start(folder)

            async def cut(pid: int = pid) -> None:
                await asyncio.sleep(chance.uniform(0.02, 0.5))
                # A machine without power computes nothing: without this stop, ext4 lets a sync that it cut
                # off in the middle succeed now and then, and the broker acknowledges after its end.
                os.kill(pid, signal.SIGSTOP)
                disk.cut()
                brokers.kill(pid)

            lesson.answer(cut, submit_rate=SUBMIT_RATE)
            disk.unplug()
            disk.plug()
    return lesson.end()


def test_what_was_acknowledged_outlives_a_power_cut(disk: Disk) -> None:
    """Acknowledged means on the disk: synced, not only written."""
    assert cut_often(disk, 4, random.Random(7)) > 20  # noqa: S311 - repeatable


@pytest.mark.slow
@pytest.mark.timeout(2 * 3600)
def test_hundreds_of_power_cuts_lose_nothing(disk: Disk) -> None:
    """The same, lesson after lesson, with a count of what was acknowledged."""
    chance = random.Random(2026)  # noqa: S311 - repeatable
    n_acknowledged = 0
    for n_cuts in range(PER_LESSON, CUTS + PER_LESSON, PER_LESSON):
        n_acknowledged += cut_often(disk, PER_LESSON, chance, f"lesson{n_cuts}")
        print(f"{n_cuts} power cuts, {n_acknowledged:,} acknowledged answers, 0 lost", flush=True)  # noqa: T201


def test_a_full_disk_refuses_and_loses_nothing_and_goes_on_when_there_is_room(disk: Disk) -> None:
    """Pupils hear "not saved", nobody hears "saved" in vain; one deleted film later all goes on."""
    fill_and_clear(DataFolder.create(disk.place / "data", simulated=True), disk)


@pytest.mark.slow
@pytest.mark.parametrize("disk", [200], indirect=True)
def test_a_full_disk_under_postgresql_does_neither(disk: Disk, tmp_path: Path) -> None:
    """The same where the store is a server; what it cannot write, the broker does not acknowledge."""
    programs = clusters.programs()
    if programs is None:
        pytest.skip("NO POSTGRESQL here")
    with clusters.running(programs, disk=disk.place) as server:

        def use_up_what_was_reserved() -> None:
            with contextlib.suppress(psycopg.Error), server.administrator() as connection:
                for _ in range(RESERVED):
                    connection.execute("SELECT pg_logical_emit_message(false, 'test', 'a line of the log')")
                    connection.execute("SELECT pg_switch_wal()")

        ground = on_postgres(server, tmp_path / "data")
        fill_and_clear(
            ground.folder,
            disk,
            filled=use_up_what_was_reserved,
            cleared=lambda: server.control("restart", "-m", "immediate"),
        )


def fill_and_clear(
    folder: DataFolder,
    disk: Disk,
    *,
    filled: Callable[[], None] = lambda: None,
    cleared: Callable[[], None] = lambda: None,
) -> None:
    """Fill the disk while a pupil saves, and make room again."""
    lesson = Lesson.begin(folder, random.Random(7))  # noqa: S311 - repeatable
    film = disk.place / "film.mp4"
    with broker.running(folder, effort=QUICK), client.BlockingClient(folder.socket) as asking:
        pupil = lesson.pupils[0]
        session = asking.call("enter", code=pupil.code)["session"]
        told = _save_until_refused(asking, session, partial(_fill, film, disk, filled))
        film.unlink()
        cleared()
        assert set(asking.call("enter", code=pupil.code)["answered"]) == set(told)
        asking.call("save", capability=session, seq=10_000, item=ITEMS[0], value=4)
        pupil.acknowledged = {**told, ITEMS[0]: 4}
    assert lesson.end() == 0


def _save_until_refused(
    asking: client.BlockingClient, session: str, fill: Callable[[], None]
) -> dict[str, int]:
    told: dict[str, int] = {}
    for seq in range(5_000):
        item, value = ITEMS[seq % len(ITEMS)], 1 + seq % 4
        if seq and seq % 20 == 0:  # again and again: a server that crashed tidies up, and has room
            fill()
        try:
            asking.call("save", capability=session, seq=seq, item=item, value=value)
        except Refused as refusal:
            if refusal.reason == "not_saved":
                return told
            raise
        told[item] = value
    pytest.fail("the disk never was full")


def _fill(film: Path, disk: Disk, filled: Callable[[], None]) -> None:
    free = os.statvfs(disk.place)
    with contextlib.suppress(OSError), film.open("ab") as file:
        file.write(bytes(free.f_bavail * free.f_frsize + (1 << 20)))
    filled()
