"""PostgreSQL as the store needs it, for more brokers than one; refuses a server that could lose an answer.

What is erased, and what is not. While an afname is open, rows that were deleted stay in PostgreSQL's pages
until a vacuum, and in its write-ahead log until that is recycled: a draft, sealed; and in one transaction the
tags of a used code beside its response. In SQL nothing of it can be seen: the tags of used codes are written
anew behind each batch, so that their `xmin` is not that of the response. At closing all of it goes: rows of
the afname are written anew by their random keys, the tables that held codes and drafts are written to new
files, and the log is switched and checkpointed. For the log that takes a role with `pg_checkpoint` and
EXECUTE on `pg_switch_wal`, and a server with `wal_recycle = off`; without them the log keeps its old
segments until they are overwritten, which the broker says at its start. Replicas, archived logs and
snapshots of the disk are beyond the reach of any program here.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from instrument.store import postgres_schema, postgres_tools
from instrument.store.schema import METADATA
from instrument.store.stores import EVERYTHING, Erase, NotErased, StoreFault

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sqlalchemy.engine import ExceptionContext

SCHEMA: Final = 3
OLDEST: Final = 140_000
"""Older servers are no longer repaired by their makers after 2026."""
READERS_LEAVE: Final = 0.5
"""Seconds in which a transaction that still sees deleted rows may end before erasing is put off."""

# An answer is acknowledged after it is on the disk, whatever the server's default is; who waits for a lock,
# or was stopped while holding one, is let go of.
_SETTINGS: Final = {
    "search_path": "weerglas",
    "synchronous_commit": "on",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "TimeZone": "UTC",
}
_CONNECTING: Final = {
    "application_name": "weerglas",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_MUST_BE_ON: Final = ("fsync", "full_page_writes")
_WHOLE: Final = 0
"""The lock that requests share, and that one takes alone which touches everything."""
_SAFE_TO_REPEAT: Final = ("40001", "40P01")  # serialization failure, deadlock
_NAMING_NO_VALUES: Final = "23"  # violations of constraints; other messages may repeat what was written

log = logging.getLogger("weerglas.broker")


class PostgresFault(StoreFault):
    """A PostgreSQL that cannot be used."""


@dataclass(frozen=True, slots=True)
class Store:
    """A store in the schema `weerglas` of a database, for any number of brokers (see `stores.Store`)."""

    database: str
    password: str | None = field(default=None, repr=False)
    mark: str = field(default="", repr=False)
    """Tells the data folder to which a store belongs: keys of another would fit none of its codes."""

    is_shared = True

    @property
    def name(self) -> str:
        """Product and the driver's version."""
        return f"PostgreSQL (psycopg {psycopg.__version__})"

    def engine(self) -> Engine:
        """Return an engine with the settings that trust rests on."""
        made = create_engine(
            _url(self.database),
            poolclass=NullPool,
            hide_parameters=True,  # an answer must never stand in an error
            isolation_level="READ COMMITTED",
            connect_args={
                **_CONNECTING,
                **({"password": self.password} if self.password else {}),
                "options": " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items()),
            },
        )
        event.listen(made, "handle_error", _without_values)
        return made

    def create(self) -> None:
        """Make schema, tables and triggers; refuses a database that holds a store already."""
        with self._connected() as connection, connection.begin():
            if _comment(connection) is not None:
                raise PostgresFault(
                    f"{self.database}: holds a store already; name another database, or copy the data "
                    "folder (without store and lock) from the machine that has it"
                )
            connection.exec_driver_sql("CREATE SCHEMA weerglas")
            METADATA.create_all(connection, checkfirst=False)
            for statement in postgres_schema.STATEMENTS:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"COMMENT ON SCHEMA weerglas IS '{self._signature}'")

    def check(self, connection: Connection) -> None:
        """Refuse a database without a store of this folder, or whose server may lose what it acknowledged."""
        with connection.begin():
            if _comment(connection) != self._signature:
                raise PostgresFault(
                    f"{self.database}: holds no store of this data folder; name the right one"
                )
            if int(_shown(connection, "server_version_num")) < OLDEST:
                raise PostgresFault(f"{self.database}: PostgreSQL 14 or later is needed")
            for setting in _MUST_BE_ON:
                if _shown(connection, setting) != "on":
                    raise PostgresFault(f"{self.database}: {setting} is off and loses answers; turn it on")
            if _shown(connection, "wal_recycle") == "on":
                log.warning("PostgreSQL keeps its old log: set wal_recycle = off (see postgres.py)")

    def take(self, connection: Connection, touched: AbstractSet[str], erase: Erase) -> None:
        """Wait for whoever touches the same afname; always in one order, so that no two block each other."""
        if EVERYTHING in touched:
            connection.execute(_ALONE, {"key": _WHOLE})
        elif touched:
            connection.execute(_TOGETHER, {"key": _WHOLE})
            connection.execute(_EACH, {"keys": sorted(_key(one) for one in touched)})
        if erase is Erase.FROM_STORE:
            connection.exec_driver_sql("INSERT INTO erasures DEFAULT VALUES")

    def owed(self, connection: Connection) -> Erase:
        """Tell whether a broker closed an afname and was stopped before its traces were gone."""
        with connection.begin():
            found = connection.exec_driver_sql("SELECT 1 FROM erasures LIMIT 1").first()
        return Erase.NOTHING if found is None else Erase.FROM_STORE

    def erase(self, connection: Connection, wanted: Erase, touched: AbstractSet[str]) -> None:
        """Part used codes from their responses; from the store, write new files and begin a new log."""
        if wanted is Erase.FROM_STORE:
            with _autocommit(connection) as driver:
                _rewrite(driver)
        elif wanted is Erase.FROM_LOG:
            with connection.begin():
                self.take(connection, touched, Erase.NOTHING)
                connection.execute(_PART, {"afnames": sorted(touched - {EVERYTHING})})

    def settle(self, connection: Connection) -> None:
        """Leave everything to the server, which goes on."""

    def may_try_again(self, fault: Exception) -> bool:
        """Say yes to a lost turn or a lost connection: nothing of the batch was committed."""
        if not isinstance(fault, DBAPIError) or fault.orig is None:
            return False
        return fault.connection_invalidated or getattr(fault.orig, "sqlstate", None) in _SAFE_TO_REPEAT

    def back_up(self, file: Path) -> None:
        """Have pg_dump write the schema to a file; pupils go on meanwhile."""
        postgres_tools.dump(self.database, file, password=self.password)

    def restore(self, file: Path) -> None:
        """Have pg_restore fill a database that holds no store yet."""
        with self._connected() as connection, connection.begin():
            if _comment(connection) is not None:
                raise PostgresFault(f"{self.database}: holds a store already; name an empty database")
        postgres_tools.restore(self.database, file, password=self.password)

    @property
    def _signature(self) -> str:
        return f"Weerglas store {SCHEMA} of {self.mark}"

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        try:
            with self.engine().connect() as connection:
                yield connection
        except DBAPIError as fault:
            raise PostgresFault(
                f"{self.database}: {str(fault.orig).strip()}; check address, role and password, and that the "
                "role may create a schema in this database"
            ) from None


