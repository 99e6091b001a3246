"""`weerglas extract`: a research file of closed afnamen, without a link to a person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from commands.options import DATA, schooljaar_option

if TYPE_CHECKING:
    from instrument.school import Schooljaar

EDITION: Final = "po_bovenbouw_2026"
OWNER_ONLY: Final = 0o600
"""It holds answers: whoever made it decides who else may read it."""


@click.command()
@DATA
@schooljaar_option()
@click.option("--edition", default=EDITION, show_default=True, help="Which questionnaire.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The new file; its name ends with .csv, .parquet or .sav (SPSS).",
)
def extract(data: Path, schooljaar: Schooljaar, edition: str, out: Path) -> None:
    """Write the answers of all closed afnamen of a schooljaar: no stamgroep, and a number for each school.

    The rows stand in an order that says nothing. Refuses fewer than ten pupils, or than three real schools.

    \b
    Example: weerglas extract --schooljaar 2026-2027 --edition po_bovenbouw_2026 --out antwoorden.sav
    """
    from export.account import extract as extracting  # noqa: PLC0415 - pandas, needed only here
    from export.account import file_forms, research_file, stored  # noqa: PLC0415

    file_forms.check_form(out)
    parts = stored.parts(data, edition=edition, schooljaar=schooljaar)
    found = extracting.research_data(parts, edition=edition)
    stored.check(found, str(schooljaar))
    write_new(out, research_file.written(found, out))
    counts = f"{found.n_respondents} respondents of {found.n_schools} schools"
    click.echo(f"{out}: {counts}, {found.edition.code}.")


def write_new(out: Path, content: bytes) -> None:
    """Write a file that is not there yet and that only its owner can read; nothing is ever overwritten."""
    try:
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as fault:
        raise click.UsageError(f"{out}: is there already; remove it, or give another --out") from fault
    except OSError as fault:
        raise click.UsageError(f"{out}: cannot be written ({fault.strerror}); give another --out") from fault
    with os.fdopen(number, "wb") as file:
        file.write(content)
