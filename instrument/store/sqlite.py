"""SQLite as the store needs it: settings that lose nothing and erase what goes; refuses old versions."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pysqlite3
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from instrument.store.schema import METADATA
from instrument.store.stores import Erase, NotErased, StoreFault

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy import Connection

OLDEST: Final = (3, 51, 3)
"""Older versions can corrupt a write-ahead log when it is reset (sqlite.org, "WAL-reset bug")."""
APPLICATION_ID: Final = 0x57474C53
"""Says in the file's header that it is a store of ours ("WGLS")."""
SCHEMA: Final = 3

DriverError: Final[type[Exception]] = pysqlite3.dbapi2.Error
"""What the driver raises outside of SQLAlchemy's sight."""

# WAL with FULL lost nothing in 110 power cuts, NORMAL did in 30 of 30 (TRUST.md). secure_delete with the
# truncation of the log keeps deleted links from staying readable; temporary files never reach the disk.
_SETTINGS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "recursive_triggers=ON",
    "foreign_keys=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",
    "cell_size_check=ON",
    "busy_timeout=5000",
)

_TRIGGERS: Final = """
CREATE TRIGGER responses_of_open_afnames_only BEFORE INSERT ON responses
WHEN EXISTS (SELECT 1 FROM afnames WHERE afname_id = NEW.afname_id AND closed_on IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'the afname is closed'); END

CREATE TRIGGER responses_stay BEFORE UPDATE ON responses
BEGIN SELECT RAISE(ABORT, 'a response is never changed'); END

CREATE TRIGGER closed_stays_closed BEFORE UPDATE ON afnames WHEN OLD.closed_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed afname is never changed'); END

CREATE TRIGGER events_stay BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END

CREATE TRIGGER events_remain BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END
""".strip().split("\n\n")


class SQLiteTooOld(StoreFault):
    """The SQLite of this installation can damage a store."""


class StoreDamaged(StoreFault):
    """The store's file is not a store of ours, or no longer whole."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store in one file, which one broker has to itself (see `stores.Store`)."""

    path: Path

    is_shared = False

    @property
    def name(self) -> str:
        """Product and version."""
        return f"SQLite {checked_version()}"

    def engine(self) -> Engine:
        """Return an engine; a transaction takes the write lock at its start, and only there waits."""
        return engine(self.path)

    def create(self) -> None:
        """Make the file, its tables and triggers."""
        _new_file(self.path)
        create(self.path)

    def check(self, connection: Connection) -> None:
        """Refuse a file that is not a store of ours, or not whole."""
        check(connection)

    def take(self, connection: Connection, touched: AbstractSet[str], erase: Erase) -> None:
        """Wait for nobody: the transaction has the file to itself from its first statement."""

    def owed(self, connection: Connection) -> Erase:  # noqa: ARG002 - as every store
        """Return all there is: writing a school's store anew takes milliseconds."""
        return Erase.FROM_STORE

    def erase(self, connection: Connection, wanted: Erase, touched: AbstractSet[str]) -> None:  # noqa: ARG002
        """Empty the write-ahead log; from the store, also write the file anew."""
        if wanted is Erase.FROM_STORE:
            rewrite(connection)
        elif wanted is Erase.FROM_LOG:
            truncate_log(connection)

    def settle(self, connection: Connection) -> None:
        """Empty the write-ahead log."""
        truncate_log(connection)

    def may_try_again(self, fault: Exception) -> bool:  # noqa: ARG002 - as every store
        """Say no: with one writer a batch fails for want of room, or worse."""
        return False

    def back_up(self, file: Path) -> None:
        """Write the store to a new file, without its free pages."""
        _new_file(file)
        with engine(self.path).connect() as connection:
            _driver(connection).execute("VACUUM INTO ?", (str(file),))
        with file.open("rb") as written:
            os.fsync(written.fileno())

    def restore(self, file: Path) -> None:
        """Copy a backup to where the store belongs."""
        _new_file(self.path)
        shutil.copyfile(file, self.path)


def check_version(version: tuple[int, ...]) -> None:
    """Refuse a SQLite that is known to damage a write-ahead log."""
    if version < OLDEST:
        raise SQLiteTooOld(
            f"SQLite {_dotted(version)} can damage a store; {_dotted(OLDEST)} or later is needed. "
            "Install the locked packages with `make setup` (pysqlite3 brings its own SQLite)."
        )


def checked_version() -> str:
    """Return the version of the SQLite in use, or refuse it."""
    check_version(pysqlite3.sqlite_version_info)
    return str(pysqlite3.sqlite_version)


def engine(path: Path) -> Engine:
    """Return an engine on a store; a transaction takes the write lock at its start, and only there waits."""
    check_version(pysqlite3.sqlite_version_info)
    made = create_engine(
        URL.create("sqlite", database=str(path)),
        module=pysqlite3.dbapi2,
        poolclass=NullPool,
        hide_parameters=True,  # an answer must never stand in an error
        connect_args={"check_same_thread": False},
    )
    event.listen(made, "connect", _configure)
    event.listen(made, "begin", _begin)
    return made


def create(path: Path) -> None:
    """Make the tables and triggers of an empty store."""
    made = engine(path)
    with made.begin() as connection:
        METADATA.create_all(connection)
        for trigger in _TRIGGERS:
            connection.exec_driver_sql(trigger)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
    made.dispose()


def check(connection: Connection) -> None:
    """Refuse a file that is not a store of ours, or not whole."""
    found = (_pragma(connection, "application_id"), _pragma(connection, "user_version"))
    if found != (APPLICATION_ID, SCHEMA):
        raise StoreDamaged("store.sqlite is not a store of this Weerglas; restore it from a backup")
    if _pragma(connection, "quick_check(1)") != "ok":
        raise StoreDamaged("store.sqlite is damaged; restore it from a backup")


def truncate_log(connection: Connection) -> None:
    """Move the write-ahead log into the store and empty it, so that nothing deleted stays readable there."""
    (is_busy, *_) = _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:  # no exception: SQLite only says that a reader from outside kept it from emptying the log
        raise NotErased


def rewrite(connection: Connection) -> None:
    """Write the store anew by its random keys: where a row lay on its page gave away when it came."""
    _driver(connection).execute("VACUUM")
    truncate_log(connection)


def _new_file(path: Path) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - pysqlite3 has no types
    connection.isolation_level = None  # the driver must begin nothing by itself
    for setting in _SETTINGS:
        connection.execute(f"PRAGMA {setting}").fetchall()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _pragma(connection: Connection, name: str) -> object:
    return _driver(connection).execute(f"PRAGMA {name}").fetchone()[0]


def _driver(connection: Connection) -> Any:  # noqa: ANN401 - pysqlite3 has no types
    # Past SQLAlchemy, which would begin a transaction: checkpoints and VACUUM refuse to run in one.
    return connection.connection.driver_connection
