"""`weerglas levering`: the school's toestemming, and the levering that it allows."""

from __future__ import annotations

import fcntl
import os
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from commands.options import DATA, VESTIGING, Day, schooljaar_option
from commands.toestemming import herstel, intrekken, ledger_of, rapport, toestemming
from instrument.school import CALENDAR, Schooljaar, today
from instrument.store.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from export.levering.ronde import Begun, Key, Ronde
    from export.levering.verslag import Report
    from instrument.store.ledger.ledger_client import LedgerClient

WRONG: Final = 2
LOCK: Final = "levering.lock"
BEWIJS = click.option(
    "--bewijs",
    type=click.Choice(("waarschuwen", "weigeren")),
    envvar="WEERGLAS_BEWIJS",
    show_envvar=True,
    help="What to do where no evidence.json covers this edition and these pupils.",
)
VERANTWOORDING = click.option(
    "--verantwoording",
    type=click.Path(path_type=Path),
    help="The verantwoordingsdocument (or its folder) whose hash the summary names.",
)


@click.group()
def levering() -> None:
    """Give or withdraw a school's toestemming, and deliver the summary that it allows."""


for _command in (toestemming, intrekken, rapport, herstel):
    levering.add_command(_command)


@levering.command()
@DATA
@VERANTWOORDING
@BEWIJS
@click.option("--dry-run", is_flag=True, help="Say what would be done; begin and send nothing.")
def run(data: Path, verantwoording: Path | None, bewijs: str | None, *, dry_run: bool) -> None:
    """Deliver what is due, send the mails that wait, remind who is late; for a timer, see deploy/.

    Where it sends to stands in levering.toml in the data folder; without one, parcels are left in the
    folder `levering` beside it. A run that was stopped anywhere goes on where it was.

    \b
    Example: weerglas levering run --data weerglas-data --dry-run
    """
    with _alone(data), ledger_of(data) as ledger:
        ronde = _ronde(ledger, data, verantwoording, bewijs)
        report = ronde.rehearse() if dry_run else ronde.run()
        if dry_run and not report.done and not report.refused:
            click.echo("Nothing is due.")  # a round itself is silent then, for whoever gets a timer's mail
        _tell(report)


@levering.command()
@DATA
@VESTIGING
@schooljaar_option()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to."
)
@VERANTWOORDING
@BEWIJS
@click.option("--herstel", is_flag=True, help="After the deadline of 30 June.")
def export(
    data: Path,
    vestiging: str,
    schooljaar: Schooljaar,
    out: Path,
    verantwoording: Path | None,
    bewijs: str | None,
    *,
    herstel: bool,
) -> None:
    """Deliver one school into a folder: JSON, CSV, XLSX, PDF and a manifest; refuses with every reason.

    For who carries the files by hand. What is refused writes nothing; what was delivered is not again.

    \b
    Example: weerglas levering export --vestiging 02QZ00 --out levering --verantwoording verantwoording
    """
    from export.levering.transport import Flat  # noqa: PLC0415 - typst and pandas, needed only here

    with _alone(data), ledger_of(data) as ledger:
        _known(ledger, vestiging)
        ronde = _ronde(ledger, data, verantwoording, bewijs, herstel=herstel)
        exported = ronde.deliver((vestiging, str(schooljaar)), Flat(out))
    _say(exported, out)


@levering.command()
@DATA
@click.option("--kop", "heads", multiple=True, help="A head from a mail, 12:sha256:…; finds a cut-off tail.")
def verify(data: Path, heads: tuple[str, ...]) -> None:
    """Check every link and signature of the ledger, and say what is wrong where.

    \b
    Example: weerglas levering verify --data weerglas-data
    """
    from instrument.store.ledger.ledger_chain import Anchor  # noqa: PLC0415 - only who asks the ledger needs it
    from instrument.store.ledger.ledger_client import head_of  # noqa: PLC0415 - as above

    try:
        anchors = [Anchor.parse(head) for head in heads]
    except ValueError as fault:
        raise click.UsageError(f"--kop: {fault}") from None
    with ledger_of(data) as ledger:
        records = list(ledger.records())
        faults = ledger.faults(records, anchors=anchors)
    for wrong in faults:
        click.echo(f"weerglas: {wrong}", err=True)
    if faults:
        sys.exit(WRONG)
    click.echo(f"{len(records)} events, each chained and signed. Head: {head_of(records)}")


