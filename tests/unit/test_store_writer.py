from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, select

from instrument.school import School
from instrument.store import schools, sqlite, stores
from instrument.store.refusals import Refused
from instrument.store.stores import Erase, NotErased
from instrument.store.tables import SCHOOLS
from instrument.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from instrument.store.data_folder import DataFolder


def school(number: int) -> School:
    return School(f"{number // 100:02d}QZ{number % 100:02d}", "Proef", "po", "BO", simulated=True)


def adding(number: int) -> Callable[[Connection], None]:
    return lambda connection: schools.add(connection, school(number))


def with_writer(folder: DataFolder, story: Callable[[Writer], Awaitable[None]]) -> None:
    async def play() -> None:
        writer = Writer(stores.of(folder))
        await writer.open()
        await story(writer)
        await writer.close()

    asyncio.run(play())


def stored(path: Path) -> int:
    with sqlite.engine(path).connect() as connection:
        return len(connection.execute(select(SCHOOLS.c.vestigingsnummer)).all())


def test_what_was_acknowledged_is_on_the_disk(store_folder: DataFolder) -> None:
    """A reader from outside sees the answer the moment its pupil hears of it."""

    async def story(writer: Writer) -> None:
        await writer.run(adding(1))
        assert stored(store_folder.store) == 1

    with_writer(store_folder, story)


def test_what_waits_together_is_committed_together(store_folder: DataFolder) -> None:
    """Three hundred answers of one moment cost a few syncs of the disk, not three hundred."""
    commits: list[Any] = []

    async def story(writer: Writer) -> None:
        event.listen(writer._engine, "commit", commits.append)
        await asyncio.gather(*(writer.run(adding(number)) for number in range(300)))

    with_writer(store_folder, story)
    assert stored(store_folder.store) == 300
    assert len(commits) <= 3


def test_a_refused_request_does_not_undo_its_neighbours(store_folder: DataFolder) -> None:
    """One pupil's closed tab is not another's lost answer; and what the refused one wrote is gone."""

    def half_done(connection: Connection) -> None:
        schools.add(connection, school(50))
        raise Refused("unknown_item")

    async def story(writer: Writer) -> None:
        requests = [
            writer.run(adding(1)),
            writer.run(half_done),
            writer.run(adding(2)),
            writer.run(adding(1)),
        ]
        outcomes = await asyncio.gather(*requests, return_exceptions=True)
        refused = [outcome.reason if isinstance(outcome, Refused) else outcome for outcome in outcomes]
        assert refused == [None, "unknown_item", None, "school_exists"]

    with_writer(store_folder, story)
    assert stored(store_folder.store) == 2


def test_a_full_disk_refuses_each_and_loses_none(store_folder: DataFolder) -> None:
    """Nobody hears "saved" of what is not; when there is room again the writer goes on."""

    def filling(number: int) -> Callable[[Connection], object]:
        row = {
            "vestigingsnummer": f"{number:06}",
            "name": "x" * 3000,
            "sector": "po",
            "onderwijssoort": "BO",
            "simulated": 1,
        }
        return lambda connection: connection.execute(insert(SCHOOLS), row)

    async def story(writer: Writer) -> None:
        await writer.run(adding(1))
        pages = sqlite._driver(writer._connection).execute("PRAGMA page_count").fetchone()[0]
        sqlite._driver(writer._connection).execute(f"PRAGMA max_page_count={pages + 2}").fetchall()
        requests = [writer.run(filling(number)) for number in range(100, 130)]
        outcomes = await asyncio.gather(*requests, return_exceptions=True)
        assert {str(outcome) for outcome in outcomes} == {str(Refused("not_saved"))}
        assert stored(store_folder.store) == 1
        sqlite._driver(writer._connection).execute("PRAGMA max_page_count=100000").fetchall()
        await writer.run(filling(200))

    with_writer(store_folder, story)
    assert stored(store_folder.store) == 2


def test_a_fault_of_one_request_is_its_own(store_folder: DataFolder) -> None:
    """A mistake in our own code costs one request."""

    def broken(_connection: Connection) -> None:
        raise ZeroDivisionError

    async def story(writer: Writer) -> None:
        outcomes = await asyncio.gather(writer.run(broken), writer.run(adding(1)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, type(None)]

    with_writer(store_folder, story)


def test_a_writer_with_too_much_waiting_says_so(
    store_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory has a bound; who is refused can come back."""
    monkeypatch.setattr("instrument.store.writer.MOST_WAITING", 5)

    async def story(writer: Writer) -> None:
        outcomes = await asyncio.gather(
            *(writer.run(adding(number)) for number in range(10)), return_exceptions=True
        )
        assert [str(outcome) for outcome in outcomes].count(str(Refused("busy"))) == 5

    with_writer(store_folder, story)


def test_closing_leaves_no_log_behind(store_folder: DataFolder) -> None:
    """A copy of the folder after a clean stop is whole with the store alone."""

    async def story(writer: Writer) -> None:
        await writer.run(adding(1))

    with_writer(store_folder, story)
    assert not store_folder.store.with_name("store.sqlite-wal").exists()


def test_what_is_left_to_erase_goes_when_nobody_asks_anything_any_more(
    store_folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last pupil has gone home; her draft goes too."""
    monkeypatch.setattr("instrument.store.eraser.AGAIN", 0.05)
    monkeypatch.setattr("instrument.store.writer.AGAIN", 0.1)
    tried: list[Erase] = []

    async def story(writer: Writer) -> None:
        def erase(_connection: Connection, wanted: Erase, _touched: object) -> None:
            tried.append(wanted)
            if len(tried) < 3:
                raise NotErased

        monkeypatch.setattr(sqlite.Store, "erase", lambda _store, *rest: erase(*rest))
        await writer.run(adding(1), erase=Erase.FROM_LOG)
        await asyncio.sleep(0.6)

    with_writer(store_folder, story)
    assert tried == [Erase.FROM_LOG] * 3
