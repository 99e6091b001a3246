"""The processes that `weerglas serve` starts; hidden, for nobody starts them by hand."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from commands.options import DATA, PORT
from commands.serve import ADDRESS, NOTEBOOKS
from instrument.serving import logs
from instrument.store.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., None]

SOCKET: Final = click.Path(path_type=Path)
BROKER: Final = click.option("--broker", type=SOCKET, required=True)
OFFICE: Final = click.option("--office", "door", type=SOCKET, required=True)
LOG: Final = click.option("--log", default=logs.TEXT)


@click.command(hidden=True)
@DATA
@LOG
@click.option("--backup", type=click.Path(path_type=Path))
def broker(data: Path, log: str, backup: Path | None) -> None:
    """Run the broker of a data folder: the only process that opens its store."""
    from export.levering.rulings import RULES  # noqa: PLC0415
    from export.results.served import Served  # noqa: PLC0415
    from instrument.store import broker as store_broker  # noqa: PLC0415

    logs.begin(log, level=logging.INFO)
    asyncio.run(store_broker.run(DataFolder(data), release=Served(), rules=RULES, backup_to=backup))


@click.command(hidden=True)
@BROKER
@OFFICE
@LOG
@click.option("--openid", default="")
def office(broker: Path, door: Path, log: str, openid: str) -> None:
    """Run pages and kernels of accounts; reads cookie secret and voucher on its standard input."""
    from instrument.serving import application, office  # noqa: PLC0415 - Voilà takes a second to import

    logs.begin(log, level=logging.WARNING)
    secret, voucher = _secret(), sys.stdin.readline().strip()
    options = {"socket": str(door), "openid": openid, "voucher": voucher}
    application.run(office.Office, broker, NOTEBOOKS, cookie_secret=secret, **options)


@click.command(hidden=True)
@BROKER
@OFFICE
@PORT
@LOG
@click.option("--listen", default=ADDRESS)
@click.option("--behind-proxy", is_flag=True)
@click.option("--beat", type=int, default=-1)
@click.option("--number", type=int, default=1)
def workers(
    broker: Path,
    door: Path,
    port: int,
    *,
    log: str,
    listen: str,
    behind_proxy: bool,
    beat: int,
    number: int,
) -> None:
    """Run the workers; reads the cookie secret on its standard input."""
    from instrument.serving import application, worker  # noqa: PLC0415 - Voilà takes a second to import

    logs.begin(log, level=logging.WARNING)
    application.run(
        worker.Worker,
        broker,
        NOTEBOOKS,
        cookie_secret=_secret(),
        office=str(door),
        ip=listen,
        port=port,
        trust_proxy=behind_proxy,
        beat=beat,
        workers=number,
    )


def _secret() -> str:
    """Return what the supervisor tells: not in the environment, where other processes could read it."""
    secret = sys.stdin.readline().strip()
    if not secret:
        raise click.UsageError("no cookie secret on standard input; start it with: weerglas serve")
    return secret
