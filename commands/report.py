"""`weerglas rapport`: the report of a school, or of every school, as files for the school itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.options import DATA, Vestiging, schooljaar_option
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from export.report.many import Task
    from instrument.afname import Afname
    from instrument.school import Schooljaar

VARIANTS = ("team", "ouders", "leerlingen")
"""As in export.report.files, which would load Typst for `--help`."""


@click.command()
@DATA
@click.option("--vestiging", type=Vestiging(), help="BRIN and two digits, as in 02QZ00.")
@click.option("--alle", is_flag=True, help="Every school with a closed afname in this schooljaar.")
@schooljaar_option()
@click.option(
    "--variant",
    "variants",
    type=click.Choice(VARIANTS),
    multiple=True,
    default=VARIANTS,
    show_default="all three",
    help="For whom; may be given more than once.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to."
)
def rapport(
    data: Path,
    vestiging: str | None,
    schooljaar: Schooljaar,
    variants: tuple[str, ...],
    out: Path,
    *,
    alle: bool,
) -> None:
    """Write the school report: PDF for team, parents and pupils, and the figures as XLSX and CSV.

    What it tells passes the disclosure rules and is written down in the ledger of releases. The folder is
    for the school alone: keep it as private as the data folder.

    \b
    Example: weerglas rapport --vestiging 02QZ00 --schooljaar 2026-2027 --variant team --out rapporten
    Example: weerglas rapport --alle --variant team --variant leerlingen --out rapporten
    """
    if alle == (vestiging is not None):
        raise click.UsageError("name either --vestiging or --alle")
    from export.results.served import Served  # noqa: PLC0415 - needed only here

    with operator(DataFolder(data), release=Served()) as broker:
        afnames = _closed(broker, vestiging, schooljaar)
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
        paths = _write(_tasks(broker, afnames, variants), out, number=len(afnames))
    if alle:
        click.echo(
            f"{out}: {len(paths)} files of {len(afnames)} schools with a closed afname in {schooljaar}"
        )
        return
    for path in paths:
        click.echo(path)


def _write(tasks: Iterator[Task], out: Path, *, number: int) -> list[Path]:
    from export.report import many  # noqa: PLC0415 - needed only here

    paths: list[Path] = []
    with click.progressbar(length=number, label="Typesetting") as bar:
        for written in many.write_all(tasks, out, workers=min(many.processes(), number)):
            bar.update(1)
            paths += written.files
    return sorted(paths)


def _closed(broker: Operator, vestiging: str | None, schooljaar: Schooljaar) -> Sequence[Afname]:
    """Return the latest afname of each school that is asked for, or refuse with every reason."""
    schools = {one.vestigingsnummer for one in broker.schools()}
    wanted = sorted(schools) if vestiging is None else [vestiging]
    latest = _latest(broker, schooljaar)
    found = [latest[one] for one in wanted if one in latest and not latest[one].is_open]
    if found:
        return found
    raise click.UsageError("\n".join(_reasons(wanted, schools, latest, schooljaar)))


def _latest(broker: Operator, schooljaar: Schooljaar) -> dict[str, Afname]:
    of_year = [one for one in broker.afnames() if one.schooljaar == schooljaar]
    return {
        one.vestigingsnummer: one for one in sorted(of_year, key=lambda one: (one.is_open, one.opened_on))
    }


def _reasons(
    wanted: Sequence[str], schools: set[str], latest: dict[str, Afname], schooljaar: Schooljaar
) -> Iterator[str]:
    if not wanted:
        yield "there is no school in this data folder; add one with: weerglas school add"
    for one in wanted:
        if one not in schools:
            yield f"{one} is not in this data folder; see: weerglas school list"
        elif one not in latest:
            yield f"{one} has no afname in {schooljaar}; open one with: weerglas afname open"
        else:
            yield f"the afname of {one} is still open, and nothing of it is shown (D1); close it first"


def _tasks(broker: Operator, afnames: Sequence[Afname], variants: tuple[str, ...]) -> Iterator[Task]:
    from export.report.many import Task  # noqa: PLC0415 - needed only here

    for afname in afnames:
        of = {"vestigingsnummer": afname.vestigingsnummer, "schooljaar": str(afname.schooljaar)}
        note = broker.ask("note_of", afname_id=afname.afname_id)["text"]
        yield Task(broker.ask("results_of", **of), note, variants)
