"""`weerglas verantwoording`: the account of the instrument, recomputed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

EDITION = "po_bovenbouw_2026"
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for verantwoording.pdf, verantwoording.html and evidence.json.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="A data folder (every closed afname of the edition counts), a research file, or a mapping (.toml).",
)
@click.option("--simulated", is_flag=True, help="Use the seeded simulation instead of data.")
@click.option("--edition", default=EDITION, show_default=True, help="Which questionnaire, of a data folder.")
@click.option(
    "--populatie", type=FILE, help="TOML with the number of pupils per leerjaar; a data folder knows its own."
)
@click.option("--drempels", type=FILE, help="TOML that changes thresholds; the document says which.")
@click.option(
    "--beoordelingen",
    type=FILE,
    multiple=True,
    help="A sheet an expert filled in (.xlsx), once for each; a data folder may have them in beoordelingen.",
)
def verantwoording(
    out: Path,
    data: Path | None,
    populatie: Path | None,
    drempels: Path | None,
    beoordelingen: tuple[Path, ...],
    *,
    simulated: bool,
    edition: str,
) -> None:
    """Run the notebooks of the evidence; write the account as PDF and HTML, and evidence.json.

    \b
    Example: weerglas verantwoording --data weerglas-data --out verantwoording
    Example: weerglas verantwoording --data extract.csv --populatie leerlingen.toml --out verantwoording
    Example: weerglas verantwoording --simulated --drempels eigen.toml --out verantwoording
    Example: weerglas verantwoording --data weerglas-data --beoordelingen blad1.xlsx --out verantwoording
    """
    if simulated == (data is not None):
        raise click.UsageError("name either --data or --simulated")
    from export.account import document as account  # noqa: PLC0415 - typst and pandas, needed only here
    from export.account.parts import coverage  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="weerglas-") as private,
        click.progressbar(length=1, label="Running the notebooks", show_eta=False) as bar,
    ):
        if data is not None and data.is_dir():
            beoordelingen = beoordelingen or coverage.sheets_of(data)
            data, asked = _extract(data, edition, Path(private))
            populatie = populatie or asked

        def progress(name: str, n_done: int, n_steps: int) -> None:
            bar.length = n_steps
            bar.label = name
            bar.update(n_done - bar.pos)

        written = account.write(
            out,
            data=data,
            population_file=populatie,
            thresholds_file=drempels,
            ratings_files=beoordelingen,
            progress=progress,
        )
    for path in written:
        click.echo(path)


def _extract(data: Path, edition: str, private: Path) -> tuple[Path, Path]:
    """Write the answers of all closed afnamen, and how many were asked, to files that go again."""
    from export.account import extract, population, research_file, stored  # noqa: PLC0415 - pandas

    parts = stored.parts(data, edition=edition)
    answers, asked = private / "answers.csv", private / "populatie.toml"
    answers.touch(mode=0o600)
    found = extract.research_data(parts, edition=edition, classes=True)
    research_file.write(found, answers, classes=True)
    population.write(population.of_afnamen(part.afname for part in parts), asked)
    return answers, asked
