"""The ledger of toestemming: events only ever added, chained and signed; refuses to go on when broken.

Adding reads the last event and a count, never the whole. That is safe enough to go on: the last event must
bear our signature and the hash chain behind it, no number may be missing, and the ledger may not end before
what this broker itself saw committed. Every link and signature is checked by `weerglas levering verify`, and
at the start of each `weerglas levering run`, before anything leaves.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import func, insert, select

from instrument.school import CALENDAR
from instrument.store import schools
from instrument.store.ledger import ledger_chain
from instrument.store.ledger.ledger_chain import FIRST, Anchor
from instrument.store.ledger.ledger_tables import EVENTS
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy import Connection, Row

    from instrument.store.ledger.ledger_chain import ChainFault, Record
    from instrument.store.ledger.ledger_clock import Clock

Event: TypeAlias = dict[str, Any]
"""A record (see `ledger_chain.COLUMNS`) with its payload read."""

TYPES: Final = (
    "akkoord", "gegeven", "gewijzigd", "ingetrokken", "levering_gestart", "geleverd", "herstel",
)  # fmt: skip
OF_REQUEST: Final = {
    "akkoord": ("akkoord",),
    "gegeven": ("gegeven", "gewijzigd"),
    "ingetrokken": ("ingetrokken",),
    "levering_gestart": ("levering_gestart",),
    "geleverd": ("geleverd",),
    "herstel": ("herstel",),
}
"""What may come of a request: who gives a toestemming where one stands changes it."""
SKEW: Final = timedelta(minutes=2)
"""By how much the clocks of two machines that share a store may differ."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be recorded: by whom, of which vestiging and schooljaar."""

    type: str
    vestigingsnummer: str
    schooljaar: str
    actor: str
    role: str
    payload: Mapping[str, Any] = field(repr=False)
    level: str | None = None
    date: str | None = None
    request_id: str = field(default_factory=lambda: secrets.token_hex(16))
    """Each is recorded once; see `Ledger.recorded`."""


