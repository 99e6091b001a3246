"""A school's year on a real server of its own: what people fill in, press, print and read, step by step."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from instrument import editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar, today
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import BlockingClient, Operator, operator
from tests.browser.conftest import _free_port
from tests.browser.openid_provider import CLIENT, SECRET
from tests.browser.test_accessibility import SIZES, is_within
from tests.browser.test_doors_look import violations
from tests.simulated_school import EDITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT: Final = Path(__file__).parents[2]
PROVIDER: Final = Path(__file__).with_name("openid_provider.py")
PASSWORD: Final = "vier losse woorden samen"
VESTIGING, BOARD = "99AB00", "99999"
CODE: Final = re.compile(r"\b(?:[BCDFHJKMNPRTWX347]{4}-){2}[BCDFHJKMNPRTWX347]{4}\b")
PATIENCE: Final = 90
SOON: Final = 40_000
ITEMS: Final = [f"{scale}{number:02}" for scale in ("VB", "AT", "WB") for number in range(1, 5)]


@dataclass(frozen=True)
class Served:
    """A running `weerglas serve`: one simulated school with an open afname, and an account of each role."""

    folder: DataFolder
    address: str

    def answer(self, codes: list[str], *, value: int = 3) -> None:
        """Have pupils send their answers as their pages would, without the pages."""
        with BlockingClient(self.folder.socket) as door:
            for code in codes:
                session = door.call("enter", code=code, address="class")["session"]
                for seq, item in enumerate(ITEMS):
                    door.call("save", capability=session, seq=seq, item=item, value=value)
                door.call("submit", capability=session, seq=999)


@contextmanager
def served(path: Path, *options: str) -> Iterator[Served]:
    """Serve a new data folder until the block ends."""
    folder = DataFolder.create(path, simulated=True)
    with operator(folder) as broker:
        _fill(broker)
    port = _free_port()
    command = [sys.executable, "-m", "weerglas", "serve", "--data", str(path), "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--workers", "1", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _await_ready(process)
        yield Served(folder, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def provider(place: Path, port: int) -> Iterator[Path]:
    """Run an OpenID provider of the board, and give the settings with which a server asks it."""
    issuer = f"http://127.0.0.1:{port}"
    running = subprocess.Popen([sys.executable, PROVIDER, str(port)], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        assert running.stdout.readline()
        yield openid_settings(place / "openid.toml", issuer)
    finally:
        running.terminate()
        running.wait(PATIENCE)


def openid_settings(path: Path, issuer: str) -> Path:
    """Write the settings of an OpenID provider of the board."""
    lines = {"name": "het bestuur", "issuer": issuer, "client_id": CLIENT, "client_secret": SECRET}
    known = {**lines, "bevoegd_gezag_nummer": BOARD}
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in known.items()))
    path.chmod(0o600)
    return path


def _fill(broker: Operator) -> None:
    school = School(VESTIGING, "De Windwijzer (gesimuleerd)", "po", "BO", True, BOARD)  # noqa: FBT003
    broker.add_school(school)
    broker.open_afname(
        vestigingsnummer=VESTIGING,
        schooljaar=Schooljaar.of(today()),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=[Stamgroep("7a", 7, 20), Stamgroep("8a", 8, 20)],
        opened_on=today(),
    )
    for name, of in {
        "coordinator": {"role": "coordinator", "vestigingsnummer": VESTIGING},
        "bestuur": {"role": "bestuur", "bevoegd_gezag_nummer": BOARD},
        "aanbieder": {"role": "aanbieder"},
        "onderzoeker": {"role": "onderzoeker"},
    }.items():
        broker.add_account(name=name, password=PASSWORD, **of)
    broker.add_account(name="anna@school.example", vestigingsnummer=VESTIGING)


def _await_ready(process: subprocess.Popen[str]) -> None:
    ready, said = threading.Event(), list[str]()

    def read() -> None:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith("Ready"):
                ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    assert ready.wait(PATIENCE), said
    assert process.poll() is None, said


def log_in(page: Page, server: Served, name: str, heading: str | re.Pattern[str]) -> None:
    """Come in with name and password, and wait for a heading of the page."""
    page.goto(f"{server.address}/school")
    page.get_by_label("Naam").fill(name)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", name=heading).first).to_be_visible(timeout=SOON)


def station(page: Page, name: str) -> None:
    """Open one station."""
    page.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()
    page.get_by_role("heading", level=2, name=name, exact=True).wait_for()


def check(page: Page, name: str) -> None:
    """Look with axe, on a small laptop and on a tablet: no violation, and nothing off the screen."""
    page.wait_for_timeout(300)  # what comes by itself is there
    for size in ("tablet", "chromebook"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], f"{name} at {size}"
        assert is_within(page), f"{name} at {size}"


def reach(page: Page, label: str, *, back: bool = False) -> None:
    """Press Tab until a button of this label has the focus, which must be seen."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == label:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    pytest.fail(f"Tab never reaches {label}")


def download(page: Page, button: str, to: Path) -> Path:
    """Press a button, and keep the file that the page hands over."""
    with page.expect_download(timeout=SOON) as started:
        page.get_by_role("button", name=button, exact=True).click()
    file = to / started.value.suggested_filename
    started.value.save_as(file)
    return file


def text_of(pdf: Path) -> str:
    """Return the words of a PDF; without a reader the test is skipped, and under CI=true it fails."""
    if shutil.which("pdftotext") is None:
        message = "NO READER OF PDF: install poppler-utils, or run `make programs`"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(message)
        pytest.skip(message)
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return done.stdout
