"""The data folder: where a store, its secret and the operator's key lie; refuses what is not ours."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from instrument.store.stores import Store

FORMAT: Final = 1
"""Raised when a newer program can no longer read an older folder."""
SECRET_BYTES: Final = 32
MARKER: Final = "weerglas.toml"
KEYS: Final = ("secret", "operator.key")
PASSWORD: Final = "database.password"  # noqa: S105 - the name of a file

# Not $TMPDIR: a client and a broker with different environments must find the same socket. A socket in
# the data folder itself could exceed the 108 bytes that a Unix socket's path may have.
_SOCKETS: Final = Path("/tmp")  # noqa: S108 - a folder of our own below it, 0700, checked for its owner
_SQLITE_HEADER: Final = b"SQLite format 3\0"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_STORE: Final = "store.sqlite"


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
    def create(
        cls, path: Path, *, simulated: bool = False, database: str | None = None, password: str | None = None
    ) -> DataFolder:
        """Make a new data folder with its own secret, where nothing is yet; its store too, also elsewhere.

        `database` is the address of a PostgreSQL, without a password: that is kept in a file of its own.
        """
        keys = secrets.token_bytes(SECRET_BYTES), secrets.token_urlsafe(SECRET_BYTES).encode()
        marker = _marker(simulated=simulated, database=database)
        kept = dict(zip(KEYS, keys, strict=True))
        return cls._fill(path, kept, marker, password, lambda store: store.create())

    @classmethod
    def restore(
        cls, path: Path, kept: Mapping[str, bytes], dump: Path, *, database: str | None, password: str | None
    ) -> DataFolder:
        """Make a data folder, where nothing is yet, of what an archive kept; its store of `dump`."""
        old = _parsed(kept[MARKER].decode(), MARKER)
        if "database" not in old and database is not None:
            raise DataFolderError("this backup is of a store in a file; leave --database out")
        marker = _marker(simulated=bool(old.get("simulated")), database=database or _database(old))
        return cls._fill(path, kept, marker, password, lambda store: store.restore(dump))

    @classmethod
    def _fill(
        cls,
        path: Path,
        keys: Mapping[str, bytes],
        marker: str,
        password: str | None,
        make: Callable[[Store], None],
    ) -> DataFolder:
        from instrument.store import stores  # noqa: PLC0415 - half a second that every other command saves

        path = _new_folder(Path(path).absolute())
        database = _database(_parsed(marker, MARKER))
        make(stores.at(path / _STORE, database=database, password=password, mark=_mark(keys[KEYS[0]])))
        for name in KEYS:
            _write(path / name, keys[name])
        if password:
            _write(path / PASSWORD, password.encode())
        # Last, for without its marker a folder that was left half made is refused.
        _write(path / MARKER, marker.encode())
        return cls(path)

    @property
    def store(self) -> Path:
        """The SQLite file, where the store is one; only the broker opens it."""
        return self.path / _STORE

    @property
    def database(self) -> str | None:
        """The address of the PostgreSQL that holds the store; None where it is the SQLite file."""
        return _database(_read_marker(self.path))

    @property
    def database_password(self) -> str | None:
        """What was put into the folder for the PostgreSQL; None leaves it to PGPASSFILE or the server."""
        file = self.path / PASSWORD
        return file.read_text(encoding="utf-8").strip() if file.is_file() else None

    @property
    def mark(self) -> str:
        """What a store elsewhere knows this folder by; no key can be computed from it."""
        return _mark(self.secret)

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
    def voucher_key(self) -> str:
        """The capability of an office that an OpenID provider tells who somebody is."""
        return hmac.digest(self.secret, b"weerglas voucher", hashlib.sha256).hex()

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


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise DataFolderError(f"{path}: something is there already; name a folder that is new or empty")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def _database(marker: Mapping[str, object]) -> str | None:
    found = marker.get("database")
    return found if isinstance(found, str) else None


def _mark(secret: bytes) -> str:
    return hmac.digest(secret, b"weerglas store", hashlib.sha256).hex()


def _marker(*, simulated: bool, database: str | None) -> str:
    return (
        "# A data folder of Weerglas. Back it up (`weerglas backup`), and let nobody else read it.\n"
        f"format = {FORMAT}\n"
        f"simulated = {str(simulated).lower()}\n"
        # A JSON text is a TOML text.
        + (f"database = {json.dumps(database)}\n" if database else "")
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
        return _parsed((path / MARKER).read_text(encoding="utf-8"), path / MARKER)
    except OSError as fault:
        raise DataFolderError(f"{path / MARKER}: cannot be read; restore it from a backup") from fault


def _parsed(marker: str, place: Path | str) -> dict[str, object]:
    try:
        return tomllib.loads(marker)
    except ValueError as fault:
        raise DataFolderError(f"{place}: cannot be read; restore it from a backup") from fault


def _faults(path: Path) -> list[str]:
    needed = KEYS if "database" in _read_marker(path) else (*KEYS, _STORE)
    faults = [
        f"{path / name}: is missing; restore it from a backup" for name in needed if _missing(path / name)
    ]
    faults += [
        f"{item}: others can read it; run `chmod go= {item}`"
        for item in (path, *(path / name for name in (*KEYS, _STORE, PASSWORD)))
        if item.exists() and item.stat().st_mode & _OTHERS
    ]
    return faults + _damage(path)


def _missing(path: Path) -> bool:
    return not path.is_file()


def _damage(path: Path) -> list[str]:
    faults = []
    secret, store = path / "secret", path / _STORE
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
