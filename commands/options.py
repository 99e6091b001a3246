"""The options that several commands share, each defined once."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from instrument.school import RegisterError, Schooljaar, check_vestigingsnummer, today

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


class Vestiging(click.ParamType[str]):
    """A vestigingsnummer in the form of the register."""

    name = "vestigingsnummer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        """Return the number in capitals, or fail with the form it should have."""
        try:
            return check_vestigingsnummer(str(value))
        except RegisterError as fault:
            self.fail(str(fault), param, ctx)


class Jaar(click.ParamType[Schooljaar]):
    """A schooljaar, `2026-2027`."""

    name = "schooljaar"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Schooljaar:  # noqa: ANN401
        """Return the schooljaar, or fail with the form it should have."""
        if isinstance(value, Schooljaar):
            return value
        try:
            return Schooljaar.parse(str(value))
        except RegisterError as fault:
            self.fail(str(fault), param, ctx)


class Day(click.ParamType[date]):
    """A calendar day, `2027-03-31`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401
        """Return the day, or fail with the form it should have."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f'"{value}": write year, month and day, as in 2027-03-31', param, ctx)


DATA: Final[Option] = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("weerglas-data"),
    show_default=True,
    help="The data folder.",
)
VESTIGING: Final[Option] = click.option(
    "--vestiging", type=Vestiging(), required=True, help="BRIN and two digits, as in 02QZ00."
)
DATABASE: Final[Option] = click.option(
    "--database",
    metavar="ADDRESS",
    help="A PostgreSQL for the store: postgresql://ROLE@HOST/DATABASE, no password; else a file.",
)
PASSWORD_FILE: Final[Option] = click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file for you alone (chmod 600) with the database's password; else PGPASSFILE serves.",
)
PORT: Final[Option] = click.option(
    "--port", type=click.IntRange(1, 65535), default=8866, show_default=True, help="Port on 127.0.0.1."
)


def read_password(file: Path | None) -> str | None:
    """Return the password in a file; refuses one that others can read."""
    if file is None:
        return None
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise click.UsageError(f"{file}: others can read it; run `chmod go= {file}`")
    return file.read_text(encoding="utf-8").strip()


def schooljaar_option(*, required: bool = False) -> Option:
    """Return `--schooljaar`; where it is left out, the current one."""
    return click.option(
        "--schooljaar",
        type=Jaar(),
        required=required,
        default=None if required else lambda: Schooljaar.of(today()),
        show_default=None if required else "the current one",
        help="As in 2026-2027.",
    )
