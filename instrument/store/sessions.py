"""Sessions: who is at the broker, known by a capability; in memory only, gone with the broker."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from instrument.store.refusals import Refused

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from instrument.questionnaire import Edition
    from instrument.store.keys import CodeKeys

CAPABILITY_BYTES: Final = 16
IDLE_SECONDS: Final = 8 * 3600
"""A session that nobody used for a school day is forgotten; its draft stays until closing."""


@dataclass(slots=True)
class PupilSession:
    """A pupil answering one edition under one code; `name` numbers its answers in the draft."""

    afname_id: str
    edition: Edition = field(repr=False)
    keys: CodeKeys = field(repr=False)
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    submission: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def has_submitted(self) -> bool:
        """Whether this session, and no other of the same code, sent the answers."""
        return self.submission is not None and self.submission.done() and not self.submission.exception()


@dataclass(frozen=True, slots=True)
class CoordinatorSession:
    """A coordinator of one vestiging."""

    account: str
    vestigingsnummer: str


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """Whoever holds the operator's key of the data folder."""


Session: TypeAlias = PupilSession | CoordinatorSession | OperatorSession


class Sessions:
    """All sessions by capability; a capability is a secret of 128 bits and never logged."""

    def __init__(self, operator_key: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._operator_key = operator_key
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._used: dict[str, float] = {}

    def begin(self, session: Session) -> str:
        """Keep a session and return its capability."""
        self._forget_idle()
        capability = secrets.token_urlsafe(CAPABILITY_BYTES)
        self._sessions[capability] = session
        self._used[capability] = self._clock()
        return capability

    def find(self, capability: str) -> Session:
        """Return the session of a capability, or refuse."""
        if secrets.compare_digest(capability.encode(errors="replace"), self._operator_key.encode()):
            return OperatorSession()
        if capability not in self._sessions:
            raise Refused("no_session")
        self._used[capability] = self._clock()
        return self._sessions[capability]

    def end(self, capability: str) -> None:
        """Forget a session, with the keys it held."""
        self._sessions.pop(capability, None)
        self._used.pop(capability, None)

    def _forget_idle(self) -> None:
        oldest = self._clock() - IDLE_SECONDS
        for capability in [key for key, used in self._used.items() if used < oldest]:
            self.end(capability)
