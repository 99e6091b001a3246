"""Landlock: what a process and all it starts may still reach, for good; needs nothing installed.

System calls by way of ctypes. Threads that run already stay outside.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Landlock's numbers are the same on every architecture: linux/landlock.h and asm-generic/unistd.h.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH_BENEATH: Final = 1
VERSION_ASKED: Final = 1
SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL = 1 << 14, 1 << 15
READ: Final = READ_FILE | READ_DIR
READ_AND_RUN: Final = READ | EXECUTE
EVERYTHING: Final = (1 << 16) - 1
ALL_FILES_BY_VERSION: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""Everything that can be done with files and that a version knows; what is not allowed again is refused."""
OF_A_FILE: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL
ALL_TCP: Final = 0b11
ALL_SCOPES: Final = 0b11
TCP_SINCE, SCOPES_SINCE = 4, 6


def version() -> int:
    """Return Landlock's version here; 0 where the kernel has none."""
    return max(_call(CREATE_RULESET, None, 0, VERSION_ASKED), 0)


def restrict(allowed: Iterable[tuple[Path, int]], *, connecting: bool) -> None:
    """Refuse every file but the allowed ones with their rights; raises `OSError` where that fails.

    Without `connecting` TCP is refused too, and signals to other processes in any case, where it knows them.
    """
    known = version()
    files = ALL_FILES_BY_VERSION[max(since for since in ALL_FILES_BY_VERSION if since <= known)]
    tcp = ALL_TCP if known >= TCP_SINCE and not connecting else 0
    scopes = ALL_SCOPES if known >= SCOPES_SINCE else 0
    size = 24 if known >= SCOPES_SINCE else 16 if known >= TCP_SINCE else 8
    rules = _checked(_call(CREATE_RULESET, struct.pack("=QQQ", files, tcp, scopes), size, 0))
    for place, rights in allowed:
        if place.exists():
            _allow(rules, place, rights & files)
    # Who is not root may only shut in what can gain no privileges any more.
    ctypes.CDLL(None, use_errno=True).prctl(SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _checked(_call(RESTRICT_SELF, rules, 0))
    os.close(rules)


def _allow(rules: int, place: Path, rights: int) -> None:
    beneath = os.open(place, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights if place.is_dir() else rights & OF_A_FILE, beneath)
    _checked(_call(ADD_RULE, rules, RULE_PATH_BENEATH, rule, 0))
    os.close(beneath)


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    return int(library.syscall(number, *arguments))


def _checked(result: int) -> int:
    if result < 0:
        fault = ctypes.get_errno()
        raise OSError(fault, os.strerror(fault))
    return result
