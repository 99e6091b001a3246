"""A school that is served as it would be, a browser, and the processes by name."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pysqlite3
import pytest

from instrument.afname import Stamgroep
from instrument.store import client
from instrument.store.data_folder import DataFolder
from tests.browser.conftest import _free_port, chromium, new_page, watch  # noqa: F401 - fixtures
from tests.simulated_school import open_school

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 60.0


@dataclass
class Served:
    """`weerglas serve` on a simulated school with an open afname."""

    folder: DataFolder
    port: int
    process: subprocess.Popen[str]
    codes: dict[str, str]
    used: list[str] = field(default_factory=list)

    def new_pupil(self) -> tuple[str, str]:
        """Return a stamgroep of one pupil, and the pupil's code."""
        stamgroep = next(name for name in self.codes if name not in self.used)
        self.used.append(stamgroep)
        return stamgroep, self.codes[stamgroep]

    def stored(self, stamgroep: str) -> list[dict[str, int]]:
        """Return the answers of every response of a stamgroep, from the file itself."""
        store = pysqlite3.connect(f"file:{self.folder.store}?mode=ro", uri=True)
        try:
            rows = store.execute("SELECT answers FROM responses WHERE stamgroep = ?", (stamgroep,)).fetchall()
        finally:
            store.close()
        return [json.loads(answers) for (answers,) in rows]

    def kill(self, name: str, *, all_of_them: bool = True) -> None:
        """End every process of this school whose command holds a word, or one, as a power cut would."""
        found = [pid for pid in _descendants(self.process.pid) if name in _command(pid)]
        assert found, f"no process {name}"
        for pid in found if all_of_them else found[-1:]:
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = DataFolder.create(tmp_path_factory.mktemp("school") / "data", simulated=True)
    codes = _open(folder)
    port = _free_port()
    command = [sys.executable, "-m", "weerglas", "serve", "--data", str(folder.path), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ready = threading.Event()
    threading.Thread(target=_listen, args=(process, ready), daemon=True).start()
    assert ready.wait(PATIENCE), "weerglas serve did not get ready"
    yield Served(folder, port, process, codes)
    process.terminate()
    process.wait(PATIENCE)


def _open(folder: DataFolder) -> dict[str, str]:
    groups = [Stamgroep(f"{number}a", 7, 10) for number in range(20)]
    with client.operator(folder) as operator:
        afname = open_school(operator, *groups)
        return {
            group.name: operator.issue_codes(afname.afname_id, stamgroep=group.name, number=1)[0]
            for group in groups
        }


def _listen(process: subprocess.Popen[str], ready: threading.Event) -> None:
    for line in process.stdout or ():
        if line.startswith("Ready"):
            ready.set()
    ready.set()


def _descendants(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [deeper for child in children for deeper in _descendants(child)]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def wait_until_served(served: Served) -> None:
    """Wait until broker and server answer again."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done = subprocess.run(
            ["curl", "-fs", f"http://127.0.0.1:{served.port}/healthz"], capture_output=True, check=False
        )
        if done.returncode == 0:
            return
        time.sleep(0.2)
    pytest.fail("the school did not come back")
