"""`weerglas levering`: the school's toestemming, and the summary that it allows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import DATA, VESTIGING, Day, schooljaar_option
from export.levering.toestemming_form import AFNAMEWIJZEN, DOORLEVERNIVEAUS, MEDIA
from instrument.school import Schooljaar, today
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import Operator, operator

if TYPE_CHECKING:
    from instrument.afname import Afname
    from instrument.school import School

YES_OR_NO = click.Choice(("ja", "nee"))


@click.group()
def levering() -> None:
    """Give or withdraw a school's toestemming, and export the summary that it allows."""


@levering.command()
@DATA
@VESTIGING
@schooljaar_option()
@click.option("--naam", required=True, help="Who gives the toestemming.")
@click.option("--functie", required=True, help="As what: directeur, coördinator, …")
@click.option("--akkoord-naam", required=True, help="Who agreed for the bevoegd gezag.")
@click.option("--akkoord-datum", type=Day(), default=today, show_default="today")
@click.option("--leverdatum", type=Day(), default=today, show_default="today")
@click.option("--niveau", "doorleverniveau", type=click.Choice(DOORLEVERNIVEAUS), default="school")
@click.option("--afnamewijze", type=click.Choice(AFNAMEWIJZEN), required=True)
@click.option("--toezicht", required=True, help="Who supervised.")
@click.option("--voorgelezen", type=YES_OR_NO, required=True, help="Were the questions read aloud?")
@click.option("--medium", type=click.Choice(MEDIA), required=True)
@click.option("--herstel", is_flag=True, help="After the deadline of 30 June.")
def toestemming(data: Path, vestiging: str, schooljaar: Schooljaar, **fields: Any) -> None:  # noqa: ANN401 - the form
    """Record that the school may be delivered: its mandate, not consent in the sense of the AVG.

    \b
    Example: weerglas levering toestemming --vestiging 02QZ00 --naam "J. Jansen" --functie directeur
      --akkoord-naam "A. de Boer" --afnamewijze klassikaal --toezicht leerkracht --voorgelezen nee
      --medium digitaal
    """
    from export.levering import toestemming as mandate  # noqa: PLC0415 - only this command needs it

    given = {name: _plain(value) for name, value in fields.items()}
    with operator(DataFolder(data)) as broker:
        current = mandate.current(broker.events(vestiging), schooljaar)
        event = mandate.give(
            given, vestigingsnummer=vestiging, schooljaar=schooljaar, today=today(), current=current
        )
        _append(broker, event)
    click.echo(f"Recorded ({event['type']}). From {given['leverdatum']}: weerglas levering export")


@levering.command()
@DATA
@VESTIGING
@schooljaar_option()
def intrekken(data: Path, vestiging: str, schooljaar: Schooljaar) -> None:
    """Withdraw the toestemming; possible until the day before the delivery.

    \b
    Example: weerglas levering intrekken --vestiging 02QZ00
    """
    from export.levering import toestemming as mandate  # noqa: PLC0415 - only this command needs it

    with operator(DataFolder(data)) as broker:
        current = mandate.fold(broker.events(vestiging), schooljaar)
        event = mandate.withdraw(current, vestigingsnummer=vestiging, schooljaar=schooljaar, today=today())
        _append(broker, event)
    click.echo("Withdrawn; nothing is delivered without a new toestemming.")


@levering.command()
@DATA
@VESTIGING
@schooljaar_option()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to."
)
@click.option(
    "--verantwoording",
    type=click.Path(path_type=Path),
    help="The verantwoordingsdocument (or its folder) whose hash the summary names.",
)
@click.option(
    "--bewijs",
    type=click.Choice(("waarschuwen", "weigeren")),
    default="waarschuwen",
    show_default=True,
    envvar="WEERGLAS_BEWIJS",
    show_envvar=True,
    help="What to do where no evidence.json covers this edition and these pupils.",
)
@click.option("--herstel", is_flag=True, help="After the deadline of 30 June.")
def export(
    data: Path,
    vestiging: str,
    schooljaar: Schooljaar,
    out: Path,
    verantwoording: Path | None,
    bewijs: str,
    *,
    herstel: bool,
) -> None:
    """Write the summary as JSON, CSV and PDF; refuses, with every reason, and then writes nothing.

    \b
    Example: weerglas levering export --vestiging 02QZ00 --out levering --verantwoording verantwoording
    """
    from export.levering import delivery as delivering  # noqa: PLC0415 - typst and pandas, needed only here

    if verantwoording is not None and verantwoording.is_dir():
        verantwoording /= "verantwoording.pdf"
    with operator(DataFolder(data)) as broker:
        afname = _afname(broker, vestiging, schooljaar)
        is_closed = afname is not None and not afname.is_open
        delivery = delivering.deliver(
            school=_school(broker, vestiging),
            afname=afname,
            rows=list(broker.responses(afname.afname_id)) if afname and is_closed else [],
            events=broker.events(vestiging),
            now=datetime.now(UTC),
            out=out,
            verantwoording=verantwoording,
            bewijs=bewijs,
            herstel=herstel,
        )
        _append(broker, delivery.event)
    for warning in delivery.warnings:
        click.echo(f"Let op: {warning}", err=True)
    for path in delivery.files:
        click.echo(path)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _append(broker: Operator, event: dict[str, Any]) -> None:
    broker.append_event(
        vestigingsnummer=event["vestigingsnummer"],
        schooljaar=Schooljaar.parse(event["schooljaar"]),
        type=event["type"],
        payload=event["payload"],
    )


def _school(broker: Operator, vestiging: str) -> School:
    for one in broker.schools():
        if one.vestigingsnummer == vestiging:
            return one
    raise click.UsageError(f"{vestiging} is not in this data folder; see: weerglas school list")


def _afname(broker: Operator, vestiging: str, schooljaar: Schooljaar) -> Afname | None:
    """Return the latest afname of a vestiging in a schooljaar; an open one is the latest."""
    found = [
        one for one in broker.afnames() if (one.vestigingsnummer, one.schooljaar) == (vestiging, schooljaar)
    ]
    return max(found, key=lambda one: (one.is_open, one.opened_on), default=None)
