"""Stores: what the broker asks of whatever keeps its rows; SQLite unless a data folder names a PostgreSQL."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from instrument.store.data_folder import DataFolder

EVERYTHING: Final = "*"
"""What a request touches that has the whole store to itself."""
NOTHING: Final = ""
"""What a request touches that only reads: it sees what was committed, and waits for nobody."""


class Erase(IntEnum):
    """What must be gone from the disk before a request is answered."""

    NOTHING = 0
    FROM_LOG = 1
    """Deleted rows, and what ties a used code to its response."""
    FROM_STORE = 2
    """Also the order in which rows came: write the store anew."""


class StoreFault(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """A store that cannot be used; the message names the place and the remedy."""


class NotErased(Exception):  # noqa: N818 - it reads as the fact it is
    """Deleted rows are still readable; somebody who was reading them kept them, and it is tried again."""


class Store(Protocol):
    """One store; where brokers share it, requests that touch the same wait for each other's commit."""

    @property
    def is_shared(self) -> bool:
        """Whether other brokers may have it open as well, and a backup is made beside the writer."""

    @property
    def name(self) -> str:
        """Product and version, as in `SQLite 3.53.4`."""

    def engine(self) -> Engine:
        """Return an engine with the settings that trust rests on."""

    def create(self) -> None:
        """Make the tables and triggers of an empty store."""

    def check(self, connection: Connection) -> None:
        """Refuse what is not a store of ours, or not whole, or would lose what it acknowledged."""

    def take(self, connection: Connection, touched: AbstractSet[str], erase: Erase) -> None:
        """Begin a batch: wait for what it touches, and note what will have to be erased after it."""

    def owed(self, connection: Connection) -> Erase:
        """Tell what a run that was interrupted still has to erase."""

    def erase(self, connection: Connection, wanted: Erase, touched: AbstractSet[str]) -> None:
        """Make what was deleted unreadable; raises `NotErased`, or what the driver raises."""

    def settle(self, connection: Connection) -> None:
        """Leave the store as it should lie when nobody has it open."""

    def may_try_again(self, fault: Exception) -> bool:
        """Tell whether a batch that failed before its commit may succeed at once, with nothing done twice."""

    def back_up(self, file: Path) -> None:
        """Write everything up to the last commit to a file that is not there yet."""

    def restore(self, file: Path) -> None:
        """Put what `back_up` wrote into a store that is not there yet."""


def of(folder: DataFolder) -> Store:
    """Return the store of a data folder."""
    return at(folder.store, database=folder.database, password=folder.database_password, mark=folder.mark)


def at(file: Path, *, database: str | None, password: str | None, mark: str) -> Store:
    """Return the store in a PostgreSQL, or in a file where none is named."""
    # Half a second that every command saves which asks no store.
    if database is None:
        from instrument.store import sqlite  # noqa: PLC0415

        return sqlite.Store(file)
    from instrument.store import postgres  # noqa: PLC0415

    return postgres.Store(database, password=password, mark=mark)
