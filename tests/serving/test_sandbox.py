"""What a worker can reach from inside its walls, tried by a process that stands where a worker stands."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from instrument.serving import landlock, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

WALLS = sandbox.offered()
PROBES = """
import ctypes, glob, json, os, shutil, signal, socket, subprocess, sys, tempfile
from pathlib import Path
secret, port, neighbour, unix = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
from instrument.serving import landlock, sandbox
libc = ctypes.CDLL(None, use_errno=True)

def refused(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")

def connect(place):
    with socket.socket(socket.AF_UNIX if isinstance(place, (str, bytes)) else socket.AF_INET) as line:
        line.settimeout(2)
        line.connect(place)

def listen():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))

def fork_and_trace():
    refused(libc.ptrace(16, neighbour, 0, 0))

def capability():
    status = Path("/proc/self/status").read_text()
    if "CapEff:\\t0000000000000000" in status:
        raise OSError("no capability")

probes = {
    "read the store": lambda: secret.read_bytes(),
    "list its folder": lambda: os.listdir(secret.parent),
    "write beside it": lambda: (secret.parent / "new").write_text("x"),
    "overwrite it": lambda: secret.write_text("x"),
    "append to it": lambda: open(secret, "a").close(),
    "truncate it": lambda: os.truncate(secret, 0),
    "remove it": lambda: secret.unlink(),
    "rename it": lambda: secret.rename(secret.with_name("renamed")),
    "link to it": lambda: os.link(secret, secret.with_name("linked")),
    "make a folder there": lambda: (secret.parent / "folder").mkdir(),
    "a symbolic link there": lambda: (secret.parent / "link").symlink_to("/etc/passwd"),
    "a socket there": lambda: socket.socket(socket.AF_UNIX).bind(str(secret.parent / "s")),
    "a pipe there": lambda: os.mkfifo(secret.parent / "p"),
    "a device there": lambda: os.mknod(secret.parent / "d", 0o20600, os.makedev(1, 5)),
    "read the passwords": lambda: Path("/etc/shadow").read_bytes(),
    "read the users": lambda: Path("/etc/passwd").read_bytes(),
    "read root's home": lambda: os.listdir(os.path.expanduser("~")),
    "list the root": lambda: os.listdir("/"),
    "write a temporary file": lambda: tempfile.mkstemp(dir="/tmp"),
    "shared memory": lambda: Path("/dev/shm/weerglas-probe").write_text("x"),
    "read a disk": lambda: open(next(iter(glob.glob("/dev/[svn][dv]*")), "/dev/vda"), "rb").read(1),
    "change the program": lambda: open(sandbox.__file__, "a").close(),
    "its environment": lambda: Path(f"/proc/{neighbour}/environ").read_bytes(),
    "its command": lambda: Path(f"/proc/{neighbour}/cmdline").read_bytes(),
    "its memory": lambda: open(f"/proc/{neighbour}/mem", "rb").read(1),
    "its files": lambda: os.listdir(f"/proc/{neighbour}/fd"),
    "its root": lambda: os.listdir(f"/proc/{neighbour}/root"),
    "list processes": lambda: os.listdir("/proc"),
    "own environment": lambda: Path("/proc/self/environ").read_bytes(),
    "trace it": fork_and_trace,
    "kill it": lambda: os.kill(neighbour, signal.SIGTERM),
    "stop it": lambda: os.kill(neighbour, signal.SIGSTOP),
    "its files by descriptor": lambda: refused(libc.syscall(438, os.pidfd_open(neighbour), 0, 0)),
    "another server on loopback": lambda: connect(("127.0.0.1", port)),
    "a server elsewhere": lambda: connect(("192.0.2.1", 80)),
    "listen": listen,
    "an abstract socket": lambda: connect(("\\0" + unix).encode()),
    "run a program": lambda: subprocess.run(["/bin/true"], check=True),
    "run a shell": lambda: subprocess.run("true", shell=True, check=True),
    "run Python": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    "mount": lambda: refused(libc.mount(b"none", b"/mnt", b"tmpfs", 0, None)),
    "another root": lambda: os.chroot("/usr"),
    "another user": lambda: os.setuid(65534),
    "another name for the machine": lambda: socket.sethostname("probe"),
    "a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "load a module": lambda: refused(libc.syscall(313, 0, b"", 0)),
}
if sys.argv[5] == "shut":
    sandbox.shut(reading=sandbox.code_folders())
else:
    probes = {name: probes[name] for name in json.loads(sys.argv[5])}
succeeded = []
for name, probe in probes.items():
    try:
        probe()
    except (OSError, StopIteration, subprocess.SubprocessError):
        continue
    succeeded.append(name)
print(json.dumps({"tried": len(probes), "succeeded": succeeded}))
"""
HARMLESS = [
    "read the store",
    "its environment",
    "list processes",
    "another server on loopback",
    "run a program",
]
"""What may be tried without walls: the rest would change this machine."""


@pytest.fixture
def probed(tmp_path: Path) -> Iterator[object]:
    """Give a function that tries everything, with walls or without, on a store, a server and a process."""
    store = tmp_path / "data" / "store.sqlite"
    store.parent.mkdir()
    store.write_text("a simulated store")
    name = f"weerglas-probe-{os.getpid()}"
    with socket.socket() as server, socket.socket(socket.AF_UNIX) as abstract:
        server.bind(("127.0.0.1", 0))
        server.listen()
        abstract.bind(b"\0" + name.encode())
        abstract.listen()
        neighbour = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])

        def probe(how: str) -> dict[str, object]:
            arguments = [str(store), str(server.getsockname()[1]), str(neighbour.pid), name, how]
            script = textwrap.dedent(PROBES)
            done = subprocess.run(
                [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
            )
            return json.loads(done.stdout)

        yield probe, store, neighbour
        neighbour.kill()
        neighbour.wait()


@pytest.mark.skipif(WALLS.landlock < landlock.SCOPES_SINCE, reason=f"{WALLS}")
def test_of_forty_probes_from_inside_a_worker_none_succeeds(probed) -> None:
    """Store, secrets, other processes, other servers, other programs."""
    probe, store, neighbour = probed
    found = probe("shut")
    assert found["tried"] >= 40
    assert found["succeeded"] == []
    assert store.read_text() == "a simulated store"
    assert neighbour.poll() is None


def test_without_walls_the_same_probes_succeed(probed) -> None:
    """Otherwise the test above would prove nothing; only what changes nothing is tried."""
    probe, _store, _neighbour = probed
    assert probe(json.dumps(HARMLESS))["succeeded"] == HARMLESS


def test_what_does_not_stand_is_said() -> None:
    """Never silence about a wall that is not there."""
    assert "NO SANDBOX" in str(sandbox.Walls(0))
    assert "NO SANDBOX" in str(sandbox.Walls(7, threads=3))
    assert "not refused: TCP" in str(sandbox.Walls(3))
    assert "not refused: signals" in str(sandbox.Walls(5))
    assert "not refused" not in str(sandbox.Walls(7))
