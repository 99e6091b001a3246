"""What both stores keep to, whichever a school chose."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from instrument.school import School
from instrument.store import client, schools, stores
from instrument.store.data_folder import DataFolder, DataFolderError
from instrument.store.preparation.school_tables import ACCOUNTS
from instrument.store.refusals import Refused
from instrument.store.tables import DRAFTS, SPENT_CODES, STAMGROEPEN
from instrument.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from tests.store.conftest import Ground
    from tests.unit.conftest import Classroom


def test_a_code_serves_once_and_its_answers_come_out_as_given(
    classroom: Classroom, submit: Callable[..., None]
) -> None:
    """From the first answer to the frozen row, on both stores alike."""
    for number, code in enumerate(classroom.codes[:3]):
        submit(classroom, code, number + 1)
        with pytest.raises(Refused, match="has been used"):
            classroom.enter(code)
    classroom.close()
    rows = list(classroom.operator.responses(classroom.afname.afname_id))
    assert sorted(sorted(set(row["answers"].values())) for row in rows) == [[1], [2], [3]]
    assert classroom.operator.verify()["sound"] is True


def test_two_tabs_of_one_pupil_keep_what_came_last(classroom: Classroom) -> None:
    """Each tab counts for itself; a number that was seen is not kept twice."""
    first, second = classroom.enter(), classroom.enter()
    item, other, *_ = classroom.items
    first.ask("save", seq=5, item=item, value=1, page="a")
    second.ask("save", seq=1, item=item, value=2, page="b")
    first.ask("save", seq=5, item=item, value=4, page="a")
    first.ask("save", seq=2, item=other, value=3, page="a")
    assert set(classroom.enter().entry["answered"]) == {item, other}
    first.ask("submit", seq=9)
    with pytest.raises(Refused, match="has been used"):
        second.ask("save", seq=2, item=item, value=1, page="b")
    classroom.close()
    (row,) = classroom.operator.responses(classroom.afname.afname_id)
    assert row["answers"] == {item: 2, other: 3}


def test_of_six_racing_submits_one_wins(classroom: Classroom, ground: Ground) -> None:
    """Six pages with one code send at the same instant: one response, one code counted."""

    async def race() -> list[Any]:
        asking = [client.connect(classroom.folder.socket) for _ in range(6)]
        entries = [await one.call("enter", code=classroom.codes[0]) for one in asking]
        pairs = list(zip(asking, (entry["session"] for entry in entries), strict=True))
        await pairs[0][0].call("save", capability=pairs[0][1], seq=0, item=classroom.items[0], value=1)
        submits = [one.call("submit", capability=session, seq=1) for one, session in pairs]
        outcomes = await asyncio.gather(*submits, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in asking))
        return outcomes

    outcomes = asyncio.run(race())
    assert [isinstance(one, Refused) for one in outcomes].count(False) == 1
    assert {one.reason for one in outcomes if isinstance(one, Refused)} == {"used_code"}
    assert [row.used for row in ground.rows(select(STAMGROEPEN.c.used).order_by("name"))] == [1, 0]
    assert len(ground.rows(select(SPENT_CODES))) == 1
    assert not ground.rows(select(DRAFTS))


AN_EVENT_TOO_FAR = """INSERT INTO events
SELECT seq + 5, type, vestigingsnummer, schooljaar, actor, role, level, date, at_utc, at_local, :key, payload,
previous, hash, signature FROM events"""


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO responses SELECT afname_id, :key, stamgroep, answers, mac FROM responses",
        "UPDATE responses SET answers = '{}'",
        "UPDATE afnames SET closed_on = NULL",
        "UPDATE afnames SET n_responses = 0",
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        AN_EVENT_TOO_FAR,
        "UPDATE outbox SET sent_at = NULL",
        "DELETE FROM outbox",
    ],
)
def test_the_store_itself_keeps_frozen_what_is_frozen(
    classroom: Classroom, ground: Ground, submit: Callable[..., None], statement: str
) -> None:
    """Even a fault in our own code changes neither the snapshot nor the ledger."""
    submit(classroom, classroom.codes[0], 3)
    classroom.close()
    classroom.operator.ask("give_toestemming", vestigingsnummer="02QZ00", fields={"niveau": "school"})
    classroom.operator.ask("mark_sent", item_id=_first_item(classroom), receipt="taken")
    key: object = "k" if "events" in statement else b"\1" * 16
    bound = {"key": key} if ":key" in statement else {}
    with stores.of(ground.folder).engine().connect() as connection:
        with pytest.raises(IntegrityError, match=r"closed|never changed|only added to|sent once"):
            connection.execute(text(statement), bound)
        connection.rollback()
    assert classroom.operator.verify()["sound"] is True


def _first_item(classroom: Classroom) -> str:
    return str(classroom.operator.ask("pending")["items"][0]["item_id"])


def test_an_error_of_the_store_holds_no_values(ground: Ground) -> None:
    """Drivers like to repeat the row that was refused; ours may hold an answer."""
    with stores.of(ground.folder).engine().connect() as connection:
        with pytest.raises(IntegrityError, match=r"(?i)not.null") as fault:
            connection.execute(insert(ACCOUNTS), {"name": "Sanne de Wit"})
        connection.rollback()
    assert "Sanne" not in f"{fault.value} {fault.value.orig!r} {fault.value.orig}"


def test_a_refused_request_does_not_undo_its_neighbours(ground: Ground) -> None:
    """And what the refused one had written is gone; so is what a broken constraint or wrong text left."""

    def adding(number: int) -> Callable[[Connection], None]:
        new = School(f"{number:02d}QZ00", "Proef", "po", "BO", simulated=True)
        return lambda connection: schools.add(connection, new)

    def half_done(connection: Connection) -> None:
        adding(50)(connection)
        raise Refused("unknown_item")

    def twice(connection: Connection) -> None:
        adding(60)(connection)
        account = {"name": "a", "vestigingsnummer": "60QZ00", "password_hash": "x"}
        connection.execute(insert(ACCOUNTS), [account, account])

    async def story() -> list[Any]:
        writer = Writer(stores.of(ground.folder))
        await writer.open()
        outcomes = []
        for batch in ((adding(1), half_done, adding(1)), (twice, adding(2))):
            requests = [writer.run(one) for one in batch]
            outcomes += await asyncio.gather(*requests, return_exceptions=True)
        await writer.close()
        return outcomes

    first, refused, known, broken, second = asyncio.run(story())
    assert (first, second) == (None, None)
    assert (refused.reason, known.reason) == ("unknown_item", "school_exists")
    assert isinstance(broken, IntegrityError)
    kept = ground.rows(text("SELECT vestigingsnummer FROM schools ORDER BY vestigingsnummer"))
    assert [row.vestigingsnummer for row in kept] == ["01QZ00", "02QZ00"]


def test_a_text_that_no_store_can_hold_is_refused_before_it_comes_there(classroom: Classroom) -> None:
    """PostgreSQL refuses a zero byte; a stranger at the door must not spoil a whole batch with it."""
    with pytest.raises(Refused, match="give a text"):
        classroom.client.call("login", name="an\0na", password="x")


def test_a_store_opens_with_its_own_keys_only(ground: Ground) -> None:
    """A folder with another secret would take every code for an unknown one."""
    secret = ground.folder.path / "secret"
    if ground.name == "sqlite":
        pytest.skip("a file lies in the folder with its keys; a tampered secret shows in `verify`")
    secret.write_bytes(bytes(32))
    writer = Writer(stores.of(DataFolder(ground.folder.path)))
    with pytest.raises(stores.StoreFault, match="no store of this data folder"):
        asyncio.run(writer.open())


def test_a_database_with_a_store_is_not_taken_for_a_second_one(shared: Ground) -> None:
    """Two secrets in one store: half of the codes would open nothing."""
    path = shared.folder.path.with_name("second")
    with pytest.raises(stores.StoreFault, match="holds a store already"):
        DataFolder.create(path, database=shared.folder.database, password=shared.folder.database_password)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("postgresql://weerglas:secret@db/weerglas", "leave the password out"),
        ("postgresql://weerglas@db/weerglas?password=secret", "leave the password out"),
        ("mysql://weerglas@db/weerglas", "write postgresql://"),
        ("no address", "write postgresql://"),
        ("postgresql:///weerglas?host=/nowhere", "check address, role and password"),
    ],
)
def test_an_address_that_does_not_serve_is_refused_with_the_remedy(
    tmp_path: Any, address: str, fault: str
) -> None:
    """A password on the command line is one for everybody on that machine."""
    with pytest.raises((stores.StoreFault, DataFolderError), match=fault) as refusal:
        DataFolder.create(tmp_path / "data", database=address)
    assert "secret" not in str(refusal.value)


def test_the_password_lies_in_a_file_of_its_own_and_nowhere_else(shared: Ground) -> None:
    """The marker is copied and shown; the password is not."""
    path = shared.folder.path
    password = shared.folder.database_password or "?"
    assert (path / "database.password").stat().st_mode & 0o077 == 0
    assert password.encode() not in (path / "weerglas.toml").read_bytes()
    assert password not in repr(stores.of(shared.folder))
