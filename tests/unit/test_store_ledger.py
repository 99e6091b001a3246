from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from instrument.school import School, Schooljaar
from instrument.store import ledger, schools, sqlite
from instrument.store.refusals import Refused
from instrument.store.tables import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from instrument.store.data_folder import DataFolder


@pytest.fixture
def connection(store_folder: DataFolder) -> Iterator[Connection]:
    with sqlite.engine(store_folder.store).begin() as opened:
        schools.add(opened, School("02QZ00", "De Proef", "po", "BO", simulated=True))
        for kind in ("gegeven", "gewijzigd", "ingetrokken"):
            append(opened, type=kind)
        yield opened


def append(connection: Connection, **changed: Any) -> ledger.Event:
    fields = {"vestigingsnummer": "02QZ00", "schooljaar": Schooljaar(2026), "payload": {"naam": "é"}}
    return ledger.append(connection, **{**fields, **changed})


def test_each_event_holds_the_hash_of_the_one_before(connection: Connection) -> None:
    """So that none can be taken out or put in between."""
    events = ledger.of_vestiging(connection, "02QZ00")
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [event["previous"] for event in events] == [ledger.FIRST, *(e["hash"] for e in events[:-1])]
    assert ledger.verify(connection)


@pytest.mark.parametrize(
    "change",
    [
        update(EVENTS).values(type="gegeven"),
        delete(EVENTS).where(EVENTS.c.seq == 3),
        insert(EVENTS)
        .prefix_with("OR REPLACE")
        .from_select(EVENTS.c.keys(), select(EVENTS).where(EVENTS.c.seq == 2)),
    ],
    ids=["update", "delete", "replace"],
)
def test_the_ledger_is_only_added_to(connection: Connection, change: Any) -> None:
    """The database itself refuses; REPLACE walks past a delete trigger unless triggers are recursive."""
    with pytest.raises(IntegrityError, match="only added to"), connection.begin_nested():
        connection.execute(change)


@pytest.mark.parametrize(
    "change",
    [
        update(EVENTS).where(EVENTS.c.seq == 1).values(payload="{}"),
        update(EVENTS).where(EVENTS.c.seq == 3).values(at_utc="2020-01-01T00:00:00+00:00"),
        delete(EVENTS).where(EVENTS.c.seq == 2),
    ],
)
def test_tampering_past_the_triggers_is_noticed_and_stops_the_ledger(
    connection: Connection, change: Any
) -> None:
    """Who can write to the file can drop a trigger, and still breaks the chain."""
    connection.exec_driver_sql("DROP TRIGGER events_stay")
    connection.exec_driver_sql("DROP TRIGGER events_remain")
    connection.execute(change)
    assert not ledger.verify(connection)
    with pytest.raises(Refused, match="does not verify"):
        append(connection, type="gegeven")


def test_an_unknown_type_or_school_is_refused(connection: Connection) -> None:
    """The ledger holds what the law knows, of schools that there are."""
    with pytest.raises(Refused, match="gegeven, gewijzigd, ingetrokken, geleverd"):
        append(connection, type="misschien")
    with pytest.raises(Refused, match="no school 02QZ99"):
        append(connection, type="gegeven", vestigingsnummer="02QZ99")
