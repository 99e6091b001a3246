"""`weerglas bank`: look after the questions, and exchange them with other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from instrument import catalogue, editions

if TYPE_CHECKING:
    from instrument.questionnaire import Edition

FORMATS: Final = ("xlsform", "surveyjs", "limesurvey", "spss", "ddi", "pdf")
"""As in `instrument.interchange.formats`, which is imported only for writing; a test compares the two."""
LARGEST_IMPORT: Final = 2_000_000


@click.group()
def bank() -> None:
    """Check, list and exchange the files with questions."""


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


@bank.command("list")
def list_() -> None:
    """Print the editions that come with Weerglas: items, languages, modules and fingerprint.

    \b
    Example: weerglas bank list
    """
    released = editions.released()
    for code, file in catalogue.bundled().items():
        edition = catalogue.load(file)
        modules = ", ".join(module.code for module in edition.modules) or "none"
        state = "released" if code in released else "not released yet"
        click.echo(f"{code}: {edition.title[edition.languages[0]]}")
        click.echo(
            f"  items     {len(edition.scored)} in {len(edition.scales)} scales, {len(edition.items)} in all"
        )
        click.echo(f"  languages {', '.join(edition.languages)}")
        click.echo(f"  modules   {modules}")
        click.echo(f"  {editions.fingerprint(edition)} ({state})")


@bank.command()
@click.argument("edition_or_file")
@click.option(
    "--format", "name", type=click.Choice(FORMATS), required=True,
    help="xlsform (Excel, ODK, Kobo), surveyjs, limesurvey (.txt), spss (.sps), ddi (XML), pdf (to print).",
)  # fmt: skip
@click.option(
    "--language", help="Of pdf and spss; the edition's first by default. The others hold every language."
)
@click.option(
    "--module", "modules", multiple=True, help="Only this module beside the scales; may be repeated."
)
@click.option("--without-modules", is_flag=True, help="Only the scales.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new file.")
def export(
    edition_or_file: str,
    name: str,
    language: str | None,
    modules: tuple[str, ...],
    without_modules: bool,  # noqa: FBT001 - a flag of click
    out: Path,
) -> None:
    """Write an edition, or an item bank file, in the format of another program; answers are never in it.

    \b
    Example: weerglas bank export po_bovenbouw_2026 --format pdf --language nl --out vragenlijst.pdf
    Example: weerglas bank export po_bovenbouw_2026 --format xlsform --out vragenlijst.xlsx
    """
    from instrument.interchange import formats  # noqa: PLC0415 - only for whoever writes a file

    if modules and without_modules:
        raise click.UsageError("--module and --without-modules contradict each other; give one of them")
    edition = _found(edition_or_file)
    if modules or without_modules:
        edition = edition.with_modules(modules)
    _write_new(out, formats.written(edition, name=name, language=language))
    click.echo(f"{out}: {edition.code} as {name}, {len(edition.items)} items.")


@bank.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The new item bank."
)
def import_(file: Path, out: Path) -> None:
    """Make an item bank of an XLSForm FILE (.xlsx), or print every fault with its cell; exit code 2 if any.

    \b
    Example: weerglas bank import vragenlijst.xlsx --out instrument/questions/po_proef_2027.toml
    """
    from instrument.interchange.xlsform_import import bank_from_xlsx  # noqa: PLC0415 - starts openpyxl

    with file.open("rb") as stream:
        content = stream.read(LARGEST_IMPORT + 1)  # a byte too many, for which the reading refuses it
    text = bank_from_xlsx(file.name, content)
    _write_new(out, text.encode())
    click.echo(f"{out}: read from {file.name}; look at it with: weerglas bank check {out}")


def _found(edition_or_file: str) -> Edition:
    """A code is looked for among the bundled editions; what looks like a path is a path."""
    if edition_or_file.endswith(".toml"):
        return catalogue.load(Path(edition_or_file))
    return catalogue.edition(edition_or_file)


def _write_new(out: Path, content: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(content)
    except FileExistsError as fault:
        raise click.UsageError(f"{out}: is there already; remove it, or give another --out") from fault
    except OSError as fault:
        raise click.UsageError(f"{out}: cannot be written ({fault.strerror}); give another --out") from fault
