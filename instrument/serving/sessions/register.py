"""The sessions of a worker: opened when asked for, kept for a page that may return, then ended."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from instrument.serving.sessions.session import Session, SessionOver
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from instrument.serving.sessions.names import Names
    from instrument.serving.sessions.notebook import CompiledNotebook
    from instrument.serving.visitors import Visitor

KEPT_SECONDS: Final = 300.0
"""How long a session waits for its page: a laptop that slept, a router that was restarted."""
MOST_OF_A_VISIT: Final = 4
MOST: Final = 5000
logger: Final = logging.getLogger("weerglas.sessions")


class TooMany(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """This worker has as many sessions as it can bear, all of them in use; a page goes on over HTTP."""


class Register:
    """Which session is whose."""

    def __init__(
        self,
        notebook: CompiledNotebook,
        names: Names,
        *,
        most: int = MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notebook, self._names = notebook, names
        self._most, self._clock = most, clock
        self._sessions: dict[str, Session] = {}
        self._of_visit: dict[str, list[str]] = {}
        self._left: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._sessions)

    @property
    def attached(self) -> int:
        """How many have a page."""
        return len(self._sessions) - len(self._left)

    def open(self, name: str, visitor: Visitor, broker: client.BrokerClient) -> Session:
        """Return the session of a page, whose name was checked; raises `SessionOver` or `TooMany`."""
        session = self._sessions.get(name)
        if session is None:
            self._make_room(visitor)
            session = Session(name, self._names, client.Session(broker, visitor.capability))
            session.start(self._notebook)
            self._sessions[name] = session
            self._of_visit.setdefault(visitor.name, []).append(name)
        self._left.pop(name, None)
        return session

    def leave(self, session: Session) -> None:
        """Note that a session has no page; it waits for one."""
        session.socket = None
        if session.name in self._sessions:
            self._left[session.name] = self._clock()

    def end(self, name: str) -> None:
        """End a session, if there is one of this name."""
        session = self._sessions.pop(name, None)
        self._left.pop(name, None)
        for names in self._of_visit.values():
            if name in names:
                names.remove(name)
        if session is not None:
            session.end()

    def sweep(self) -> int:
        """End what waited long enough, and return how many that were."""
        oldest = self._clock() - KEPT_SECONDS
        forgotten = [name for name, left in self._left.items() if left <= oldest]
        for name in forgotten:
            self.end(name)
        self._of_visit = {visit: names for visit, names in self._of_visit.items() if names}
        return len(forgotten)

    def _make_room(self, visitor: Visitor) -> None:
        """End the visit's oldest session when it has many, and the longest forgotten when all have many."""
        own = self._of_visit.get(visitor.name, [])
        if len(own) >= MOST_OF_A_VISIT:
            self.end(next((name for name in own if name in self._left), own[0]))
        if len(self._sessions) >= self._most:
            if not self._left:
                raise TooMany
            self.end(min(self._left, key=self._left.__getitem__))


__all__ = ["Register", "SessionOver", "TooMany"]