class Ledger:
    """The ledger of one data folder, under its key."""

    def __init__(self, key: Ed25519PrivateKey, clock: Clock) -> None:
        self._key = key
        self._public_key = key.public_key()
        self._seen = Anchor(0, FIRST)
        self.clock = clock

    @property
    def public_key(self) -> str:
        """The key that checks the signatures, as 64 signs; nothing can be signed with it."""
        return self._public_key.public_bytes_raw().hex()

    def append(self, connection: Connection, draft: Draft) -> Event:
        """Add one event behind the last and return it; refuses where the ledger was tampered with."""
        if draft.type not in TYPES:
            raise Refused("bad_request", {"field": "type", "fault": f"use one of: {', '.join(TYPES)}"})
        schools.get(connection, draft.vestigingsnummer)
        head = self.head(connection)
        record = ledger_chain.sealed(_facts(draft, head, self.moment(connection)), self._key)
        connection.execute(insert(EVENTS).values(record))
        return _event(record)

    def of_vestiging(self, connection: Connection, vestigingsnummer: str) -> list[Event]:
        """Return the events of one vestiging, the oldest first, each as it was signed."""
        query = select(EVENTS).where(EVENTS.c.vestigingsnummer == vestigingsnummer).order_by(EVENTS.c.seq)
        records = [row._asdict() for row in connection.execute(query)]
        if not all(ledger_chain.is_sealed(record, self._public_key) for record in records):
            raise Refused("chain_broken")
        return [_event(record) for record in records]

    def head(self, connection: Connection) -> Anchor:
        """Return the last event's number and hash; refuses a ledger that is seen to be broken."""
        last = _last(connection)
        if last is None:
            found = Anchor(0, FIRST)
        else:
            found = Anchor(last["seq"], last["hash"])
            count = connection.execute(select(func.count()).select_from(EVENTS)).scalar_one()
            if count != found.seq or not ledger_chain.is_sealed(last, self._public_key):
                raise Refused("chain_broken")
        if found.seq < self._seen.seq or (found.seq == self._seen.seq and found != self._seen):
            raise Refused("chain_broken")
        return found

    def saw(self, event: Event) -> None:
        """Remember an event that was committed: the ledger can never again end before it."""
        if event["seq"] > self._seen.seq:
            self._seen = Anchor(event["seq"], event["hash"])

    def faults(self, connection: Connection) -> Iterator[ChainFault]:
        """Find everything that is wrong in the whole ledger."""
        rows = connection.execute(select(EVENTS).order_by(EVENTS.c.seq))
        known = [self._seen] if self._seen.seq else []
        return ledger_chain.faults((row._asdict() for row in rows), self._public_key, anchors=known)

    def still_holds(self, connection: Connection, verified: Anchor) -> None:
        """Refuse where the ledger is not the one that was verified, or one that grew out of it."""
        self.head(connection)
        query = select(EVENTS).where(EVENTS.c.seq > verified.seq).order_by(EVENTS.c.seq)
        previous = _hash_at(connection, verified.seq)
        if previous != verified.hash:
            raise Refused("chain_broken")
        for record in (row._asdict() for row in connection.execute(query)):
            if record["previous"] != previous or not ledger_chain.is_sealed(record, self._public_key):
                raise Refused("chain_broken")
            previous = record["hash"]

    def moment(self, connection: Connection) -> datetime:
        """Return the moment that it is; refuses a clock that is behind the last event."""
        now, last = self.clock.now(), _last(connection)
        if last is None:
            return now
        before = datetime.fromisoformat(last["at_utc"])
        if now < before - SKEW:
            raise Refused("clock_behind", {"last": last["at_local"]})
        return max(now, before)

    def recorded(
        self, connection: Connection, who: Mapping[str, str], vestigingsnummer: str, *, types: tuple[str, ...]
    ) -> Event | None:
        """Return what was recorded under this request already; refuses an id that meant something else."""
        if "request_id" not in who:
            return None
        row = connection.execute(select(EVENTS).where(EVENTS.c.request_id == who["request_id"])).first()
        if row is None:
            return None
        if (row.actor, row.vestigingsnummer) != (who["actor"], vestigingsnummer) or row.type not in types:
            raise Refused("request_reused")
        return _event(row._asdict())


def page(connection: Connection, *, after: int, limit: int) -> list[Record]:
    """Return records as they lie in the store, from behind number `after`."""
    query = select(EVENTS).where(EVENTS.c.seq > after).order_by(EVENTS.c.seq).limit(limit)
    return [row._asdict() for row in connection.execute(query)]


def event_at(connection: Connection, seq: int) -> Event | None:
    """Return one event."""
    row = connection.execute(select(EVENTS).where(EVENTS.c.seq == seq)).first()
    return None if row is None else _event(row._asdict())


def _facts(draft: Draft, head: Anchor, moment: datetime) -> dict[str, Any]:
    return {
        "seq": head.seq + 1,
        "type": draft.type,
        "vestigingsnummer": draft.vestigingsnummer,
        "schooljaar": draft.schooljaar,
        "actor": draft.actor,
        "role": draft.role,
        "level": draft.level,
        "date": draft.date,
        "at_utc": moment.astimezone(UTC).isoformat(timespec="seconds"),
        "at_local": moment.astimezone(CALENDAR).isoformat(timespec="seconds"),
        "request_id": draft.request_id,
        "payload": ledger_chain.canonical(dict(draft.payload)),
        "previous": head.hash,
    }


def _last(connection: Connection) -> dict[str, Any] | None:
    row: Row[Any] | None = connection.execute(select(EVENTS).order_by(EVENTS.c.seq.desc()).limit(1)).first()
    return None if row is None else row._asdict()


def _hash_at(connection: Connection, seq: int) -> str:
    found = connection.execute(select(EVENTS.c.hash).where(EVENTS.c.seq == seq)).scalar()
    return FIRST if seq == 0 else str(found)


def _event(record: Mapping[str, Any]) -> Event:
    return {**record, "payload": json.loads(record["payload"])}
