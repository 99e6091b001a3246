"""The eraser: makes what was deleted unreadable, and keeps trying until it is; never undoes a commit."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from instrument.store.stores import Erase

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

    from instrument.store.stores import Store

AGAIN: Final = 10.0
"""Seconds before what could not be erased is tried again: whoever reads it now is not done at once."""

log = logging.getLogger("weerglas.broker")


class Eraser:
    """Erases behind each commit, in the writer's thread; `left` says what is still readable."""

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._touched: frozenset[str] = frozenset()
        self._not_before = 0.0
        self.left = Erase.NOTHING

    def after(self, connection: Connection, wanted: Erase, touched: AbstractSet[str]) -> None:
        """Erase what a batch asked for, and what was left before; what fails is only put off."""
        self.left = max(self.left, wanted)
        if self.left is Erase.NOTHING:
            return
        self._touched |= touched
        if wanted is Erase.NOTHING and self._clock() < self._not_before:
            return
        self._try(connection)

    def _try(self, connection: Connection) -> None:
        try:
            self._store.erase(connection, self.left, self._touched)
        except Exception as fault:  # noqa: BLE001 - committed all the same, and so it is answered
            log.error("deleted rows are not erased yet: %s", type(fault).__name__)  # noqa: TRY400 - no values
            self._not_before = self._clock() + AGAIN
            return
        self.left, self._touched = Erase.NOTHING, frozenset()
