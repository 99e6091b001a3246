"""`weerglas verantwoording`: the account of the instrument, recomputed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator

EDITION = "po_bovenbouw_2026"


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for verantwoording.html and verantwoording.pdf.",
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="A data folder: every closed afname of the edition counts.",
)
@click.option("--simulated", is_flag=True, help="Use the seeded simulation instead of a data folder.")
@click.option("--edition", default=EDITION, show_default=True, help="Which questionnaire.")
def verantwoording(out: Path, data: Path | None, *, simulated: bool, edition: str) -> None:
    """Run the notebooks of the evidence and write the verantwoordingsdocument, as HTML and PDF.

    \b
    Example: weerglas verantwoording --data weerglas-data --out verantwoording
    Example: weerglas verantwoording --simulated --out verantwoording
    """
    if simulated == (data is not None):
        raise click.UsageError("name either --data DIR or --simulated")
    from export.account import document as account  # noqa: PLC0415 - typst and pandas, needed only here

    with (
        tempfile.TemporaryDirectory(prefix="weerglas-") as private,
        click.progressbar(length=1, label="Running the notebooks", show_eta=False) as bar,
    ):
        extract = None if data is None else _extract(data, edition, Path(private) / "answers.csv")

        def progress(_name: str, n_done: int, n_steps: int) -> None:
            bar.length = n_steps
            bar.update(n_done - bar.pos)

        written = account.write(out, data=extract, progress=progress)
    for path in written:
        click.echo(path)


def _extract(data: Path, edition: str, file: Path) -> Path:
    """Write the answers of all closed afnamen to a file that only this user can read, and that goes again."""
    from export.account import extract, research_file  # noqa: PLC0415 - pandas, needed only here

    with operator(DataFolder(data)) as broker:
        schools = {school.vestigingsnummer: school for school in broker.schools()}
        closed = [one for one in broker.afnames() if one.edition == edition and not one.is_open]
        parts = [
            extract.Part(schools[one.vestigingsnummer], one, list(broker.responses(one.afname_id)))
            for one in closed
        ]
    file.touch(mode=0o600)
    research_file.write(extract.research_data(parts, edition=edition), file)
    return file
