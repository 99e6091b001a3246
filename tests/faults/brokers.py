"""Brokers that start in a moment: forked from a process that has imported everything, which is this file."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from instrument.store import broker, client
from instrument.store.data_folder import DataFolder
from tests.faults.pupils import QUICK
from tests.nursery import started

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0


class Nursery:
    """Starts brokers, each in a process of its own, and ends them as a fault would."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, folder: DataFolder) -> int:
        """Start the broker of a folder; returns its process id when it answers."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(folder.path, file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(client.BrokerUnreachable), client.BlockingClient(folder.socket):
                return pid
            time.sleep(0.005)
        raise TimeoutError

    def kill(self, pid: int) -> None:
        """End a broker as a power cut would, and wait until it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            while True:
                os.kill(pid, 0)
                time.sleep(0.002)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Give a nursery for the duration; no broker outlives it."""
    with started("tests.faults.brokers") as process:
        yield Nursery(process)


def _serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever dies is gone at once
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            with contextlib.suppress(BaseException):
                asyncio.run(broker.run(DataFolder(Path(line.strip())), effort=QUICK))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
