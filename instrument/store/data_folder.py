"""The data folder: where a store, its secret and the operator's key lie; refuses what is not ours."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FORMAT: Final = 1
"""Raised when a newer program can no longer read an older folder."""
SECRET_BYTES: Final = 32
MARKER: Final = "weerglas.toml"

# Not $TMPDIR: a client and a broker with different environments must find the same socket. A socket in
# the data folder itself could exceed the 108 bytes that a Unix socket's path may have.
_SOCKETS: Final = Path("/tmp")  # noqa: S108 - a folder of our own below it, 0700, checked for its owner
_SQLITE_HEADER: Final = b"SQLite format 3\0"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_FILES: Final = ("secret", "operator.key", "store.sqlite")


class DataFolderError(Exception):
    """A data folder that cannot be used; the message names every fault and the remedy."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder of ours, checked when it is opened: `DataFolder(path)`."""

    path: Path

    def __post_init__(self) -> None:
        """Refuse a folder that is missing, damaged, readable for others or not ours."""
        object.__setattr__(self, "path", Path(self.path).absolute())
        _check_marker(self.path)
        if faults := _faults(self.path):
            raise DataFolderError("\n".join(faults))

    @classmethod
    def create(cls, path: Path, *, simulated: bool = False) -> DataFolder:
        """Make a new data folder with its own secret, in a place where nothing is yet."""
        from instrument.store import sqlite  # noqa: PLC0415 - half a second that every other command saves

        path = Path(path).absolute()
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise DataFolderError(f"{path}: something is there already; name a folder that is new or empty")
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        _write(path / "secret", secrets.token_bytes(SECRET_BYTES))
        _write(path / "operator.key", secrets.token_urlsafe(SECRET_BYTES).encode())
        _write(path / "store.sqlite", b"")
        sqlite.create(path / "store.sqlite")
        # Last, for without its marker a folder that was left half made is refused.
        _write(path / MARKER, _marker(simulated=simulated).encode())
        return cls(path)

    @property
    def store(self) -> Path:
        """The SQLite file; only the broker opens it."""
        return self.path / "store.sqlite"

    @property
    def lock(self) -> Path:
        """The file that the one broker of this folder holds locked."""
        return self.path / "broker.lock"

    @property
    def secret(self) -> bytes:
        """What every key is derived from; losing it makes codes and drafts unreadable."""
        return (self.path / "secret").read_bytes()

    @property
    def cookie_secret(self) -> str:
        """What the server signs its cookies with; nothing else can be computed from it."""
        return hmac.digest(self.secret, b"weerglas cookies", hashlib.sha256).hex()

    @property
    def operator_key(self) -> str:
        """The capability of whoever may read this folder: the command line."""
        return (self.path / "operator.key").read_text(encoding="ascii")

    @property
    def simulated(self) -> bool:
        """Whether the folder was made for simulated schools."""
        return bool(_read_marker(self.path).get("simulated"))

    @property
    def socket(self) -> Path:
        """The address of the broker: a short path in a 0700 folder of this user, made when it is missing."""
        folder = _SOCKETS / f"weerglas-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & _OTHERS:
            raise DataFolderError(f"{folder}: is not a folder of this user alone; remove it")
        name = hashlib.sha256(os.fsencode(self.path.resolve())).hexdigest()[:16]
        return folder / f"{name}.sock"


def _marker(*, simulated: bool) -> str:
    return (
        "# A data folder of Weerglas. Back it up as a whole, and let nobody else read it.\n"
        f"format = {FORMAT}\n"
        f"simulated = {str(simulated).lower()}\n"
    )


def _check_marker(path: Path) -> None:
    if not path.is_dir():
        raise DataFolderError(f"{path}: no such data folder; make one: `weerglas init`, or `weerglas demo`")
    if not (path / MARKER).is_file():
        raise DataFolderError(f"{path}: is not a data folder ({MARKER} is missing); name another folder")
    if (found := _read_marker(path).get("format")) != FORMAT:
        raise DataFolderError(
            f"{path / MARKER}: format {found!r} is not {FORMAT}; use the Weerglas that made it, or update"
        )


def _read_marker(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads((path / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise DataFolderError(f"{path / MARKER}: cannot be read; restore it from a backup") from fault


def _faults(path: Path) -> list[str]:
    faults = [
        f"{path / name}: is missing; restore it from a backup" for name in _FILES if _missing(path / name)
    ]
    faults += [
        f"{item}: others can read it; run `chmod go= {item}`"
        for item in (path, *(path / name for name in _FILES))
        if item.exists() and item.stat().st_mode & _OTHERS
    ]
    return faults + _damage(path)


def _missing(path: Path) -> bool:
    return not path.is_file()


def _damage(path: Path) -> list[str]:
    faults = []
    secret, store = path / "secret", path / "store.sqlite"
    try:
        if secret.is_file() and secret.stat().st_size != SECRET_BYTES:
            faults.append(
                f"{secret}: is damaged ({SECRET_BYTES} bytes are expected); restore it from a backup"
            )
        if store.is_file() and not _starts_with(store, _SQLITE_HEADER):
            faults.append(f"{store}: is damaged (it is no SQLite file); restore it from a backup")
    except PermissionError:
        faults.append(f"{path}: belongs to another user; run Weerglas as the owner of this folder")
    return faults


def _starts_with(path: Path, header: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(header)) == header


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
