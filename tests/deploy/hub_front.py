"""JupyterHub in front of a simulated school: broker, provider, proxy and Hub, on loopback ports."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from instrument import catalogue, editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store.client import operator
from instrument.store.data_folder import DataFolder
from tests.browser.conftest import _free_port
from tests.deploy.hub_provider import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
HUB: Final = ROOT / "deploy" / "hub"
PROXY: Final = ROOT / "tests" / "npm" / "node_modules" / ".bin" / "configurable-http-proxy"
PATIENCE: Final = 120.0
SCHOOL, OTHER_SCHOOL = "99AA00", "99AA01"


@dataclass(frozen=True)
class Front:
    """Where the Hub is, and what lies behind it."""

    address: str
    data: DataFolder
    folder: Path
    log: Path


def need() -> None:
    """Skip where something is missing that a machine may lack; under CI=true, fail."""
    missing = [
        name for name, found in {"node": shutil.which("node"), "jupyterhub": _hub()}.items() if not found
    ]
    missing += [] if PROXY.exists() else ["configurable-http-proxy (npm ci --prefix tests/npm)"]
    if not missing:
        return
    message = f"JUPYTERHUB IS NOT TESTED: {', '.join(missing)} not found; run `make programs setup`"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


@contextlib.contextmanager
def running(place: Path) -> Iterator[Front]:
    """Give a Hub with everything around it; its log is kept in the place."""
    need()
    data = simulated_school(place / "data")
    ports = {name: _free_port() for name in ("front", "provider", "hub", "proxy", "coordinators")}
    front = Front(f"http://127.0.0.1:{ports['front']}/", data, place / "hub", place / "hub.log")
    settings = write_settings(front, ports)
    front_door = [sys.executable, "-m", "weerglas", "broker", "--data", str(data.path)]
    provider = [
        sys.executable,
        "-m",
        "tests.deploy.hub_provider",
        str(ports["provider"]),
        str(settings["client"]),
    ]
    hub = [str(_hub()), "-f", str(HUB / "jupyterhub_config.py")]
    with front.log.open("w") as log, contextlib.ExitStack() as stack:
        for command in (front_door, provider, hub):
            stack.enter_context(_process(command, log, WEERGLAS_HUB=str(settings["hub"])))
        _await(front.address + "hub/health", front.log)
        _await(front.address + "services/weerglas/healthz", front.log)
        yield front


def simulated_school(path: Path) -> DataFolder:
    """Make two simulated schools with an open afname; the Hub's `coordinator` has an account of the first."""
    folder, edition = DataFolder.create(path, simulated=True), catalogue.edition("po_bovenbouw_2026")
    with operator(folder) as broker:
        for number in (SCHOOL, OTHER_SCHOOL):
            broker.add_school(School(number, f"{number} (gesimuleerd)", "po", "BO", simulated=True))
            broker.open_afname(
                vestigingsnummer=number,
                schooljaar=Schooljaar(2026),
                edition=edition.code,
                fingerprint=editions.fingerprint(edition),
                stamgroepen=[Stamgroep("7a", 7, 23)],
                opened_on=date(2026, 11, 3),
            )
        broker.add_account(name="coordinator", password=secrets.token_urlsafe(), vestigingsnummer=SCHOOL)
    return folder


def write_settings(front: Front, ports: dict[str, int]) -> dict[str, Path]:
    """Write what a manager fills in, beside secrets that are made here and now."""
    front.folder.mkdir(mode=0o700)
    client = Client("weerglas", secrets.token_urlsafe(), f"{front.address}hub/oauth_callback")
    provider = f"http://127.0.0.1:{ports['provider']}"
    files = {name: front.folder / name for name in ("hub", "client", "secret")}
    files["client"].write_text(json.dumps(vars(client)))
    files["secret"].write_text(client.secret)
    example = (HUB / "hub.example.toml").read_text("utf-8")
    for said, meant in {
        "https://weerglas.bestuur.example/": front.address,
        "http://127.0.0.1:8000/": front.address,
        "https://login.bestuur.example": provider,
        "/var/lib/weerglas-hub/client_secret": str(files["secret"]),
        "/var/lib/weerglas-hub": str(front.folder),
        "/var/lib/weerglas/data": str(front.data.path),
        '"configurable-http-proxy"': f'"{PROXY}"',
        "hub = 8081": f"hub = {ports['hub']}",
        "proxy = 8001": f"proxy = {ports['proxy']}",
        "coordinators = 8867": f"coordinators = {ports['coordinators']}",
    }.items():
        assert said in example, f"hub.example.toml says {said} no more"
        example = example.replace(said, meant)
    files["hub"].write_text(example)
    for file in files.values():
        file.chmod(0o600)
    return files


def _hub() -> Path | None:
    program = Path(sys.executable).with_name("jupyterhub")
    return program if program.exists() else None


@contextlib.contextmanager
def _process(command: list[str], log: object, **variables: str) -> Iterator[None]:
    environment = {**os.environ, **variables}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(address: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        time.sleep(0.5)
    pytest.fail(f"{address} did not answer within {PATIENCE:.0f} s:\n{log.read_text()[-3000:]}")
