"""A worker's walls: Landlock, no capabilities, no way to more; says honestly which of them stand.

Needs nothing installed: system calls by way of ctypes. Threads that run already would stay outside, so
a worker goes in before it starts any.
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

if TYPE_CHECKING:
    from collections.abc import Iterable

# Landlock's numbers are the same on every architecture: linux/landlock.h and asm-generic/unistd.h.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH: Final = 1
VERSION_ASKED: Final = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
ALL_FILES_BY_VERSION: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Everything that can be done with files and that a version knows; what is not allowed again is refused."""
ALL_TCP: Final = 0b11
ALL_SCOPES: Final = 0b11
TCP_SINCE, SCOPES_SINCE = 4, 6
# linux/prctl.h
SET_DUMPABLE, CAPBSET_DROP, SET_NO_NEW_PRIVS = 4, 24, 38
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
        missing = [] if self.landlock >= TCP_SINCE else ["TCP connections (Linux 6.7)"]
        missing += [] if self.landlock >= SCOPES_SINCE else ["signals to other processes (Linux 6.12)"]
        rest = f"; not refused: {', '.join(missing)}" if missing else ""
        return f"sandbox: Landlock {self.landlock}, no capabilities, no new privileges{rest}"


def offered() -> Walls:
    """Return what this host offers."""
    version = _call(CREATE_RULESET, None, 0, VERSION_ASKED)
    return Walls(max(version, 0))


def code_folders() -> list[Path]:
    """Return where the program and its libraries lie: what a worker may still read, and nothing beside it."""
    package = Path(__file__).parents[1]
    own = [package, package.parent / "notebooks"]
    return [*own, *(Path(place) for place in {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64"})]


def shut(*, reading: Iterable[Path]) -> Walls:
    """Shut this process in for good, as far as the host allows, and return how far that was."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(SET_DUMPABLE, 0)
    _prctl(SET_NO_NEW_PRIVS, 1)
    walls = Walls(offered().landlock, threads=len(list(Path("/proc/self/task").iterdir())))
    _drop_capabilities()
    if walls.stand:
        _landlock(walls.landlock, reading)
    return walls


def _landlock(version: int, reading: Iterable[Path]) -> None:
    files = ALL_FILES_BY_VERSION[max(known for known in ALL_FILES_BY_VERSION if known <= version)]
    tcp = ALL_TCP if version >= TCP_SINCE else 0
    scopes = ALL_SCOPES if version >= SCOPES_SINCE else 0
    size = 24 if scopes else 16 if tcp else 8
    rules = _checked(_call(CREATE_RULESET, struct.pack("=QQQ", files, tcp, scopes), size, 0))
    for place in reading:
        if place.is_dir():
            _allow_reading(rules, place)
    _checked(_call(RESTRICT_SELF, rules, 0))
    os.close(rules)


def _allow_reading(rules: int, place: Path) -> None:
    folder = os.open(place, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", READ_FILE | READ_DIR, folder)
    _checked(_call(ADD_RULE, rules, RULE_PATH_BENEATH, rule, 0))
    os.close(folder)


def _drop_capabilities() -> None:
    """Leave root's powers, where the server was started as root."""
    if os.geteuid() != 0 or os.uname().machine not in CAPSET:
        return
    for capability in range(int(LAST_CAPABILITY.read_text()) + 1):
        _prctl(CAPBSET_DROP, capability)
    header, nothing = struct.pack("=Ii", CAPABILITY_VERSION_3, 0), struct.pack("=6I", *[0] * 6)
    _checked(_call(CAPSET[os.uname().machine], header, nothing))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    return int(library.syscall(number, *arguments))


def _checked(result: int) -> int:
    if result < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))
    return result
