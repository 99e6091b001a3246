"""How fast a page may talk: who says more than a child can is listened to later, and never sent away."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

PER_SECOND: Final = 50.0
AT_ONCE: Final = 200.0
"""Messages: a page that was without Wi-Fi for a lesson sends a questionnaire's worth again."""


class Pace:
    """A bucket that fills with time and empties with messages."""

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        at_once: float = AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_second, self._at_once, self._clock = per_second, at_once, clock
        self._left, self._since = at_once, clock()

    def wait(self) -> float:
        """Count a message, and return the seconds after which it may be heard."""
        now = self._clock()
        self._left = min(self._at_once, self._left + (now - self._since) * self._per_second) - 1
        self._since = now
        return max(0.0, -self._left / self._per_second)
