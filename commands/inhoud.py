"""`weerglas inhoud`: content validity; what the questions cover, what experts and children make of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from commands.extract import write_new
from commands.options import schooljaar_option
from instrument import catalogue

if TYPE_CHECKING:
    from instrument.school import Schooljaar

OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file."
)


@click.group()
def inhoud() -> None:
    """Show that the questions cover what the law asks: blueprint, experts, interviews, pilot."""


@inhoud.command()
@click.argument("edition")
@OUT
def blauwdruk(edition: str, out: Path) -> None:
    """Write the blueprint of an EDITION, item by question of the law by topic, as .pdf or .xlsx.

    \b
    Example: weerglas inhoud blauwdruk po_bovenbouw_2026 --out blauwdruk.pdf
    """
    from export.account.content import blueprint  # noqa: PLC0415 - only for whoever writes a file

    form = _form(out, ".pdf", ".xlsx")
    write_new(out, blueprint.written(catalogue.edition(edition), form=form))
    click.echo(out)


@inhoud.command()
@click.argument("edition")
@OUT
def beoordeling(edition: str, out: Path) -> None:
    """Write the sheet (.xlsx) on which one expert rates the items of an EDITION; send each a copy.

    \b
    Example: weerglas inhoud beoordeling po_bovenbouw_2026 --out beoordeling.xlsx
    """
    from export.account.content import rating_sheet  # noqa: PLC0415 - only for whoever writes a file

    _form(out, ".xlsx")
    write_new(out, rating_sheet.written(catalogue.edition(edition)))
    click.echo(f"{out}: when they are back: weerglas inhoud tellen FILES --out telling.xlsx")


@inhoud.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@OUT
def tellen(files: tuple[Path, ...], out: Path) -> None:
    """Count the filled-in sheets in FILES (.xlsx): I-CVI, kappa and S-CVI with verdicts, as .xlsx or .json.

    \b
    Example: weerglas inhoud tellen beoordeling-1.xlsx beoordeling-2.xlsx --out telling.xlsx
    """
    from export.account.content import counted, ratings  # noqa: PLC0415 - only for whoever writes a file

    form = _form(out, ".xlsx", ".json")
    panel = ratings.read(files)
    write_new(out, counted.written(panel, form=form))
    click.echo(f"{out}: {len(panel.experts)} experts on {panel.edition.code}.")


@inhoud.command()
@click.argument("edition")
@OUT
def gesprekken(edition: str, out: Path) -> None:
    """Write the protocol for cognitive interviews on an EDITION, with its form (.pdf).

    \b
    Example: weerglas inhoud gesprekken po_bovenbouw_2026 --out gesprekken.pdf
    """
    from export.account.content import protocols  # noqa: PLC0415 - only for whoever writes a file

    _form(out, ".pdf")
    write_new(out, protocols.interviews(catalogue.edition(edition)))
    click.echo(out)


@inhoud.command()
@click.argument("edition")
@schooljaar_option()
@OUT
def proefafname(edition: str, schooljaar: Schooljaar, out: Path) -> None:
    """Write the protocol for the pilot of an EDITION, with the thresholds in use (.pdf).

    \b
    Example: weerglas inhoud proefafname po_bovenbouw_2026 --out proefafname.pdf
    """
    from export.account.content import protocols  # noqa: PLC0415 - only for whoever writes a file

    _form(out, ".pdf")
    write_new(out, protocols.pilot(catalogue.edition(edition), schooljaar=schooljaar))
    click.echo(out)


def _form(out: Path, *forms: str) -> str:
    suffix = out.suffix.lower()
    if suffix not in forms:
        raise click.UsageError(f"{out}: end the name with {' or '.join(forms)}")
    return suffix
