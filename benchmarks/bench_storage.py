"""`make bench-storage`: a class of 300 that saves at the same instant, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.report import Report
from instrument.store import client
from instrument.store.data_folder import DataFolder
from tests.simulated_school import EDITION, open_class
from tests.store import cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

PUPILS: Final = 300
BURSTS: Final = 20
PAUSE: Final = 0.1
ITEMS: Final = [item.code for item in EDITION.scored]


@dataclass(frozen=True, slots=True)
class Bursts:
    """Of each burst, in milliseconds, what 99 of 100 pupils waited at most, and what the last one waited."""

    p99: list[float]
    longest: list[float]


def main() -> None:
    """Time both stores, one behind the other, each with a broker in a process of its own."""
    report = Report("storage")
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as place:
        report.progress(f"SQLite: {BURSTS} bursts of {PUPILS} saves")
        _add(report, "sqlite", _time(DataFolder.create(Path(place) / "sqlite", simulated=True)))
        programs = cluster.programs()
        if programs is None:
            report.without("postgres_burst_300_p99_ms", "no PostgreSQL is installed here")
        else:
            report.progress(f"PostgreSQL: {BURSTS} bursts of {PUPILS} saves")
            with cluster.running(programs) as server:
                address = {"database": server.new_database(), "password": cluster.PASSWORD}
                folder = DataFolder.create(Path(place) / "postgres", simulated=True, **address)
                _add(report, "postgres", _time(folder))
    report.print()


def _add(report: Report, store: str, bursts: Bursts) -> None:
    p99, longest = statistics.median(bursts.p99), max(bursts.longest)
    report.add(f"{store}_burst_300_p99_ms", p99, unit="ms", note="median of the bursts")
    report.add(f"{store}_burst_300_max_ms", longest, unit="ms", note="worst of all")


def _time(folder: DataFolder) -> Bursts:
    with _broker(folder):
        return asyncio.run(_bursts(folder, _codes(folder)))


@contextmanager
def _broker(folder: DataFolder) -> Iterator[None]:
    command = [sys.executable, "-m", "weerglas", "broker", "--data", str(folder.path)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own command
    try:
        while not folder.socket.exists():
            time.sleep(PAUSE)
        yield
    finally:
        process.terminate()
        process.wait()


def _codes(folder: DataFolder) -> list[str]:
    with client.operator(folder) as operator:
        return open_class(operator, n_pupils=PUPILS)


async def _bursts(folder: DataFolder, codes: list[str]) -> Bursts:
    asking = [client.connect(folder.socket) for _ in codes]
    entries = [
        await one.call("enter", code=code, address=code) for one, code in zip(asking, codes, strict=True)
    ]
    sessions = [client.Session(one, entry["session"]) for one, entry in zip(asking, entries, strict=True)]
    bursts = Bursts([], [])
    for seq in range(BURSTS):
        waits = sorted(await asyncio.gather(*(_wait(session, seq) for session in sessions)))
        bursts.p99.append(waits[int(0.99 * PUPILS) - 1])
        bursts.longest.append(waits[-1])
        await asyncio.sleep(PAUSE)
    await asyncio.gather(*(one.close() for one in asking))
    return bursts


async def _wait(session: client.Session, seq: int) -> float:
    began = time.perf_counter()
    await session.call("save", seq=seq, item=ITEMS[seq % len(ITEMS)], value=1 + seq % 4)
    return (time.perf_counter() - began) * 1_000


if __name__ == "__main__":
    main()