@levering.command()
@DATA
@schooljaar_option()
@click.option("--op", "on", type=Day(), default=today, show_default="today", help="The state as on this day.")
@click.option("--vestiging", help="Only this vestiging.")
def toestand(data: Path, schooljaar: Schooljaar, on: date, vestiging: str | None) -> None:
    """Replay the ledger: how far every vestiging was at the end of some day, as CSV.

    \b
    Example: weerglas levering toestand --op 2027-03-31
    """
    _overview(data, schooljaar, on, lambda school: vestiging in (None, school.vestigingsnummer))


@levering.command()
@DATA
@schooljaar_option()
@click.option("--bestuur", help="Five digits; all boards where it is left out.")
def overzicht(data: Path, schooljaar: Schooljaar, bestuur: str | None) -> None:
    """Say of a board which vestigingen gave toestemming, were delivered, or are still missing, as CSV.

    \b
    Example: weerglas levering overzicht --bestuur 41234
    """
    _overview(data, schooljaar, today(), lambda school: bestuur in (None, school.bevoegd_gezag_nummer))


def _overview(data: Path, schooljaar: Schooljaar, on: date, wanted: Any) -> None:  # noqa: ANN401 - a predicate
    from export.levering import overzicht, ronde, stand  # noqa: PLC0415 - only these commands need them
    from export.levering.spreadsheet import csv_bytes  # noqa: PLC0415 - as above

    with ledger_of(data) as ledger:
        schools = [school for school in ledger.schools() if wanted(school)]
        found = ronde.by_matter(ledger.records())
    moment = datetime.combine(on + timedelta(days=1), time(), CALENDAR) - timedelta(microseconds=1)
    events = {
        number: stand.until(list_, moment)
        for (number, year), list_ in found.items()
        if year == str(schooljaar)
    }
    rows = [line.cells for line in overzicht.lines(schools, events, schooljaar, on)]
    click.echo(csv_bytes([overzicht.headings(), *rows]), nl=False)
    click.echo(overzicht.totals(schools, events, schooljaar), err=True)


def _ronde(
    ledger: LedgerClient,
    data: Path,
    verantwoording: Path | None,
    bewijs: str | None,
    *,
    herstel: bool | None = None,
) -> Ronde:
    from export.levering import configuration, ronde, verantwoord  # noqa: PLC0415 - only a levering needs them

    known = configuration.load(DataFolder(data).path)
    document = verantwoording or known.verantwoording
    options = verantwoord.options(document, bewijs=bewijs or known.bewijs, herstel=herstel)
    return ronde.Ronde(ledger, known, datetime.now(UTC), options, _watched)


def _watched(name: str, items: Sequence[Key]) -> Iterable[Key]:
    if not sys.stderr.isatty():
        yield from items
        return
    with click.progressbar(items, label=name, file=sys.stderr) as bar:
        yield from bar


def _tell(report: Report) -> None:
    for line in report.done:
        click.echo(line)
    for line in report.refused:
        click.echo(f"weerglas: {line}", err=True)
    if report.refused:
        sys.exit(WRONG)


def _say(exported: Begun, out: Path) -> None:
    for warning in exported.warnings:
        click.echo(f"Let op: {warning}", err=True)
    for name in exported.names:
        click.echo(out / name)


def _known(ledger: LedgerClient, vestiging: str) -> None:
    if not any(school.vestigingsnummer == vestiging for school in ledger.schools()):
        raise click.UsageError(f"{vestiging} is not in this data folder; see: weerglas school list")


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold the lock of leveringen: two rounds at once could send one mail twice."""
    path = DataFolder(data).path / LOCK
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise click.UsageError(f"{path}: another levering is at work; wait until it is done") from None
        yield
