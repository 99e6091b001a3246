"""The clock of the ledger: the time of day, refused when it jumped while the broker ran."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

JUMP: Final = 300.0
"""Seconds by which the time of day may drift from the steady clock; a summer hour does not move UTC."""


def _wall() -> datetime:
    return datetime.now(UTC)


def _steady() -> float:
    # counts a suspended laptop's sleep as well, which `time.monotonic` does not
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class Clock:
    """Tells the moment; a date decides what may be delivered, so a clock that somebody turned is refused."""

    def __init__(
        self, wall: Callable[[], datetime] = _wall, steady: Callable[[], float] | None = _steady
    ) -> None:
        """Begin with the time as it is now; a test that turns the clock itself passes `steady=None`."""
        self._wall = wall
        self._steady = steady
        self._began = (wall(), 0.0 if steady is None else steady())

    def now(self) -> datetime:
        """Return the moment in UTC; refuses where it is not as long after the start as it should be."""
        now = self._wall()
        if self._steady is not None:
            passed = self._steady() - self._began[1]
            jump = (now - self._began[0]).total_seconds() - passed
            if abs(jump) > JUMP:
                raise Refused("clock_jumped", {"seconds": round(jump)})
        return now
