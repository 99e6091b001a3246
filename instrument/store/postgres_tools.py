"""PostgreSQL's own programs for backups, pg_dump and pg_restore; says so where they are not installed."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from instrument.store.stores import StoreFault

if TYPE_CHECKING:
    from pathlib import Path


class ToolFault(StoreFault):
    """A program of PostgreSQL that is missing or failed."""


def dump(database: str, file: Path, *, password: str | None) -> None:
    """Write the store's schema to a new file, not compressed: what is in a backup can be looked for."""
    options = ("--format=custom", "--compress=0", "--schema=weerglas", "--no-owner", "--no-privileges")
    _run("pg_dump", *options, f"--file={file}", f"--dbname={database}", password=password)


def restore(database: str, file: Path, *, password: str | None) -> None:
    """Fill an empty database with what `dump` wrote: all of it, or nothing."""
    options = ("--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", *options, f"--dbname={database}", str(file), password=password)


def _run(*command: str, password: str | None) -> None:
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    try:
        # The program is PostgreSQL's; where it lies differs from system to system.
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise ToolFault(
            f"{command[0]} is not installed here; install Debian's postgresql-client, of the server's version"
        ) from None
    if done.returncode != 0:
        raise ToolFault(f"{command[0]} failed: {_last_line(done.stderr)}")


def _last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
