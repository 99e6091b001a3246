"""The ledger of toestemming: events only ever added, each hashed over the one before."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import insert, select

from instrument.store import schools
from instrument.store.refusals import Refused
from instrument.store.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Row

    from instrument.school import Schooljaar

Event: TypeAlias = dict[str, Any]
"""seq, vestigingsnummer, schooljaar, type, payload, at_utc, previous, hash."""

TYPES: Final = ("gegeven", "gewijzigd", "ingetrokken", "geleverd")
FIRST: Final = "sha256:" + "0" * 64
"""What stands before the first event."""


def append(
    connection: Connection,
    *,
    vestigingsnummer: str,
    schooljaar: Schooljaar,
    type: str,  # noqa: A002 - the field's name in the ledger
    payload: Mapping[str, Any],
) -> Event:
    """Add one event behind the last and return it; refuses where the ledger was tampered with."""
    if type not in TYPES:
        raise Refused("bad_request", {"field": "type", "fault": f"use one of: {', '.join(TYPES)}"})
    schools.get(connection, vestigingsnummer)
    earlier = _every(connection)
    if not is_chained(earlier):
        raise Refused("chain_broken")
    event = {
        "seq": len(earlier) + 1,
        "vestigingsnummer": vestigingsnummer,
        "schooljaar": str(schooljaar),
        "type": type,
        "payload": dict(payload),
        "at_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "previous": earlier[-1]["hash"] if earlier else FIRST,
    }
    event["hash"] = event_hash(event)
    connection.execute(insert(EVENTS).values({**event, "payload": canonical(event["payload"])}))
    return event


def of_vestiging(connection: Connection, vestigingsnummer: str) -> list[Event]:
    """Return the events of one vestiging, the oldest first."""
    return [event for event in _every(connection) if event["vestigingsnummer"] == vestigingsnummer]


def verify(connection: Connection) -> bool:
    """Tell whether no event was changed, added between others or taken out."""
    return is_chained(_every(connection))


def is_chained(events: list[Event]) -> bool:
    """Tell whether events number 1, 2, 3… and each holds the hash of the one before and of itself."""
    previous = FIRST
    for number, event in enumerate(events, start=1):
        if event["seq"] != number or event["previous"] != previous or event["hash"] != event_hash(event):
            return False
        previous = event["hash"]
    return True


def event_hash(event: Event) -> str:
    """Return the hash over all of an event but its own hash."""
    facts = {name: value for name, value in event.items() if name != "hash"}
    return "sha256:" + hashlib.sha256(canonical(facts).encode()).hexdigest()


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _every(connection: Connection) -> list[Event]:
    return [_event(row) for row in connection.execute(select(EVENTS).order_by(EVENTS.c.seq))]


def _event(row: Row[tuple[str, ...]]) -> Event:
    return {**row._asdict(), "payload": json.loads(row.payload)}
