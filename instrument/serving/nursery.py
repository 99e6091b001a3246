"""Workers forked from a process that has loaded everything: there in milliseconds, sharing what they read."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from instrument.serving.supervision import Watched, supervise

if TYPE_CHECKING:
    from collections.abc import Callable

SET_PDEATHSIG: Final = 1  # linux/prctl.h
BEAT_SECONDS: Final = 1.0
CLOSED, FAILED = 0, 1


@dataclass(slots=True)
class Forked:
    """A child of this process, to be watched as a command is."""

    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, or None."""
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if ended else None
        return self.returncode

    def terminate(self) -> None:
        """Ask it to close."""
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended; raises `subprocess.TimeoutExpired`."""
        deadline = time.monotonic() + (timeout or float("inf"))
        while (ended := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("worker", timeout or 0)
            time.sleep(0.02)
        return ended


def tend(work: Callable[[int], None], *, n_workers: int, beat: int) -> None:
    """Keep so many workers at work until SIGTERM; say on `beat` what they say, -1 where nobody listens."""
    numbers = range(1, n_workers + 1)
    workers = [Watched(f"worker {number}", partial(_fork, work), beats=True) for number in numbers]
    relay = _Relay(workers, beat)
    with contextlib.suppress(BrokenPipeError):  # our own supervisor is gone: nobody to serve for
        supervise(workers, in_order=False, looked=relay.say if beat >= 0 else None)


class _Relay:
    def __init__(self, workers: list[Watched], beat: int) -> None:
        self._workers, self._beat, self._last = workers, beat, 0.0

    def say(self) -> None:
        now = time.monotonic()
        if now - self._last < BEAT_SECONDS:
            return
        self._last = now
        said = [worker.said for worker in self._workers if worker.said is not None]
        with contextlib.suppress(BlockingIOError):  # it is busy, and hears the next
            os.write(self._beat, json.dumps(said).encode() + b"\n")


def _fork(work: Callable[[int], None], line: int) -> Forked:
    nursery = os.getpid()
    pid = os.fork()
    if pid:
        return Forked(pid)
    code = FAILED
    try:
        _begin(nursery, keeping=line)
        work(line)
        code = CLOSED
    except BaseException as fault:  # noqa: BLE001 - nothing of a child may run on in its parent's frames
        with contextlib.suppress(OSError):
            os.write(2, f"a worker ended with {type(fault).__name__}: {fault}\n".encode())
    os._exit(code)


def _begin(nursery: int, *, keeping: int) -> None:
    """Become a process of its own: the parent's handlers and files are not ours, and its end is."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != nursery:
        os._exit(FAILED)
    for descriptor in map(int, (entry.name for entry in list(Path("/proc/self/fd").iterdir()))):
        if descriptor > 2 and descriptor != keeping:  # noqa: PLR2004 - standard error
            with contextlib.suppress(OSError):
                os.close(descriptor)
