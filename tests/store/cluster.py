"""A PostgreSQL of one's own for the tests: a new cluster in a temporary folder, on a Unix socket only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD: Final = "a test's own password"
PLACES: Final = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
SETTINGS: Final = """
listen_addresses = ''
unix_socket_permissions = 0777
wal_recycle = off
log_error_verbosity = terse
log_min_messages = info
autovacuum_naptime = 1s
shared_buffers = 32MB
"""


def programs() -> Path | None:
    """Return the folder of initdb, where Debian, or another, has put it."""
    found = [Path(initdb).parent] if (initdb := shutil.which("initdb")) else []
    found += [folder for place in PLACES for folder in sorted(Path("/").glob(place[1:]), reverse=True)]
    return next((folder for folder in found if (folder / "initdb").is_file()), None)


@dataclass
class Cluster:
    """One running server; every test takes a database of its own."""

    bin: Path
    home: Path
    user: str | None
    databases: int = 0

    @property
    def data(self) -> Path:
        """The folder with everything that the server has on disk: tables, write-ahead log and server log."""
        return self.home / "data"

    def new_database(self) -> str:
        """Return the address of an empty database, whose owner may checkpoint and nothing else."""
        self.databases += 1
        name = f"school{self.databases}"
        with self.administrator() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER weerglas")
        with self.administrator(name) as connection:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO weerglas")
        return f"postgresql://weerglas@/{name}?host={self.home}"

    @contextlib.contextmanager
    def administrator(self, database: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """Give a connection of the superuser, who commits each statement."""
        address = f"dbname={database} user=administrator host={self.home}"
        with psycopg.connect(address, password=PASSWORD, autocommit=True) as connection:
            yield connection

    def raw(self) -> bytes:
        """Return every byte that the server has on disk."""
        return b"".join(_bytes(file) for file in sorted(self.home.rglob("*")) if file.is_file())

    def control(self, *command: str) -> None:
        """Run pg_ctl: start, stop, restart, kill."""
        options = ("-D", str(self.data), "-l", str(self.home / "server.log"), "-w", "-t", "60", "-s")
        self._run("pg_ctl", *command, *options)

    def begin(self) -> None:
        """Make the cluster and start it."""
        password = self.home / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions")
        who = ("--username=administrator", f"--pwfile={password}")
        self._run("initdb", f"--pgdata={self.data}", *options, *who)
        password.unlink()
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"{SETTINGS}unix_socket_directories = '{self.home}'\n")
        self.control("start")
        with self.administrator() as connection:
            connection.execute(
                f"CREATE ROLE weerglas LOGIN PASSWORD '{PASSWORD.replace(chr(39), chr(39) * 2)}'"
            )
            if connection.info.server_version >= 150_000:
                connection.execute("GRANT pg_checkpoint TO weerglas")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            user=self.user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program}: {done.stderr}"


@contextlib.contextmanager
def running(folder: Path, *, disk: Path | None = None) -> Iterator[Cluster]:
    """Run a cluster, as a user who is not root, for the duration; with its data on another disk."""
    home = Path(tempfile.mkdtemp(prefix="weerglas-pg-"))  # a short path: it holds a Unix socket
    user = _other_user() if os.geteuid() == 0 else None
    home.chmod(0o755)
    if user is not None:
        shutil.chown(home, user)
    cluster = Cluster(folder, home, user)
    if disk is not None:
        (disk / "cluster").mkdir()
        if user is not None:
            shutil.chown(disk / "cluster", user)
        cluster.data.symlink_to(disk / "cluster")
    try:
        cluster.begin()
        yield cluster
    finally:
        with contextlib.suppress(AssertionError):
            cluster.control("stop", "-m", "immediate")
        shutil.rmtree(home, ignore_errors=True)


def _other_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _bytes(file: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):  # the server removed it just now
        return file.read_bytes()
    return b""
