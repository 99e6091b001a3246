"""The real thing for the tests: `weerglas demo` and the other commands, run as a user runs them."""

import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
PATIENCE = 90


@dataclass
class Demo:
    """A running `weerglas demo`, and what it printed."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    @property
    def codes(self) -> list[str]:
        return re.findall(r"^\s+((?:[A-Z0-9]{4}-){2}[A-Z0-9]{4})$", self.printed, re.MULTILINE)

    @property
    def password(self) -> str:
        return re.findall(r"password\s+(\S+)", self.printed)[0]

    def read(self) -> None:
        """Keep what is printed, until the end."""
        for line in self.process.stdout or ():
            self.lines.append(line)
            if line.startswith("Ready"):
                self.ready.set()
        self.ready.set()

    def stop(self) -> int:
        """Stop as a service manager does, and return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def start_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Demo]]:
    """Start demos that end with the module."""
    started: list[Demo] = []

    def start(data: Path | None = None, *, pupils: int = 12) -> Demo:
        data = data or tmp_path_factory.mktemp("demo") / "data"
        port = _free_port()
        command = [*_weerglas(), "demo", "--data", str(data), "--port", str(port), "--pupils", str(pupils)]
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )
        demo = Demo(data, port, process)
        threading.Thread(target=demo.read, daemon=True).start()
        started.append(demo)
        assert demo.ready.wait(PATIENCE), demo.printed
        assert process.poll() is None, demo.printed
        return demo

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.stop()


@pytest.fixture(scope="module")
def demo(start_demo: Callable[..., Demo]) -> Demo:
    """One running demo of twelve pupils, eight of whom have answered."""
    return start_demo()


@pytest.fixture
def weerglas() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as a user does; it never shows a traceback."""

    def run(*arguments: str | Path, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        command = [*_weerglas(), *map(str, arguments)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def _weerglas() -> list[str]:
    return [sys.executable, "-m", "weerglas"]


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
