"""The archive: one file with all that a data folder needs to go on elsewhere; as secret as the folder."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from instrument.store.data_folder import KEYS, MARKER, DataFolder, DataFolderError

if TYPE_CHECKING:
    from collections.abc import Collection

OPEN: Final = "open.json"
"""The afnamen that were open: of those it holds drafts and the tags of codes."""
STORE: Final = "store"
UNFINISHED: Final = ".{}.unfinished"


def pack(folder: DataFolder, store: Path, file: Path, *, open_afnames: Collection[str]) -> None:
    """Write an archive; the file appears when it is whole and on the disk, for its owner alone.

    Not compressed, so that whoever wonders whether a code is in it can look.
    """
    unfinished = file.with_name(UNFINISHED.format(file.name))
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                _add(tar, OPEN, json.dumps(sorted(open_afnames)).encode())
                for name in (MARKER, *KEYS):
                    _add(tar, name, (folder.path / name).read_bytes())
                tar.add(store, STORE, filter=_anonymous)
            out.flush()
            os.fsync(out.fileno())
        os.link(unfinished, file)  # unlike a rename, this replaces nothing
    finally:
        unfinished.unlink(missing_ok=True)
    _sync(file.parent)


def open_afnames(file: Path) -> frozenset[str]:
    """Return the afnamen that were open when an archive was made."""
    with _opened(file) as tar:
        return frozenset(json.loads(_read(tar, OPEN, file)))


def unpack(file: Path, path: Path, *, database: str | None = None, password: str | None = None) -> DataFolder:
    """Make a new data folder of an archive; a store of PostgreSQL goes into `database` where one is named."""
    path = Path(path).absolute()
    with _opened(file) as tar, tempfile.TemporaryDirectory(dir=path.parent, prefix=".weerglas-") as aside:
        kept = {name: _read(tar, name, file) for name in (MARKER, *KEYS)}
        dump = Path(aside) / STORE
        with _member(tar, STORE, file) as packed, dump.open("wb") as out:
            shutil.copyfileobj(packed, out)
        return DataFolder.restore(path, kept, dump, database=database, password=password)


def _opened(file: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(file)
    except (OSError, tarfile.TarError) as fault:
        raise DataFolderError(
            f"{file}: is no backup of Weerglas ({type(fault).__name__}); name another"
        ) from None


def _read(tar: tarfile.TarFile, name: str, file: Path) -> bytes:
    with _member(tar, name, file) as member:
        return member.read()


def _member(tar: tarfile.TarFile, name: str, file: Path) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except KeyError:
        found = None
    if found is None:
        raise DataFolderError(f"{file}: is no backup of Weerglas ({name} is missing); name another")
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
