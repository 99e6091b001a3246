"""Two servers on one PostgreSQL behind Caddy: a pupil whose server dies goes on at the other."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from instrument.store import client
from tests.browser.conftest import _free_port, chromium, new_page, watch  # noqa: F401 - fixtures
from tests.faults.conftest import _descendants
from tests.faults.test_pupil_outages import SAVED, Pupil
from tests.simulated_school import open_class
from tests.store.conftest import cluster, shared  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from instrument.store.data_folder import DataFolder

ROOT = Path(__file__).parents[2]
CADDY = Path(sys.executable).with_name("caddyserver")
STARTING = 60.0


@dataclass
class Server:
    """One machine: its data folder, its port, its processes."""

    folder: DataFolder
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "weerglas", "serve", "--data", str(self.folder.path)]
        options = ["--port", str(self.port), "--workers", "1", "--behind-proxy"]
        self.process = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
        until_answered(f"http://127.0.0.1:{self.port}/healthz")

    def die(self) -> None:
        """Go as a machine goes whose plug is pulled: everything at once, and nothing said."""
        assert self.process
        for pid in [*_descendants(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def code(shared: Any) -> str:  # noqa: F811 - the fixture
    """A deelnamecode of an open afname on the shared store."""
    with client.operator(shared.folder) as operator:
        return open_class(operator, n_pupils=25, n_codes=1)[0]


@pytest.fixture
def servers(shared: Any, code: str) -> Iterator[list[Server]]:  # noqa: F811, ARG001 - school first
    """Two machines that know the same school."""
    pair = [Server(shared.folder, _free_port()), Server(shared.other(), _free_port())]
    for server in pair:
        server.start()
    yield pair
    for server in pair:
        server.die()


@pytest.fixture
def balancer(servers: list[Server], tmp_path: Path) -> Iterator[int]:
    """Caddy with the file that we ship."""
    port = _free_port()
    names = " ".join(f"127.0.0.1:{server.port}" for server in servers)
    told = {"WEERGLAS_NAME": f"http://127.0.0.1:{port}", "WEERGLAS_SERVERS": names}
    command = [str(CADDY), "run", "--config", str(ROOT / "deploy" / "Caddyfile")]
    environment = {**os.environ, **told, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    until_answered(f"http://127.0.0.1:{port}/healthz")
    yield port
    process.terminate()
    process.wait(10)


def until_answered(address: str) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):  # noqa: S310 - ours
            return
        time.sleep(0.2)
    pytest.fail(f"nobody answered at {address}")


@pytest.mark.skipif(shutil.which("pg_ctlcluster") is None, reason="NO POSTGRESQL: apt-get install postgresql")
def test_a_pupil_whose_server_dies_goes_on_at_another(
    new_page: Callable[..., Page],  # noqa: F811 - the fixture
    shared: Any,  # noqa: F811 - the fixture
    servers: list[Server],
    balancer: int,
    code: str,
) -> None:
    """Without a code asked again: nothing lost, nothing doubled, whichever of the two it was."""
    pupil = Pupil(new_page(), balancer, code)
    pupil.enter()
    pupil.answer(3)
    pupil.is_told(SAVED)
    for server in servers:
        server.die()
        pupil.answer(3)
        pupil.is_told(SAVED, within=40_000)
        server.start()
    pupil.send()
    rows = shared.rows(text("SELECT answers FROM responses"))
    assert [json.loads(row.answers) for row in rows] == [pupil.chosen]
