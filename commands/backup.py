"""`weerglas backup`: one file with all that a data folder needs, and a data folder made of such a file."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import DATA, DATABASE, PASSWORD_FILE, read_password
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator


@click.command()
@DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The new file; as secret as the data folder itself.",
)
@click.option(
    "--restore",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A backup, of which --data becomes a new data folder.",
)
@DATABASE
@PASSWORD_FILE
def backup(
    data: Path, out: Path | None, restore: Path | None, database: str | None, password_file: Path | None
) -> None:
    """Back up a data folder while it is served, or make a data folder of a backup.

    What was acknowledged before the command began is in the file. Of an afname that is open it holds drafts,
    sealed, and tags of codes: destroy it when that afname closes. `weerglas serve --backup` does so itself.

    \b
    Example: weerglas backup --out /media/stick/monday.backup
             weerglas backup --restore /media/stick/monday.backup --data weerglas-again
    """
    if (out is None) == (restore is None):
        raise click.UsageError("say either --out FILE or --restore FILE")
    if restore is not None:
        _restore(restore, data, database, read_password(password_file))
    elif out is not None:
        _back_up(DataFolder(data), out.absolute())


def _back_up(folder: DataFolder, out: Path) -> None:
    with operator(folder) as broker:
        n_open = broker.backup(out)
    click.echo(f"Made {out}, readable for you alone. It holds the keys: keep it as you keep {folder.path}.")
    if n_open:
        click.echo(
            f"It holds drafts and tags of codes of {n_open} open afname(n): destroy it when they close."
        )


def _restore(file: Path, data: Path, database: str | None, password: str | None) -> None:
    from instrument.store import archive  # noqa: PLC0415 - only a restore needs it

    folder = archive.unpack(file, data, database=database, password=password)
    with operator(folder) as broker:
        found = broker.verify()
    n_responses = sum(afname["n_rows"] for afname in found["afnames"])
    whole = "whole" if found["sound"] else "NOT WHOLE: look with `weerglas doctor`"
    click.echo(f"Made {folder.path} of {file}; its {n_responses} responses and its ledger are {whole}.")
