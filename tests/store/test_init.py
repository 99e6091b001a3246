"""`weerglas init --database`: a data folder whose store lies in a PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instrument.store import stores
from instrument.store.data_folder import DataFolder
from tests.store.cluster import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.store.cluster import Cluster


def test_a_school_with_more_machines_names_its_database_once(
    cluster: Cluster, tmp_path: Path, weerglas: Callable[..., Any]
) -> None:
    """From then on every command finds it; the password is asked of a file that is for its owner alone."""
    database, file, data = cluster.new_database(), tmp_path / "password", tmp_path / "data"
    file.write_text(PASSWORD + "\n", encoding="utf-8")
    file.chmod(0o644)
    options = ("--data", data, "--database", database, "--password-file", file)
    refused = weerglas("init", *options)
    assert refused.returncode == 2
    assert "others can read it; run `chmod go=" in refused.stderr
    assert not data.exists()
    file.chmod(0o600)
    made = weerglas("init", *options)
    assert made.returncode == 0, made.stderr
    folder = DataFolder(data)
    assert folder.database == database
    assert not folder.store.exists()
    named = ("--vestiging", "02QZ00", "--name", "De Kring", "--sector", "po", "--onderwijssoort", "BO")
    added = weerglas("school", "add", "--data", data, *named)
    assert added.returncode == 0, added.stderr
    with stores.of(folder).engine().connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM schools").scalars().all() == ["De Kring"]


def test_a_password_may_come_from_the_file_of_pgpassfile(
    cluster: Cluster, tmp_path: Path, weerglas: Callable[..., Any], monkeypatch: Any
) -> None:
    """As PostgreSQL's own programs do it; then it lies in no folder of ours."""
    passwords = tmp_path / "pgpass"
    passwords.write_text(f"*:*:*:weerglas:{PASSWORD}\n", encoding="utf-8")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    made = weerglas("init", "--data", tmp_path / "data", "--database", cluster.new_database())
    assert made.returncode == 0, made.stderr
    assert not (tmp_path / "data" / "database.password").exists()


def test_a_failed_init_leaves_nothing_behind(tmp_path: Path, weerglas: Callable[..., Any]) -> None:
    """The same command must work when the database is up."""
    data = tmp_path / "data"
    failed = weerglas("init", "--data", data, "--database", "postgresql:///weerglas?host=/nowhere")
    assert failed.returncode == 2
    assert "check address, role and password" in failed.stderr
    assert not data.exists() or not any(data.iterdir())
