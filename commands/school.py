"""`weerglas init`, `weerglas school`, `weerglas account`: who takes part."""

from __future__ import annotations

from pathlib import Path

import click

from commands.options import DATA, DATABASE, PASSWORD_FILE, VESTIGING, Vestiging, read_password
from instrument.school import ONDERWIJSSOORTEN, SECTORS, School
from instrument.store.accounts.roles import COORDINATOR, ROLES
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


ROLE = click.option("--role", type=click.Choice(ROLES), default=COORDINATOR, show_default=True)
OF_VESTIGING = click.option("--vestiging", type=Vestiging(), help="Of a coordinator: as in 02QZ00.")
OF_BOARD = click.option("--bevoegd-gezag", "bevoegd_gezag_nummer", help="Of a bestuur: five digits.")


@click.group()
def account() -> None:
    """Give people access: coordinators, besturen, aanbieders, researchers."""


@account.command(name="invite")
@DATA
@ROLE
@OF_VESTIGING
@OF_BOARD
@click.option("--name", required=True, help="Name to log in with; with OpenID the e-mail address.")
@click.option("--days", type=click.IntRange(1, 60), default=14, show_default=True, help="How long it holds.")
@click.option("--address", default="http://127.0.0.1:8866/", show_default=True, help="Where pages are.")
def invite(
    data: Path,
    role: str,
    vestiging: str | None,
    bevoegd_gezag_nummer: str | None,
    name: str,
    days: int,
    address: str,
) -> None:
    """Print a link with which somebody chooses a password; it works once, also for a forgotten one.

    \b
    Example: weerglas account invite --vestiging 02QZ00 --name j.jansen --address https://monitor.example/
    """
    with operator(DataFolder(data)) as broker:
        token = broker.invite(name=name, days=days, **_of(role, vestiging, bevoegd_gezag_nummer))
    click.echo(f"For {name} only, within {days} days; it cannot be shown again:")
    click.echo(f"{address.rstrip('/')}/school/uitnodiging#{token}")


@account.command(name="add")
@DATA
@ROLE
@OF_VESTIGING
@OF_BOARD
@click.option("--name", required=True, help="Name to log in with; with OpenID the e-mail address.")
@click.option("--password", help="At least twelve characters; asked for when left out.")
@click.option("--without-password", is_flag=True, help="Only an OpenID provider lets this account in.")
def add_account(
    data: Path,
    role: str,
    vestiging: str | None,
    bevoegd_gezag_nummer: str | None,
    name: str,
    password: str | None,
    *,
    without_password: bool,
) -> None:
    """Give somebody a login with a password that you know; better is `weerglas account invite`.

    \b
    Example: weerglas account add --vestiging 02QZ00 --name j.jansen
    """
    password = None if without_password else password or _asked()
    with operator(DataFolder(data)) as broker:
        broker.add_account(name=name, password=password, **_of(role, vestiging, bevoegd_gezag_nummer))
    click.echo(f"{name} can log in at /school.")


@account.command(name="list")
@DATA
def list_accounts(data: Path) -> None:
    """List who can log in.

    \b
    Example: weerglas account list --data weerglas-data
    """
    with operator(DataFolder(data)) as broker:
        for one in broker.accounts():
            place = one["vestigingsnummer"] or one["bevoegd_gezag_nummer"] or "-"
            click.echo(f"{one['name']}  {one['role']}  {place}")


@account.command(name="remove")
@DATA
@click.option("--name", required=True, help="Name to log in with.")
def remove_account(data: Path, name: str) -> None:
    """Take a login away; whoever is logged in with it is out.

    \b
    Example: weerglas account remove --name j.jansen
    """
    with operator(DataFolder(data)) as broker:
        broker.remove_account(name)
    click.echo(f"{name} can no longer log in.")


def _of(role: str, vestiging: str | None, bevoegd_gezag_nummer: str | None) -> dict[str, str]:
    """Return what the broker asks of an account; what was not given is left out."""
    given = {"role": role, "vestigingsnummer": vestiging, "bevoegd_gezag_nummer": bevoegd_gezag_nummer}
    return {name: value for name, value in given.items() if value is not None}


def _asked() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
