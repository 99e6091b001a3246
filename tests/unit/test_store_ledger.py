from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from instrument.school import School
from instrument.store import schools, sqlite
from instrument.store.keys import Keys
from instrument.store.ledger import ledger, ledger_chain
from instrument.store.ledger.ledger import Draft, Ledger
from instrument.store.ledger.ledger_chain import Anchor
from instrument.store.ledger.ledger_clock import Clock
from instrument.store.ledger.ledger_tables import EVENTS
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from instrument.store.data_folder import DataFolder

BEGIN = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # half an hour before the summer time begins
KEY = Keys(b"k" * 32).ledger_key


class Moment:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def moment() -> Moment:
    return Moment()


@pytest.fixture
def book(moment: Moment) -> Ledger:
    return Ledger(KEY, Clock(moment, steady=None))


@pytest.fixture
def connection(store_folder: DataFolder, book: Ledger) -> Iterator[Connection]:
    with sqlite.engine(store_folder.store).begin() as opened:
        for number in ("02QZ00", "02QZ01"):
            schools.add(opened, School(number, "De Proef", "po", "BO", simulated=True))
        for kind in ("gegeven", "gewijzigd", "ingetrokken"):
            book.append(opened, draft(type=kind))
        yield opened


def draft(**changed: Any) -> Draft:
    fields = {
        "type": "gegeven",
        "vestigingsnummer": "02QZ00",
        "schooljaar": "2026-2027",
        "actor": "anna",
        "role": "coordinator",
        "payload": {"naam": "é"},
        "level": "school",
        "date": "2027-04-01",
    }
    return Draft(**{**fields, **changed})


def records(connection: Connection) -> list[dict[str, Any]]:
    return [dict(record) for record in ledger.page(connection, after=0, limit=100)]


def faults(connection: Connection, *anchors: Anchor) -> list[tuple[str, int]]:
    found = ledger_chain.faults(records(connection), KEY.public_key(), anchors=anchors)
    return [(fault.kind, fault.seq) for fault in found]


def test_each_event_holds_the_hash_of_the_one_before(connection: Connection, book: Ledger) -> None:
    """So that none can be taken out or put in between."""
    events = book.of_vestiging(connection, "02QZ00")
    assert [event["seq"] for event in events] == [1, 2, 3]
    assert [event["previous"] for event in events] == [
        ledger_chain.FIRST,
        *(e["hash"] for e in events[:-1]),
    ]
    assert faults(connection) == []


def test_an_event_says_who_what_when_in_both_times_and_for_which_day(
    connection: Connection, book: Ledger, moment: Moment
) -> None:
    """The fields that a mandate has to show; local time in the Netherlands, over the summer hour too."""
    moment.now = BEGIN + timedelta(hours=1)
    event = book.append(connection, draft(request_id="r1"))
    assert (event["at_utc"], event["at_local"]) == ("2027-03-28T01:30:00+00:00", "2027-03-28T03:30:00+02:00")
    assert (event["actor"], event["role"], event["level"], event["date"], event["request_id"]) == (
        "anna", "coordinator", "school", "2027-04-01", "r1",
    )  # fmt: skip


REPLACE = (
    insert(EVENTS)
    .prefix_with("OR REPLACE")
    .from_select(EVENTS.c.keys(), select(EVENTS).where(EVENTS.c.seq == 2))
)


@pytest.mark.parametrize(
    "change",
    [update(EVENTS).values(type="gegeven"), delete(EVENTS).where(EVENTS.c.seq == 3), REPLACE],
    ids=["update", "delete", "replace"],
)
def test_the_ledger_is_only_added_to(connection: Connection, change: Any) -> None:
    """The database itself refuses."""
    with pytest.raises(IntegrityError, match="only added to"), connection.begin_nested():
        connection.execute(change)


