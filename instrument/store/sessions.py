"""Sessions: who is at the broker, known by a capability; a pupil's is a pass that outlives the broker."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

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
class BestuurSession:
    """Somebody of a bevoegd gezag, over its vestigingen."""

    account: str
    bevoegd_gezag_nummer: str


@dataclass(frozen=True, slots=True)
class AanbiederSession:
    """Somebody who runs this monitor: which schools, which accounts; no answers and no results."""

    account: str


@dataclass(frozen=True, slots=True)
class OnderzoekerSession:
    """A researcher: the frozen responses of closed afnamen."""

    account: str


@dataclass(frozen=True, slots=True)
class VoucherSession:
    """The office that hears an OpenID provider; may begin sessions of accounts, and no more."""


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """Whoever holds the operator's key of the data folder."""


AccountSession: TypeAlias = CoordinatorSession | BestuurSession | AanbiederSession | OnderzoekerSession
"""Of somebody with a name and a password."""
Session: TypeAlias = PupilSession | AccountSession | OperatorSession | VoucherSession


class Sessions:
    """All sessions by capability; a capability is a secret of 128 bits and never logged."""

    def __init__(
        self, operator_key: str, *, voucher_key: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._standing: dict[str, Session] = {operator_key: OperatorSession(), voucher_key: VoucherSession()}
        self._clock = clock
        self._sessions: dict[str, Session] = {}
        self._used: dict[str, float] = {}
        self._ended: set[bytes] = set()

    def begin(self, session: Session) -> str:
        """Keep a session under a new capability, and return that."""
        capability = secrets.token_urlsafe(CAPABILITY_BYTES)
        self.keep(capability, session)
        return capability

    def keep(self, capability: str, session: Session) -> Session:
        """Keep a session under its pass; returns the one that is kept under it already, if any."""
        self._forget_idle()
        self._used[capability] = self._clock()
        return self._sessions.setdefault(capability, session)

    def find(self, capability: str) -> Session | None:
        """Return the session of a capability, if it is here."""
        for key, session in self._standing.items():
            if key and secrets.compare_digest(capability.encode(errors="replace"), key.encode()):
                return session
        if capability in self._sessions:
            self._used[capability] = self._clock()
        return self._sessions.get(capability)

    def end(self, capability: str) -> None:
        """Forget a session, with the keys it held; its pass opens nothing any more, at this broker."""
        self._forget(capability)
        self._ended.add(hashlib.sha256(capability.encode()).digest())

    def end_of(self, account: str) -> None:
        """Forget every session of an account: it has another password, or is gone."""
        for capability, session in list(self._sessions.items()):
            if getattr(session, "account", None) == account:
                self.end(capability)

    def was_ended(self, capability: str) -> bool:
        """Tell whether somebody left with this pass."""
        return hashlib.sha256(capability.encode(errors="replace")).digest() in self._ended

    def _forget(self, capability: str) -> None:
        self._sessions.pop(capability, None)
        self._used.pop(capability, None)

    def _forget_idle(self) -> None:
        oldest = self._clock() - IDLE_SECONDS
        for capability in [key for key, used in self._used.items() if used < oldest]:
            self._forget(capability)
