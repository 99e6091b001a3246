"""Processes that are kept alive: started, watched, started again after a crash or silence, and closed."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

SHORTEST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
STABLE_AFTER: Final = 60.0
"""Seconds a process must live before its next crash is treated as its first."""
PATIENCE: Final = 15.0
"""Seconds a process gets to close cleanly."""
LONGEST_START: Final = 120.0
LONGEST_SILENCE: Final = 20.0
"""Seconds after which a process that beats no more is taken for hung."""
MOST_UNREAD: Final = 1024 * 1024
logger: Final = logging.getLogger("weerglas.supervision")


class Process(Protocol):
    """What can be watched, as `subprocess.Popen` has it."""

    returncode: int | None

    def poll(self) -> int | None:
        """Return how it ended, or None."""

    def terminate(self) -> None:
        """Ask it to close."""

    def kill(self) -> None:
        """End it."""

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended; raises `subprocess.TimeoutExpired`."""


@dataclass(slots=True)
class Watched:
    """One process, and how long to wait before starting it again."""

    name: str
    launch: Callable[[int], Process]
    """Starts it; the number is a descriptor on which it may say that it lives."""
    beats: bool = False
    """Whether it says so every second."""
    process: Process | None = None
    started: float = 0.0
    pause: float = SHORTEST_PAUSE
    not_before: float = 0.0
    said: Any = None
    """What it said last."""
    _patient_until: float = 0.0
    _line: int = -1
    _unread: bytes = b""

    def start(self) -> None:
        """Start the process."""
        self._hang_up()
        self._line, theirs = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._unread = b""
        self.process = self.launch(theirs)
        os.close(theirs)
        self.started = time.monotonic()
        self._patient_until = self.started + LONGEST_START

    def look(self) -> None:
        """Start the process if it has ended, later after each crash in a row; end one that is silent."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            self._listen(now)
            return
        if self.process is not None:
            self._note_crash(now)
        if now >= self.not_before:
            self.start()

    def ask_to_close(self) -> None:
        """Ask the process to close, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """Ask the process to close; kill it when it does not."""
        self.ask_to_close()
        if self.process is not None:
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                logger.warning("%s did not close within %d s; killed", self.name, PATIENCE)
                self.process.kill()
                self.process.wait()
        self._hang_up()

    def _listen(self, now: float) -> None:
        with contextlib.suppress(BlockingIOError):
            self._unread += os.read(self._line, MOST_UNREAD)
        *beats, self._unread = self._unread.split(b"\n")
        if beats:
            self._patient_until, self.said = now + LONGEST_SILENCE, json.loads(beats[-1])
        elif self.beats and now > self._patient_until and self.process is not None:
            logger.warning("%s was silent for too long; killed", self.name)
            self.process.kill()

    def _note_crash(self, now: float) -> None:
        code = self.process.returncode if self.process else None
        self.pause = SHORTEST_PAUSE if now - self.started > STABLE_AFTER else self.pause
        self.not_before, self.process, self.said = now + self.pause, None, None
        logger.warning("%s ended with code %s; starting again in %.1f s", self.name, code, self.pause)
        self.pause = min(2 * self.pause, LONGEST_PAUSE)

    def _hang_up(self) -> None:
        if self._line >= 0:
            os.close(self._line)
            self._line = -1


def command(arguments: Sequence[str], *, told: str = "", beat: str = "") -> Callable[[int], Process]:
    """Return how to launch a command, in a session of its own so that Ctrl-C reaches us alone.

    It reads `told` on its standard input, which nobody else sees; `beat` is the option of its descriptor.
    """

    def launch(line: int) -> Process:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*arguments, beat, str(line)] if beat else list(arguments),
            start_new_session=True,
            stdin=subprocess.PIPE if told else subprocess.DEVNULL,
            pass_fds=(line,) if beat else (),
        )
        if process.stdin is not None:
            with (
                contextlib.suppress(BrokenPipeError),
                process.stdin as ear,
            ):  # an end is seen at the next look
                ear.write(told.encode())
        return process

    return launch


def supervise(
    processes: Sequence[Watched],
    *,
    every: float = 0.2,
    in_order: bool = True,
    looked: Callable[[], None] | None = None,
) -> None:
    """Keep processes running until SIGTERM or SIGINT; then close them, last started first.

    The order matters: the broker is started first and closed last, so that no answer finds it gone. Where it
    does not, all are asked at once. `looked` is called after each round; what it raises ends everything.
    """
    asked: list[int] = []  # no Event: setting one while it is waited for, or set, can wait for itself

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    try:
        while not asked:
            for watched in processes:
                watched.look()
            if looked is not None:
                looked()
            time.sleep(every)
    finally:
        for watched in () if in_order else processes:
            watched.ask_to_close()
        for watched in reversed(processes):
            watched.stop()