def test_replace_is_refused_where_triggers_are_not_recursive(connection: Connection) -> None:
    """REPLACE walks past a DELETE trigger unless recursive_triggers is ON; not past our INSERT trigger."""
    connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
    with pytest.raises(IntegrityError, match="only added to"), connection.begin_nested():
        connection.execute(REPLACE)


CHANGES = {
    "payload": (update(EVENTS).where(EVENTS.c.seq == 1).values(payload="{}"), ("changed", 1)),
    "a space in a payload": (
        update(EVENTS).where(EVENTS.c.seq == 2).values(payload='{"naam": "é"}'), ("changed", 2),
    ),
    "time": (update(EVENTS).where(EVENTS.c.seq == 3).values(at_utc="2020-01-01"), ("changed", 3)),
    "signature": (
        update(EVENTS).where(EVENTS.c.seq == 3).values(signature="00" * 64), ("not_signed", 3),
    ),
    "an event taken out": (delete(EVENTS).where(EVENTS.c.seq == 2), ("not_the_next", 3)),
}  # fmt: skip


@pytest.mark.parametrize(("change", "fault"), CHANGES.values(), ids=CHANGES.keys())
def test_tampering_past_the_triggers_is_found_where_it_was_done(
    connection: Connection, change: Any, fault: tuple[str, int]
) -> None:
    """Who can write to the file can drop a trigger, and still breaks the chain."""
    drop_triggers(connection)
    connection.execute(change)
    assert faults(connection)[0] == fault


def test_a_broken_end_stops_the_ledger_at_once(connection: Connection, book: Ledger) -> None:
    """Adding looks at the last event and at the count: enough to stop, without reading everything."""
    drop_triggers(connection)
    connection.execute(delete(EVENTS).where(EVENTS.c.seq == 2))
    with pytest.raises(Refused, match="does not verify"):
        book.append(connection, draft())


def test_a_vestiging_whose_event_was_changed_gets_no_decision(connection: Connection, book: Ledger) -> None:
    """Each event that a decision rests on is checked when it is read, the others when a round begins."""
    drop_triggers(connection)
    connection.execute(update(EVENTS).where(EVENTS.c.seq == 1).values(level="onderwijssoort"))
    with pytest.raises(Refused, match="does not verify"):
        book.of_vestiging(connection, "02QZ00")


def test_a_tail_that_is_cut_off_is_noticed_by_the_broker_that_saw_it(
    connection: Connection, book: Ledger
) -> None:
    """What is left is a whole ledger; only who knows the head from elsewhere can tell."""
    book.saw(book.of_vestiging(connection, "02QZ00")[-1])
    drop_triggers(connection)
    connection.execute(delete(EVENTS).where(EVENTS.c.seq == 3))
    assert faults(connection) == []
    with pytest.raises(Refused, match="does not verify"):
        book.append(connection, draft())


def test_a_head_from_a_mail_finds_a_cut_off_tail_and_a_ledger_written_anew(connection: Connection) -> None:
    """Printed in every mail, it is beyond whoever has the store, and even beyond whoever has the key."""
    head = Anchor.parse(f"3:{records(connection)[-1]['hash']}")
    assert faults(connection, head) == []
    drop_triggers(connection)
    connection.execute(delete(EVENTS).where(EVENTS.c.seq == 3))
    assert faults(connection, head) == [("cut_off", 3)]
    forger = Ledger(KEY, Clock(lambda: BEGIN, steady=None))
    forger.append(connection, draft(payload={"naam": "somebody else"}))
    assert faults(connection, head) == [("not_the_anchor", 3)]


@pytest.mark.parametrize("head", ["", "3", "3:abc", "x:sha256:" + "0" * 64, "3:sha256:" + "0" * 63])
def test_a_head_out_of_form_is_refused_with_the_form(head: str) -> None:
    with pytest.raises(ValueError, match="12:sha256"):
        Anchor.parse(head)


def test_a_ledger_of_another_key_is_not_ours(connection: Connection) -> None:
    """Hashes alone could be computed by anybody."""
    other = Keys(b"o" * 32).ledger_key.public_key()
    found = ledger_chain.faults(records(connection), other)
    assert [fault.kind for fault in found] == ["not_signed"] * 3


