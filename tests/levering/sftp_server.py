"""OpenSSH's own sshd on loopback, with keys of its own: SFTP and nothing else, into a folder of the test."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20
MISSING = "NO SSHD here (Debian: apt-get install openssh-server): the tests of SFTP are skipped"


@dataclass
class SftpServer:
    """Where it listens, and the keys on both sides."""

    port: int
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def client_key(self) -> str:
        return (self.home / "client").read_text("utf-8")

    @property
    def host_key(self) -> str:
        return " ".join((self.home / "host.pub").read_text("utf-8").split()[:2])

    def toml(self, *, host_key: str | None = None) -> str:
        """Return the part of levering.toml that sends here."""
        return f"""
[levering]
weg = "sftp"

[sftp]
host = "127.0.0.1"
port = {self.port}
gebruiker = "{getpass.getuser()}"
sleutel = "sftp.key"
hostsleutel = "{host_key or self.host_key}"
map = "{self.inbox}"
"""

    def empty(self) -> None:
        shutil.rmtree(self.inbox, ignore_errors=True)
        self.inbox.mkdir()


def program() -> str | None:
    """Return sshd, which Debian keeps out of a user's path; it must be called by its whole name."""
    return shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def do_without() -> None:
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


@contextlib.contextmanager
def running(sshd: str, home: Path) -> Iterator[SftpServer]:
    """Run sshd, as root or as whoever runs the tests, for the duration."""
    for name in ("host", "client"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(home / name)]
        subprocess.run(command, check=True)
    shutil.copy(home / "client.pub", home / "authorized")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd of root parts with its privileges
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (home / "config").write_text(_config(port, home), "utf-8")
    process = subprocess.Popen(
        [sshd, "-D", "-e", "-f", str(home / "config")], stderr=(home / "log").open("wb")
    )
    server = SftpServer(port, home, process)
    server.empty()
    try:
        _await(server)
        yield server
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _config(port: int, home: Path) -> str:
    return f"""
ListenAddress 127.0.0.1
Port {port}
HostKey {home / "host"}
AuthorizedKeysFile {home / "authorized"}
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
MaxStartups 200
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


def _await(server: SftpServer) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            pytest.fail(f"sshd ended: {(server.home / 'log').read_text('utf-8', 'replace')}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
            return
        time.sleep(0.02)
    pytest.fail("sshd did not answer")
