"""One notebook, three servers: ours, stock Voilà and JupyterLab show the same first screen of the survey."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import _free_port, chromium, new_page, serve, watch  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
SLOW = 90_000
"""Milliseconds: JupyterLab is a large program."""


@pytest.fixture
def jupyterlab(tmp_path: Path) -> Iterator[str]:
    """Serve a copy of the notebook in JupyterLab; an open token, for it listens to this machine alone."""
    (tmp_path / "10_leerling.ipynb").write_bytes((ROOT / "notebooks" / "10_leerling.ipynb").read_bytes())
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root"]
    command += ["--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={tmp_path}"]
    homes = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    environment = {**os.environ, **homes, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    address = f"http://127.0.0.1:{port}"
    _await(f"{address}/api")
    yield address
    process.terminate()
    process.wait(30)


def _await(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"no answer at {address}")


def _begins(page: Page) -> None:
    expect(page.locator(".leerling h1")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Beginnen")).to_be_visible()


def test_in_a_session_of_ours(demo, new_page: Callable[..., Page]) -> None:  # noqa: F811 - the fixture
    page = new_page()
    page.goto(demo.address)
    page.get_by_label("Jouw code").fill(demo.codes[0])
    page.get_by_role("button", name="Verder").click()
    _begins(page)


def test_under_stock_voila(serve: Callable[..., str], new_page: Callable[..., Page]) -> None:  # noqa: F811 - the fixtures
    page = new_page()
    page.goto(serve())
    _begins(page)


def test_in_jupyterlab(jupyterlab: str, new_page: Callable[..., Page]) -> None:  # noqa: F811 - the fixture
    """Opened and run as a researcher does."""
    page = new_page()
    page.goto(f"{jupyterlab}/lab/tree/10_leerling.ipynb?reset")
    cell = page.locator(".jp-Notebook .jp-Cell").first
    expect(cell).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible(timeout=SLOW)
    page.get_by_role("menuitem", name="Run", exact=True).click(timeout=SLOW)
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    _begins(page)
