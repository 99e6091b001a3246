"""A worker's walls: Landlock, no capabilities, no way to more; says honestly which of them stand.

Threads that run already would stay outside, so a worker goes in before it starts any.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from instrument.serving import landlock

if TYPE_CHECKING:
    from collections.abc import Iterable

# linux/prctl.h
SET_DUMPABLE, CAPBSET_DROP = 4, 24
CAPSET: Final = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION_3: Final = 0x20080522
LAST_CAPABILITY: Final = Path("/proc/sys/kernel/cap_last_cap")


@dataclass(frozen=True, slots=True)
class Walls:
    """Which walls this host gives."""

    landlock: int
    """Landlock's version; 0 where the kernel has none."""
    threads: int = 1

    @property
    def stand(self) -> bool:
        """Whether files are out of reach."""
        return self.landlock > 0 and self.threads == 1

    def __str__(self) -> str:
        if self.threads > 1:
            return f"NO SANDBOX: {self.threads} threads ran before it could be entered"
        if not self.landlock:
            return "NO SANDBOX: this kernel has no Landlock (Linux 5.13 or newer, lsm=landlock)"
        missing = [] if self.landlock >= landlock.TCP_SINCE else ["TCP connections (Linux 6.7)"]
        missing += (
            [] if self.landlock >= landlock.SCOPES_SINCE else ["signals to other processes (Linux 6.12)"]
        )
        rest = f"; not refused: {', '.join(missing)}" if missing else ""
        walls = f"Landlock {self.landlock}, no capabilities, no new privileges"
        return f"sandbox: {walls}; under the server's own user{rest}"


def offered() -> Walls:
    """Return what this host offers."""
    return Walls(landlock.version())


def code_folders() -> list[Path]:
    """Return where the program and its libraries lie: what a worker may still read, and nothing beside it."""
    package = Path(__file__).parents[1]
    own = [package, package.parent / "notebooks"]
    return [*own, *(Path(place) for place in {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"})]


def shut(*, reading: Iterable[Path], writing: Iterable[Path] = ()) -> Walls:
    """Shut this process in for good, as far as the host allows, and return how far that was."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(SET_DUMPABLE, 0)
    _prctl(landlock.SET_NO_NEW_PRIVS, 1)
    walls = Walls(landlock.version(), threads=len(list(Path("/proc/self/task").iterdir())))
    _drop_capabilities()
    if walls.stand:
        folders = [(place, landlock.READ) for place in reading if place.is_dir()]
        folders += [(place, landlock.EVERYTHING) for place in writing]
        landlock.restrict(folders, connecting=False)
    return walls


def _drop_capabilities() -> None:
    """Leave root's powers, where the server was started as root."""
    if os.geteuid() != 0 or os.uname().machine not in CAPSET:
        return
    for capability in range(int(LAST_CAPABILITY.read_text()) + 1):
        _prctl(CAPBSET_DROP, capability)
    header, nothing = struct.pack("=Ii", CAPABILITY_VERSION_3, 0), struct.pack("=6I", *[0] * 6)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(CAPSET[os.uname().machine], header, nothing) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
