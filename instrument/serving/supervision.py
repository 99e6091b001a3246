"""The processes of `weerglas serve`: each started, watched, restarted after a crash, and closed in order."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STABLE_AFTER: Final = 60.0
"""Seconds a process must live before its next crash is treated as its first."""
PATIENCE: Final = 15.0
"""Seconds a process gets to close cleanly."""
logger: Final = logging.getLogger("weerglas.supervision")


@dataclass(slots=True)
class Watched:
    """One process, and how long to wait before starting it again."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = SHORTEST_PAUSE
    not_before: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches us alone."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - our own command
        self.started = time.monotonic()

    def look(self) -> None:
        """Start the process again if it has ended, later after each crash in a row."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            self._note_crash(now)
        if now >= self.not_before:
            self.start()

    def stop(self) -> None:
        """Ask the process to close; kill it when it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            logger.warning("%s did not close within %d s; killed", self.name, PATIENCE)
            self.process.kill()
            self.process.wait()

    def _note_crash(self, now: float) -> None:
        code = self.process.returncode if self.process else None
        self.pause = SHORTEST_PAUSE if now - self.started > STABLE_AFTER else self.pause
        self.not_before, self.process = now + self.pause, None
        logger.warning("%s ended with code %s; starting again in %.1f s", self.name, code, self.pause)
        self.pause = min(2 * self.pause, LONGEST_PAUSE)


def supervise(processes: Sequence[Watched], *, every: float = 0.2) -> None:
    """Keep processes running until SIGTERM or SIGINT; then close them, last started first.

    The order matters: the broker is started first and closed last, so that no answer finds it gone.
    """
    stopping = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    try:
        while not stopping.is_set():
            for watched in processes:
                watched.look()
            stopping.wait(every)
    finally:
        for watched in reversed(processes):
            watched.stop()
