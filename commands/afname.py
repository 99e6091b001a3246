"""`weerglas afname` and `weerglas codes`: open an afname, hand out its deelnamecodes, close it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from commands.options import DATA, VESTIGING, schooljaar_option
from instrument import catalogue, editions
from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar, today
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import Operator, operator


class StamgroepType(click.ParamType[Stamgroep]):
    """`NAME:LEERJAAR:PUPILS`, as in `7a:7:24`."""

    name = "stamgroep"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Stamgroep:  # noqa: ANN401
        """Return the stamgroep, or fail with the form it should have."""
        name, *numbers = str(value).split(":")
        if len(numbers) != 2 or not all(number.isdigit() for number in numbers) or not name:  # noqa: PLR2004
            self.fail(f'"{value}": write name, leerjaar and pupils, as in 7a:7:24', param, ctx)
        leerjaar, pupils = map(int, numbers)
        return Stamgroep(name=name, leerjaar=leerjaar, pupils=pupils)


@click.group()
def afname() -> None:
    """Open and close an afname."""


@afname.command(name="open")
@DATA
@VESTIGING
@schooljaar_option()
@click.option("--edition", default="po_bovenbouw_2026", show_default=True, help="Which questionnaire.")
@click.option(
    "--stamgroep",
    "stamgroepen",
    type=StamgroepType(),
    multiple=True,
    required=True,
    help="NAME:LEERJAAR:PUPILS, as in 7a:7:24; once for each stamgroep.",
)
@click.option(
    "--module", "modules", multiple=True, help="A module of the edition, beside its scales; repeatable."
)
def open_afname(
    data: Path,
    vestiging: str,
    schooljaar: Schooljaar,
    edition: str,
    stamgroepen: tuple[Stamgroep, ...],
    modules: tuple[str, ...],
) -> None:
    """Open an afname: from now on pupils can answer.

    \b
    Example: weerglas afname open --vestiging 02QZ00 --stamgroep 7a:7:24 --stamgroep 8a:8:27
    """
    chosen = catalogue.edition(edition)
    with operator(DataFolder(data)) as broker:
        opened = broker.open_afname(
            vestigingsnummer=vestiging,
            schooljaar=schooljaar,
            edition=chosen.code,
            fingerprint=editions.fingerprint(chosen),
            stamgroepen=stamgroepen,
            opened_on=today(),
            modules=modules,
        )
    click.echo(f"Opened for {opened.n_pupils} pupils in {schooljaar}. Next: weerglas codes")


@afname.command()
@DATA
@VESTIGING
def close(data: Path, vestiging: str) -> None:
    """Close the open afname of a vestiging for good; codes and unsent drafts are destroyed.

    \b
    Example: weerglas afname close --vestiging 02QZ00
    """
    with operator(DataFolder(data)) as broker:
        broker.close_afname(vestiging, on=today())
    click.echo("Closed. Next: weerglas levering toestemming, weerglas levering export")


@afname.command(name="list")
@DATA
def list_afnames(data: Path) -> None:
    """List every afname of a data folder.

    \b
    Example: weerglas afname list --data weerglas-data
    """
    with operator(DataFolder(data)) as broker:
        for one in broker.afnames():
            click.echo(_line(one))


def _line(one: Afname) -> str:
    state = "open" if one.is_open else f"closed {one.closed_on}"
    return f"{one.vestigingsnummer}  {one.schooljaar}  {one.edition}  {one.n_pupils} pupils  {state}"


@click.command()
@DATA
@VESTIGING
@click.option("--stamgroep", help="For one stamgroep; else for all.")
@click.option("--number", type=click.IntRange(1), help="How many; else one for each registered pupil.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write a CSV file (UTF-8).")
def codes(data: Path, vestiging: str, stamgroep: str | None, number: int | None, out: Path | None) -> None:
    """Hand out deelnamecodes. They are shown once, here, and can never be read again.

    \b
    Example: weerglas codes --vestiging 02QZ00 --stamgroep 7a --out codes-7a.csv
    """
    with operator(DataFolder(data)) as broker:
        current = _open_afname_of(broker, vestiging)
        groups = [group for group in current.stamgroepen if stamgroep in (None, group.name)]
        if not groups:
            known = ", ".join(group.name for group in current.stamgroepen)
            raise click.UsageError(f'--stamgroep "{stamgroep}" is not in this afname; use one of: {known}')
        rows = [
            (group.name, code)
            for group in groups
            for code in broker.issue_codes(
                current.afname_id, stamgroep=group.name, number=number or group.pupils
            )
        ]
    _hand_out(rows, out)


def _open_afname_of(broker: Operator, vestiging: str) -> Afname:
    for one in broker.afnames():
        if one.vestigingsnummer == vestiging and one.is_open:
            return one
    raise click.UsageError(f"{vestiging} has no open afname; open one with: weerglas afname open")


def _hand_out(rows: list[tuple[str, str]], out: Path | None) -> None:
    if out is None:
        for group, code in rows:
            click.echo(f"{group}  {code}")
        return
    with out.open("x", encoding="utf-8-sig", newline="") as file:
        out.chmod(0o600)
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows([("stamgroep", "code"), *rows])
    click.echo(f"Wrote {len(rows)} codes to {out}; print them, hand them out, and destroy the file.")
