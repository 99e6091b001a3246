"""`weerglas levering toestemming`, `intrekken`, `rapport`, `herstel`: what a school decides."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from commands.options import DATA, VESTIGING, Day, schooljaar_option
from export.levering.toestemming_form import AFNAMEWIJZEN, DOORLEVERNIVEAUS, MEDIA, OMVANG
from instrument.school import Schooljaar, today
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instrument.store.ledger.ledger_client import LedgerClient

YES_OR_NO = click.Choice(("ja", "nee"))


@contextmanager
def ledger_of(data: Path) -> Iterator[LedgerClient]:
    """Give the ledger of a data folder, at its running broker or at one that knows the rules."""
    from export.levering.rulings import RULES  # noqa: PLC0415 - only who asks the ledger needs them
    from instrument.store.ledger.ledger_client import LedgerClient  # noqa: PLC0415 - as above

    with operator(DataFolder(data), rules=RULES) as broker:
        yield LedgerClient(broker)


@click.command()
@DATA
@VESTIGING
@schooljaar_option()
@click.option("--naam", required=True, help="Who gives the toestemming.")
@click.option("--functie", required=True, help="As what: directeur, coördinator, …")
@click.option(
    "--akkoord-naam", help="Who agreed for the bevoegd gezag; not where it did so in its own login."
)
@click.option("--akkoord-functie", help="As what: bestuurder, voorzitter, …")
@click.option("--akkoord-datum", type=Day(), default=today, show_default="today")
@click.option("--leverdatum", type=Day(), default=today, show_default="today")
@click.option("--niveau", "doorleverniveau", type=click.Choice(DOORLEVERNIVEAUS), default="school")
@click.option("--afnamewijze", type=click.Choice(AFNAMEWIJZEN), required=True)
@click.option("--toezicht", required=True, help="Who supervised.")
@click.option("--voorgelezen", type=YES_OR_NO, required=True, help="Were the questions read aloud?")
@click.option("--medium", type=click.Choice(MEDIA), required=True)
@click.option("--omvang", type=click.Choice(OMVANG), help="Who was asked.")
@click.option("--toelichting", "toelichting_respons", help="A remark on the response, delivered with it.")
@click.option("--herstel", is_flag=True, help="After the deadline of 30 June.")
def toestemming(data: Path, vestiging: str, schooljaar: Schooljaar, **fields: Any) -> None:  # noqa: ANN401 - the form
    """Record that the school may be delivered: its mandate, not consent in the sense of the AVG.

    Given again before the delivery date it changes what stands.

    \b
    Example: weerglas levering toestemming --vestiging 02QZ00 --naam "J. Jansen" --functie directeur
      --akkoord-naam "A. de Boer" --afnamewijze klassikaal --toezicht leerkracht --voorgelezen nee
      --medium digitaal
    """
    given = {name: _plain(value) for name, value in fields.items() if value is not None}
    with ledger_of(data) as ledger:
        event = ledger.decide("give_toestemming", vestiging, schooljaar, fields=given)
    click.echo(f"Recorded ({event['type']}). From {event['date']}: weerglas levering run")


@click.command()
@DATA
@VESTIGING
@schooljaar_option()
def intrekken(data: Path, vestiging: str, schooljaar: Schooljaar) -> None:
    """Withdraw the toestemming; possible until the day before the delivery.

    \b
    Example: weerglas levering intrekken --vestiging 02QZ00
    """
    with ledger_of(data) as ledger:
        ledger.decide("withdraw_toestemming", vestiging, schooljaar)
    click.echo("Withdrawn; nothing is delivered without a new toestemming.")


@click.command()
@DATA
@VESTIGING
@schooljaar_option()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to."
)
def rapport(data: Path, vestiging: str, schooljaar: Schooljaar, out: Path) -> None:
    """Write the report as it will be delivered, to be checked; nothing is recorded and nothing is sent.

    \b
    Example: weerglas levering rapport --vestiging 02QZ00 --out controle
    """
    from export.levering import adapter  # noqa: PLC0415 - typst, needed only here
    from export.levering.parcel import Parcel  # noqa: PLC0415 - as above
    from export.levering.transport import Flat  # noqa: PLC0415 - as above

    with ledger_of(data) as ledger:
        summary = ledger.summary(vestiging, schooljaar, {"controle": True})["summary"]
    files = adapter.files(summary)
    Flat(out).put(Parcel(adapter.name_of(summary), files))
    for name in sorted(files):
        click.echo(out / name)


@click.command()
@DATA
@VESTIGING
@schooljaar_option(required=True)
@click.option("--stand", type=click.Choice(("geopend", "gesloten")), required=True)
@click.option("--ontvangen-op", type=Day(), required=True, help="The day of the letter, or of the closing.")
@click.option("--termijn", type=Day(), help="Until when may be delivered, as the letter says.")
@click.option(
    "--document",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="The letter itself: its name and hash are recorded, it stays where it is.",
)
def herstel(
    data: Path,
    vestiging: str,
    schooljaar: Schooljaar,
    stand: str,
    ontvangen_op: date,
    termijn: date | None,
    document: Path,
) -> None:
    """Open or close the hersteldossier of a school that did not deliver in time.

    \b
    Example: weerglas levering herstel --vestiging 02QZ00 --schooljaar 2026-2027 --stand geopend
      --ontvangen-op 2027-09-01 --termijn 2027-10-01 --document brief.pdf
    """
    fields = {
        "stand": stand,
        "ontvangen_op": ontvangen_op.isoformat(),
        "termijn": "" if termijn is None else termijn.isoformat(),
        "document": document.name,
        "document_sha256": hashlib.sha256(document.read_bytes()).hexdigest(),
    }
    with ledger_of(data) as ledger:
        event = ledger.decide("herstel", vestiging, schooljaar, fields=fields)
    click.echo(f"Recorded: dossier {stand}, event {event['seq']} of the ledger.")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
