"""`weerglas bank`: look after the questions."""

from __future__ import annotations

from pathlib import Path

import click

from instrument import catalogue, editions


@click.group()
def bank() -> None:
    """Check the files with questions."""


@bank.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Print every fault of an item bank FILE with its place and remedy; exit code 2 if there are any.

    \b
    Example: weerglas bank check instrument/questions/po_bovenbouw_2026.toml
    """
    edition = catalogue.load(file)
    editions.check_released(edition)
    click.echo(f"{file}: no faults; {len(edition.items)} items in {len(edition.scales)} scales.")
    click.echo(f"Edition {edition.code}, {editions.fingerprint(edition)}")
