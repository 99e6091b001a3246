"""`weerglas doctor`: look at machine and data folder, and say what is wrong and what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import click

from commands.serve import NOTEBOOKS
from instrument import catalogue, editions
from instrument.serving import sandbox
from instrument.store.data_folder import DataFolder, DataFolderError
from instrument.store.operator_client import operator

OK: Final = "ok"
WARNING: Final = "warning"
FAULT: Final = "FAULT"
LITTLE_ROOM: Final = 500_000_000
"""Bytes: below this a school of 300 could fill the disk with write-ahead log in a bad hour."""

PAGES: Final = (
    "10_leerling.ipynb", "20_coordinator.ipynb",
    "21_bestuur.ipynb", "22_aanbieder.ipynb", "23_onderzoeker.ipynb",
)  # fmt: skip

Finding = tuple[str, str]


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A data folder to look at as well: keys, seals of all responses, ledger.",
)
def doctor(data: Path | None) -> None:
    """Say what is wrong with this machine, the installation or a data folder; exit code 2 if anything is.

    \b
    Example: weerglas doctor --data weerglas-data
    """
    findings = [finding for look in (_python, _sqlite, _item_banks, _pages, _isolation) for finding in look()]
    if data is not None:
        findings += [*_room(data), *_data(data)]
    for verdict, sentence in findings:
        click.echo(f"{verdict:<8} {sentence}")
    sys.exit(2 if any(verdict == FAULT for verdict, _ in findings) else 0)


def _python() -> Iterator[Finding]:
    yield OK, f"Python {sys.version.split()[0]}"


def _sqlite() -> Iterator[Finding]:
    from instrument.store import sqlite  # noqa: PLC0415 - half a second that every other command saves

    yield from _tried(lambda: f"SQLite {sqlite.checked_version()} (3.51.3 or newer is needed)")


def _item_banks() -> Iterator[Finding]:
    for code in catalogue.bundled():
        yield from _tried(partial(_item_bank, code))


def _item_bank(code: str) -> str:
    edition = catalogue.edition(code)
    editions.check_released(edition)
    return f"edition {code}, {editions.fingerprint(edition)}"


def _pages() -> Iterator[Finding]:
    for name in PAGES:
        found = (NOTEBOOKS / name).is_file()
        yield (OK, f"page {name}") if found else (FAULT, f"page {name} is missing; take the whole repository")


def _isolation() -> Iterator[Finding]:
    walls = sandbox.offered()
    yield (OK if walls.stand else WARNING), f"pupils' workers: {walls}"
    yield WARNING, "workers and office run as the user of the server; coordinators' kernels without a sandbox"


def _room(data: Path) -> Iterator[Finding]:
    if not data.is_dir():
        return
    free = shutil.disk_usage(data).free
    verdict = OK if free > LITTLE_ROOM else FAULT
    yield verdict, f"{free / 1e9:.1f} GB free for {data}{'' if verdict == OK else '; make room'}"


def _data(data: Path) -> Iterator[Finding]:
    yield from _tried(lambda: f"data folder {DataFolder(data).path}, private and complete")
    yield from _tried(lambda: _verified(DataFolder(data)))


def _verified(folder: DataFolder) -> str:
    with operator(folder) as broker:
        found = broker.verify()
    if not found["sound"]:
        raise DataFolderError(
            f"{folder.path}: a response or the ledger was changed outside Weerglas; restore a backup"
        )
    n_responses = sum(afname["n_rows"] for afname in found["afnames"])
    return f"seals of {n_responses} responses and the ledger are whole"


def _tried(look: Callable[[], str]) -> Iterator[Finding]:
    """Turn what a look says, or the fault it raises, into a finding."""
    try:
        yield OK, look()
    except Exception as fault:  # noqa: BLE001 - a doctor reports whatever is wrong
        yield FAULT, str(fault)
