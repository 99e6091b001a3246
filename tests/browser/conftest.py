"""A browser for the tests, and a watch on everything its pages ask for."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Playwright

    from tests.browser.school_year import Served

ROOT = Path(__file__).parents[2]
SHARE = ROOT / "instrument" / "serving" / "share" / "jupyter"
WIDGETS = ["@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget"]
VOILA = (
    "--template=weerglas",
    "--no-browser",
    f"--VoilaConfiguration.extension_allowlist={WIDGETS}",
    "--VoilaConfiguration.file_allowlist=[]",
)
CHROMEBOOK = (1366, 768)
ARGUMENTS = (
    "--no-sandbox",  # containers give no user namespaces
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watch:
    """What the pages of one test asked for, and what went wrong on them."""

    strangers: list[str] = field(default_factory=list)
    """Addresses outside this machine; the test fails at its end when there is one."""
    faults: list[str] = field(default_factory=list)
    """Console errors and uncaught exceptions."""

    def see(self, address: str) -> None:
        """Remember an address that is not ours."""
        place = urlsplit(address)
        if place.scheme not in ("data", "blob", "about") and place.hostname != "127.0.0.1":
            self.strangers.append(address)

    def attend(self, page: Page) -> None:
        """Watch a page from now on."""
        page.on("request", lambda request: self.see(request.url))
        page.on("websocket", lambda socket: self.see(socket.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console", lambda message: self.faults.append(message.text) if message.type == "error" else None
        )


# A running Playwright keeps an event loop in this thread, and asyncio.run refuses that: so per module.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give a Chromium; without one the tests are skipped, and under CI=true they fail."""
    with sync_playwright() as playwright:
        found = _executable(playwright)
        if found is None:
            _do_without()
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Give the watch over this test's pages; a request that leaves 127.0.0.1 fails the test."""
    watch = Watch()
    yield watch
    assert watch.strangers == [], "a page asked for something outside this machine"


@pytest.fixture
def new_page(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a watched page of some size, in a browser without memory."""
    contexts = []

    def open_page(size: tuple[int, int] = CHROMEBOOK) -> Page:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale="nl-NL")
        contexts.append(context)
        page = context.new_page()
        watch.attend(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _executable(playwright: Playwright) -> str | None:
    """Find Chromium: as told, then as installed, then Playwright's own."""
    if told := os.environ.get("WEERGLAS_CHROMIUM"):
        return told
    installed = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    own = playwright.chromium.executable_path
    return next((path for path in installed if path), None) or (own if Path(own).exists() else None)


def _do_without() -> None:
    message = (
        "NO BROWSER TESTS RUN: no Chromium found; install `chromium` or set WEERGLAS_CHROMIUM to its path"
    )
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[..., str]]:
    """Give a function that serves the pupil's notebook with stock Voilà, and returns the address."""
    with contextlib.ExitStack() as stack:
        yield lambda **variables: stack.enter_context(_stock_voila(variables))


@contextlib.contextmanager
def _stock_voila(variables: dict[str, str]) -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "voila", "notebooks/10_leerling.ipynb", f"--port={port}", *VOILA]
    environment = {**os.environ, "JUPYTER_PATH": str(SHARE), **variables}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        _await(process, f"http://127.0.0.1:{port}/voila/static/voila.js")
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="session")
def school_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with an OpenID provider, one for all pages of accounts: it takes seconds to start."""
    from tests.browser import school_year  # noqa: PLC0415 - imports this module

    place, port = tmp_path_factory.mktemp("school"), _free_port()
    with (
        school_year.provider(place, port) as settings,
        school_year.served(place / "data", "--openid", str(settings)) as running,
    ):
        yield running


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"Voilà ended: {process.communicate()[1]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    pytest.fail(f"Voilà did not answer at {address} within 30 s")