def test_every_fault_says_place_and_remedy() -> None:
    for kind, sentence in ledger_chain.sentences().items():
        assert "{seq}" in sentence, kind
        assert "restore a" in sentence, kind


def test_a_request_that_comes_again_finds_what_was_recorded(connection: Connection, book: Ledger) -> None:
    """A page that lost its connection asks again; that must be no second event."""
    event = book.append(connection, draft(request_id="r1"))
    who = {"actor": "anna", "role": "coordinator", "request_id": "r1"}
    assert book.recorded(connection, who, "02QZ00", types=("gegeven",)) == event
    assert book.recorded(connection, {**who, "request_id": "r2"}, "02QZ00", types=("gegeven",)) is None


@pytest.mark.parametrize(
    ("who", "number", "types"),
    [
        ({"actor": "bob", "request_id": "r1"}, "02QZ00", ("gegeven",)),
        ({"actor": "anna", "request_id": "r1"}, "02QZ01", ("gegeven",)),
        ({"actor": "anna", "request_id": "r1"}, "02QZ00", ("ingetrokken",)),
    ],
)
def test_a_request_id_means_one_thing(
    connection: Connection, book: Ledger, who: dict[str, str], number: str, types: tuple[str, ...]
) -> None:
    book.append(connection, draft(request_id="r1"))
    with pytest.raises(Refused, match="recorded for something else"):
        book.recorded(connection, who, number, types=types)


def test_a_clock_behind_the_last_event_is_refused(
    connection: Connection, book: Ledger, moment: Moment
) -> None:
    """Else a date that has passed would come again."""
    moment.now = BEGIN - timedelta(minutes=3)
    with pytest.raises(Refused, match="later than the clock"):
        book.append(connection, draft())


def test_clocks_that_differ_a_little_keep_the_order(
    connection: Connection, book: Ledger, moment: Moment
) -> None:
    """Two machines on one store are never quite the same; time in the ledger does not run back."""
    moment.now = BEGIN - timedelta(minutes=1)
    assert book.append(connection, draft())["at_utc"] == "2027-03-28T00:30:00+00:00"


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(days=1), timedelta(minutes=6)])
def test_a_clock_that_jumped_is_refused(jump: timedelta) -> None:
    """A date decides what may be delivered; who turns the clock must start the broker again, and be seen."""
    moment, passed = Moment(), [0.0]
    clock = Clock(moment, steady=lambda: passed[0])
    moment.now, passed[0] = BEGIN + timedelta(hours=20), 20 * 3600.0
    assert clock.now() == moment.now
    moment.now += jump
    with pytest.raises(Refused, match="jumped"):
        clock.now()


def test_an_unknown_type_or_school_is_refused(connection: Connection, book: Ledger) -> None:
    """The ledger holds what the law knows, of schools that there are."""
    with pytest.raises(Refused, match="akkoord, gegeven, gewijzigd, ingetrokken, levering_gestart"):
        book.append(connection, draft(type="misschien"))
    with pytest.raises(Refused, match="no school 02QZ99"):
        book.append(connection, draft(vestigingsnummer="02QZ99"))


def test_adding_does_not_read_the_ledger(connection: Connection, book: Ledger) -> None:
    """With 7,500 schools it must cost as much as with one: a last row and a count, no payloads."""
    reads: list[str] = []
    connection.connection.driver_connection.set_trace_callback(reads.append)
    book.append(connection, draft())
    selects = [one for one in reads if one.startswith("SELECT") and "FROM events" in one]
    assert len(selects) <= 4
    assert all("LIMIT 1" in one or "count(*)" in one or "request_id" in one for one in selects)


def drop_triggers(connection: Connection) -> None:
    for name in ("events_stay", "events_remain", "events_follow"):
        connection.execute(text(f"DROP TRIGGER {name}"))
