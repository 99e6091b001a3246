"""SQLite as the store needs it: settings that lose nothing and erase what goes; refuses old versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pysqlite3
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from instrument.store.tables import METADATA

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

OLDEST: Final = (3, 51, 3)
"""Older versions can corrupt a write-ahead log when it is reset (sqlite.org, "WAL-reset bug")."""
APPLICATION_ID: Final = 0x57474C53
"""Says in the file's header that it is a store of ours ("WGLS")."""
SCHEMA: Final = 2

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


class SQLiteTooOld(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """The SQLite of this installation can damage a store."""


class StoreDamaged(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """The store's file is not a store of ours, or no longer whole."""


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
    _driver(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def rewrite(connection: Connection) -> None:
    """Write the store anew by its random keys: where a row lay on its page gave away when it came."""
    _driver(connection).execute("VACUUM")
    truncate_log(connection)


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
