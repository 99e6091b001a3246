"""`weerglas serve`: the school on one port, and how it is asked for."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from commands.options import DATA, PORT
from instrument.serving import logs, sandbox
from instrument.serving.metrics_door import open_door
from instrument.serving.supervision import Watched, command, supervise
from instrument.store.data_folder import DataFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTING: Final = 60.0
"""Seconds after which a server that does not answer is said to have failed."""
ADDRESS: Final = "127.0.0.1"
NOTEBOOKS: Final = Path(__file__).parents[1] / "notebooks"


@dataclass(frozen=True, slots=True)
class Ways:
    """How a school is served."""

    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    listen: str = ADDRESS
    backup: Path | None = None
    behind_proxy: bool = False
    log: str = logs.TEXT
    openid: Path | None = None


@click.command()
@DATA
@PORT
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: os.cpu_count() or 1,
    show_default="one per core",
    help="Processes that serve pupils.",
)
@click.option(
    "--listen", default=ADDRESS, show_default=True, help="Address to listen on; in a container 0.0.0.0."
)
@click.option(
    "--backup",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    help="Write a backup into this folder every hour while an afname is open.",
)
@click.option(
    "--behind-proxy",
    is_flag=True,
    help="A proxy with TLS stands in front on this machine; believe its X-Forwarded-For and -Proto.",
)
@click.option(
    "--openid",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="WEERGLAS_OPENID",
    help="Settings (TOML) of an OpenID provider with which people may log in.",
)
@click.option("--metrics-port", type=click.IntRange(1, 65535), help="Loopback port for Prometheus' /metrics.")
@click.option(
    "--log", type=click.Choice([logs.TEXT, logs.JSON]), default=logs.TEXT, help="Form of log lines."
)
def serve(
    data: Path,
    port: int,
    *,
    workers: int,
    listen: str,
    backup: Path | None,
    behind_proxy: bool,
    openid: Path | None,
    metrics_port: int | None,
    log: str,
) -> None:
    """Serve the pupils' and the coordinator's page of a data folder, until Ctrl-C.

    \b
    Example: weerglas serve --data weerglas-data --port 8866 --workers 4
    """
    folder = DataFolder(data)
    check_port(port, listen)
    click.echo(f"Pupils:       http://{listen}:{port}/")
    click.echo(f"Coordinators: http://{listen}:{port}/school")
    click.echo("Stop with Ctrl-C; every acknowledged answer is kept.")
    ways = Ways(workers, listen, backup, behind_proxy=behind_proxy, log=log, openid=_checked(openid))
    run(folder, port, ways, metrics_port=metrics_port)


def run(folder: DataFolder, port: int, ways: Ways | None = None, *, metrics_port: int | None = None) -> None:
    """Start broker, office and workers and keep them running until SIGTERM or Ctrl-C."""
    ways = ways or Ways()
    logs.begin(ways.log, level=logging.WARNING)
    click.echo(f"Workers: {sandbox.offered()}")
    processes = _processes(folder, port, ways)
    if metrics_port:
        open_door(metrics_port, processes)
    threading.Thread(target=_tell_when_ready, args=(port,), daemon=True).start()
    supervise(processes)


def _processes(folder: DataFolder, port: int, ways: Ways) -> Sequence[Watched]:
    """Return what is started, in order; workers and office are told the cookie secret, and no folder."""
    front_door = (sys.executable, "-m", "weerglas")
    secret, form = folder.cookie_secret, ("--log", ways.log)
    sockets = ("--broker", str(folder.socket), "--office", str(folder.socket.with_suffix(".office")))
    workers = [*front_door, "workers", *sockets, "--port", str(port), *form]
    workers += ["--number", str(ways.workers), "--listen", ways.listen]
    if ways.behind_proxy:
        workers.append("--behind-proxy")
    broker = [*front_door, "broker", "--data", str(folder.path), *form]
    office = [*front_door, "office", *sockets, *form]
    told = f"{secret}\n"
    if ways.openid:
        office += ["--openid", str(ways.openid)]
        told += f"{folder.voucher_key}\n"
    if ways.backup:
        broker += ["--backup", str(ways.backup)]
    return [
        Watched("broker", command(broker)),
        Watched("office", command(office, told=told)),
        Watched("workers", command(workers, told=secret, beat="--beat"), beats=True),
    ]


def _checked(settings: Path | None) -> Path | None:
    """Refuse settings that the office could not use, before anything is started."""
    if settings is not None:
        from instrument.serving import openid  # noqa: PLC0415 - authlib, for whoever has a provider

        openid.read(settings)
    return settings and settings.absolute()


def _tell_when_ready(port: int) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        if all(_answers(f"http://{ADDRESS}:{port}{path}") for path in ("/healthz", "/school")):
            click.echo("Ready.")
            return
        time.sleep(0.2)
    click.echo(f"Not ready after {STARTING:.0f} s; the lines above say why, or: weerglas doctor", err=True)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=STARTING) as reply:  # noqa: S310 - our own address
            return bool(reply.status == HTTPStatus.OK)
    except OSError:
        return False


def check_port(port: int, listen: str = ADDRESS) -> None:
    """Refuse a port that somebody else listens on, before anything is written or started."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((listen, port))
        except OSError as fault:
            reason = f"port {port} on {listen} cannot be used ({fault.strerror}); choose another with --port"
            raise click.UsageError(reason) from fault
