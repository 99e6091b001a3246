from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from instrument.store import sqlite
from instrument.store.eraser import AGAIN, Eraser
from instrument.store.stores import Erase, NotErased

if TYPE_CHECKING:
    from instrument.store.data_folder import DataFolder


class Stubborn:
    """A store that cannot be erased for a while."""

    def __init__(self) -> None:
        self.is_read = True
        self.asked: list[tuple[Erase, frozenset[str]]] = []

    def erase(self, _connection: Any, wanted: Erase, touched: frozenset[str]) -> None:
        self.asked.append((wanted, touched))
        if self.is_read:
            raise NotErased


def test_what_could_not_be_erased_is_tried_again_later() -> None:
    """A backup that is being made must not slow every answer, and must not save a draft for ever."""
    store, now = Stubborn(), [0.0]
    eraser = Eraser(store, clock=lambda: now[0])  # type: ignore[arg-type]
    eraser.after(None, Erase.FROM_STORE, {"a"})  # type: ignore[arg-type]
    eraser.after(None, Erase.NOTHING, {"b"})  # type: ignore[arg-type]
    assert store.asked == [(Erase.FROM_STORE, frozenset("a"))]
    assert eraser.left is Erase.FROM_STORE
    store.is_read, now[0] = False, AGAIN + 1
    eraser.after(None, Erase.NOTHING, frozenset())  # type: ignore[arg-type]
    assert store.asked[1:] == [(Erase.FROM_STORE, frozenset("ab"))]
    assert eraser.left is Erase.NOTHING


def test_a_new_deletion_waits_for_no_old_one() -> None:
    """Each closing is erased at once where that can be."""
    store = Stubborn()
    eraser = Eraser(store, clock=lambda: 0.0)  # type: ignore[arg-type]
    eraser.after(None, Erase.FROM_STORE, {"a"})  # type: ignore[arg-type]
    store.is_read = False
    eraser.after(None, Erase.FROM_LOG, {"b"})  # type: ignore[arg-type]
    assert store.asked[1:] == [(Erase.FROM_STORE, frozenset("ab"))]


def test_a_log_that_somebody_reads_is_not_taken_for_an_empty_one(store_folder: DataFolder) -> None:
    """SQLite raises nothing then: it answers that it was busy."""
    with (
        sqlite.engine(store_folder.store).connect() as writing,
        sqlite.engine(store_folder.store).connect() as reading,
    ):
        sqlite._driver(writing).execute("PRAGMA busy_timeout=50").fetchall()
        driver = sqlite._driver(reading)
        driver.execute("BEGIN")
        driver.execute("SELECT * FROM schools").fetchall()
        sqlite._driver(writing).execute("CREATE TABLE later (x)")
        with pytest.raises(NotErased):
            sqlite.truncate_log(writing)
        driver.execute("COMMIT")
        sqlite.truncate_log(writing)
