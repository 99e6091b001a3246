"""What could not be erased at once on a shared store: who still reads it, and who was stopped before it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import text

from instrument.store import broker, client
from tests.store.cluster import PASSWORD
from tests.unit.conftest import QUICK, Classroom, open_afname

if TYPE_CHECKING:
    import pytest

    from tests.store.conftest import Ground


def owed(ground: Ground) -> int:
    return len(ground.rows(text("SELECT 1 FROM erasures")))


def gone_within(ground: Ground, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while owed(ground) and time.monotonic() < deadline:
        time.sleep(0.1)
    return not owed(ground)


def test_a_closing_does_not_wait_for_who_still_reads_but_the_erasing_does(
    shared: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup by pg_dump sees the old rows until it is done; then they go, without anybody asking."""
    monkeypatch.setattr("instrument.store.writer.AGAIN", 0.5)
    monkeypatch.setattr("instrument.store.eraser.AGAIN", 0.3)
    with (
        broker.running(shared.folder, effort=QUICK),
        client.operator(shared.folder) as operator,
        client.BlockingClient(shared.folder.socket) as caller,
        psycopg.connect(shared.folder.database or "", password=PASSWORD) as reader,
    ):
        afname = open_afname(operator)
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=5)
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        reader.execute("SELECT * FROM weerglas.codes").fetchall()
        began = time.monotonic()
        Classroom(shared.folder, operator, caller, afname, codes).close()
        assert time.monotonic() - began < 5
        assert owed(shared) == 1
        reader.rollback()
        assert gone_within(shared, 10)


def test_a_broker_that_was_stopped_after_a_closing_erases_at_its_next_start(shared: Ground) -> None:
    """The closing itself left word of it, in the same commit."""
    with broker.running(shared.folder, effort=QUICK), client.operator(shared.folder) as operator:
        open_afname(operator)
    with shared.cluster.administrator(shared.folder.database.split("/")[3].split("?")[0]) as administrator:  # type: ignore[union-attr]
        administrator.execute("INSERT INTO weerglas.erasures DEFAULT VALUES")
    assert owed(shared) == 1
    with broker.running(shared.folder, effort=QUICK):
        assert owed(shared) == 0
