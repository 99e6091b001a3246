"""`weerglas serve`, and the two processes that it starts and watches."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import sys
import threading
import time
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click

from commands.options import DATA, PORT
from instrument.serving.supervision import Watched, supervise
from instrument.store.data_folder import DataFolder

STARTING: Final = 60.0
"""Seconds after which a server that does not answer is said to have failed."""
COOKIE_SECRET: Final = "WEERGLAS_COOKIE_SECRET"  # noqa: S105 - the name of a variable
ADDRESS: Final = "127.0.0.1"
NOTEBOOKS: Final = Path(__file__).parents[1] / "notebooks"


@click.command()
@DATA
@PORT
def serve(data: Path, port: int) -> None:
    """Serve the pupils' and the coordinator's page of a data folder, until Ctrl-C.

    \b
    Example: weerglas serve --data weerglas-data --port 8866
    """
    folder = DataFolder(data)
    check_port(port)
    click.echo(f"Pupils:       http://{ADDRESS}:{port}/")
    click.echo(f"Coordinators: http://{ADDRESS}:{port}/school")
    click.echo("Stop with Ctrl-C; every acknowledged answer is kept.")
    run(folder, port)


@click.command(hidden=True)
@DATA
def broker(data: Path) -> None:
    """Run the broker of a data folder: the only process that opens its store."""
    from export.levering.summary import release  # noqa: PLC0415 - only this process needs it
    from instrument.store import broker as store_broker  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    asyncio.run(store_broker.run(DataFolder(data), release=release))


@click.command(hidden=True)
@DATA
@PORT
def server(data: Path, port: int) -> None:
    """Run Voilà, with the doors in front, on the broker of a data folder."""
    from instrument.serving import application  # noqa: PLC0415 - Voilà takes a second to import

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    # Given by `run`, so that this process never reads the folder's secret; kernels do not get it.
    cookie_secret = os.environ.pop(COOKIE_SECRET, "") or secrets.token_hex(32)
    application.serve(DataFolder(data).socket, NOTEBOOKS, ip=ADDRESS, port=port, cookie_secret=cookie_secret)


def run(folder: DataFolder, port: int) -> None:
    """Start broker and server and keep them running until SIGTERM or Ctrl-C."""
    front_door = (sys.executable, "-m", "weerglas")
    data = ("--data", str(folder.path))
    os.environ[COOKIE_SECRET] = folder.cookie_secret
    threading.Thread(target=_tell_when_ready, args=(port,), daemon=True).start()
    supervise(
        [
            Watched("broker", (*front_door, "broker", *data)),
            Watched("server", (*front_door, "server", *data, "--port", str(port))),
        ]
    )


def _tell_when_ready(port: int) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://{ADDRESS}:{port}/healthz") as reply,
        ):
            if reply.status == HTTPStatus.OK:
                click.echo("Ready.")
                return
        time.sleep(0.2)
    click.echo(f"Not ready after {STARTING:.0f} s; the lines above say why, or: weerglas doctor", err=True)


def check_port(port: int) -> None:
    """Refuse a port that somebody else listens on, before anything is written or started."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((ADDRESS, port))
        except OSError as fault:
            reason = f"port {port} on {ADDRESS} cannot be used ({fault.strerror}); choose another with --port"
            raise click.UsageError(reason) from fault
