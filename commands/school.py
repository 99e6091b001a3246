"""`weerglas init`, `weerglas school`, `weerglas account`: who takes part."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import DATA, DATABASE, PASSWORD_FILE, VESTIGING, read_password
from instrument.school import ONDERWIJSSOORTEN, SECTORS, School
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator


@click.command()
@DATA
@click.option("--simulated", is_flag=True, help="For simulated schools only; cannot be undone.")
@DATABASE
@PASSWORD_FILE
def init(data: Path, *, simulated: bool, database: str | None, password_file: Path | None) -> None:
    """Make a new, empty data folder.

    With --database its answers go into a PostgreSQL, which several machines may share: copy the data folder
    to each of them, for all need the same keys.

    \b
    Example: weerglas init --data weerglas-data
             weerglas init --data weerglas-data --database postgresql://weerglas@db/weerglas
    """
    password = read_password(password_file)
    folder = DataFolder.create(data, simulated=simulated, database=database, password=password)
    click.echo(f"Made {folder.path}. It holds the keys: keep it private, and back it up as a whole.")


@click.group()
def school() -> None:
    """Add and list schools."""


@school.command()
@DATA
@VESTIGING
@click.option("--name", required=True, help="Name of the school.")
@click.option("--sector", type=click.Choice(SECTORS), required=True)
@click.option("--onderwijssoort", type=click.Choice(ONDERWIJSSOORTEN), required=True)
@click.option("--bevoegd-gezag", "bevoegd_gezag_nummer", help="Five digits.")
def add(
    data: Path,
    vestiging: str,
    name: str,
    sector: str,
    onderwijssoort: str,
    bevoegd_gezag_nummer: str | None,
) -> None:
    """Add one vestiging.

    \b
    Example: weerglas school add --vestiging 02QZ00 --name "De Kring" --sector po --onderwijssoort BO
    """
    folder = DataFolder(data)
    new = School(
        vestigingsnummer=vestiging,
        name=name,
        sector=sector,
        onderwijssoort=onderwijssoort,
        simulated=folder.simulated,
        bevoegd_gezag_nummer=bevoegd_gezag_nummer,
    )
    with operator(folder) as broker:
        broker.add_school(new)
    click.echo(f"Added {new.vestigingsnummer} {new.name}.")


@school.command(name="list")
@DATA
def list_schools(data: Path) -> None:
    """List the schools of a data folder.

    \b
    Example: weerglas school list --data weerglas-data
    """
    with operator(DataFolder(data)) as broker:
        for one in broker.schools():
            click.echo(f"{one.vestigingsnummer}  {one.name}{'  (simulated)' if one.simulated else ''}")


@click.group()
def account() -> None:
    """Give coordinators access."""


@account.command(name="add")
@DATA
@VESTIGING
@click.option("--name", required=True, help="Login name of the coordinator.")
@click.password_option(help="At least twelve characters; asked for when left out.")
def add_account(data: Path, vestiging: str, name: str, password: str) -> None:
    """Give a coordinator a login for one vestiging.

    \b
    Example: weerglas account add --vestiging 02QZ00 --name j.jansen
    """
    with operator(DataFolder(data)) as broker:
        broker.add_account(name=name, password=password, vestigingsnummer=vestiging)
    click.echo(f"{name} can log in at /school.")