_ALONE: Final = text("SELECT pg_advisory_xact_lock(:key)")
_TOGETHER: Final = text("SELECT pg_advisory_xact_lock_shared(:key)")
_EACH: Final = text("SELECT pg_advisory_xact_lock(key) FROM unnest(CAST(:keys AS bigint[])) AS key")
_PART: Final = text("UPDATE spent_codes SET spent_tag = spent_tag WHERE afname_id = ANY(:afnames)")
_STILL_READ: Final = """
SELECT 1 FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xmin IS NOT NULL
AND xact_start < %s"""


def check_address(database: str) -> None:
    """Refuse what is no address of a PostgreSQL, and a password in it, which any list of processes shows."""
    try:
        url = make_url(database)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in {"postgresql", "postgres"} or not url.database:
        raise PostgresFault("--database: write postgresql://ROLE@HOST/DATABASE")
    if url.password is not None or "password" in url.query:
        raise PostgresFault(
            "--database: leave the password out; put it in a file for you alone (chmod 600) and name that "
            "with --password-file, or in the file of PGPASSFILE"
        )


def _url(database: str) -> Any:  # noqa: ANN401 - sqlalchemy.URL, or what it makes of it
    check_address(database)
    return make_url(database).set(drivername="postgresql+psycopg")


def _comment(connection: Connection) -> str | None:
    found = connection.exec_driver_sql(
        "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace "
        "WHERE nspname = 'weerglas'"
    ).scalar()
    return None if found is None else str(found)


def _shown(connection: Connection, setting: str) -> str:
    return str(connection.exec_driver_sql(f"SHOW {setting}").scalar())


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)


@contextmanager
def _autocommit(connection: Connection) -> Iterator[psycopg.Connection[Any]]:
    # Past SQLAlchemy, which would begin a transaction: VACUUM refuses to run in one.
    driver: Any = connection.connection.driver_connection
    driver.autocommit = True
    try:
        yield driver
    finally:
        if driver.closed:
            connection.invalidate()
        else:
            driver.autocommit = False


def _rewrite(driver: psycopg.Connection[Any]) -> None:
    owed = driver.execute("SELECT max(number) FROM erasures").fetchone()
    _wait_for_readers(driver)
    driver.execute("VACUUM (FULL) codes, spent_codes, drafts, afnames, stamgroepen")
    driver.execute("CLUSTER responses USING responses_pkey")
    _begin_a_new_log(driver)
    driver.execute("DELETE FROM erasures WHERE number <= %s", owed)


def _wait_for_readers(driver: psycopg.Connection[Any]) -> None:
    # A vacuum keeps what a transaction older than the deletion may still want to see.
    began = driver.execute("SELECT clock_timestamp()").fetchone()
    deadline = time.monotonic() + READERS_LEAVE
    while driver.execute(_STILL_READ, began).fetchone():
        if time.monotonic() > deadline:
            raise NotErased
        time.sleep(0.02)


def _begin_a_new_log(driver: psycopg.Connection[Any]) -> None:
    try:
        driver.execute("SELECT pg_switch_wal()")
        driver.execute("CHECKPOINT")
    except psycopg.errors.InsufficientPrivilege:
        log.warning("PostgreSQL's log keeps deleted rows until it is overwritten (see postgres.py)")


def _without_values(context: ExceptionContext) -> None:
    """Take from a fault its details, which repeat the row that was refused."""
    fault, wrapped = context.original_exception, context.sqlalchemy_exception
    if not isinstance(fault, psycopg.Error) or fault.sqlstate is None:
        return
    named = fault.diag.message_primary if fault.sqlstate.startswith(_NAMING_NO_VALUES) else None
    fault.args = (f"{named or type(fault).__name__} (SQLSTATE {fault.sqlstate})",)
    if wrapped is not None:
        wrapped.args = fault.args
