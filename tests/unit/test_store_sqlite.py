from __future__ import annotations

from typing import TYPE_CHECKING

import pysqlite3
import pytest

from instrument.store import broker, sqlite, tables
from instrument.store.data_folder import DataFolder, DataFolderError
from instrument.store.preparation import school_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@pytest.fixture
def connection(store_folder: DataFolder) -> Iterator[Connection]:
    with sqlite.engine(store_folder.store).connect() as opened:
        yield opened


def test_a_sqlite_that_can_damage_its_log_is_refused() -> None:
    """Before 3.51.3 resetting a write-ahead log could lose commits."""
    with pytest.raises(sqlite.SQLiteTooOld, match=r"SQLite 3\.51\.2 .* 3\.51\.3 or later"):
        sqlite.check_version((3, 51, 2))
    sqlite.check_version((3, 51, 3))
    assert pysqlite3.sqlite_version_info >= (3, 51, 3)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("secure_delete", 1),
        ("recursive_triggers", 1),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("temp_store", 2),
    ],
)
def test_a_connection_has_the_settings_that_trust_rests_on(
    connection: Connection, setting: str, value: object
) -> None:
    """Each was measured: without it answers were lost, or deleted links stayed readable (TRUST.md)."""
    assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value


def test_every_table_is_strict_and_without_rowid(connection: Connection) -> None:
    """A rowid gives away the order in which answers came."""
    listed = connection.exec_driver_sql("PRAGMA table_list").all()
    ours = {row.name: (row.wr, row.strict) for row in listed if row.name in tables.METADATA.tables}
    assert ours == dict.fromkeys(tables.METADATA.tables, (1, 1))


def test_an_error_of_the_store_holds_no_values(connection: Connection) -> None:
    """SQLAlchemy prints the values of a failed statement, unless it is told not to."""
    with pytest.raises(Exception, match="NOT NULL") as fault:
        connection.execute(school_tables.ACCOUNTS.insert(), {"name": "Sanne de Wit"})
    assert "Sanne" not in str(fault.value)


def test_a_file_that_is_no_store_is_refused(store_folder: DataFolder) -> None:
    """A SQLite file of another program is not overwritten."""
    store_folder.store.unlink()
    pysqlite3.connect(store_folder.store).execute("CREATE TABLE theirs (x)").connection.close()
    store_folder.store.chmod(0o600)
    with pytest.raises(DataFolderError, match="restore it from a backup"), broker.running(store_folder):
        pass


def test_a_damaged_store_is_refused(store_folder: DataFolder) -> None:
    """Better no afname today than answers in a broken file."""
    content = bytearray(store_folder.store.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    store_folder.store.write_bytes(content)
    with pytest.raises(DataFolderError, match="restore it from a backup"), broker.running(store_folder):
        pass
