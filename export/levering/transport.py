"""Ways on which a parcel leaves: into a folder for pick-up, or to an SFTP server; each parcel once.

A parcel is written under a temporary name and then renamed: who looks sees all of it or nothing. Its name
follows from its content, so that whoever is killed in between sends it again and finds it there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

from export.levering.adapter import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from pathlib import Path

    import asyncssh

    from export.levering.configuration import Configuration, SftpServer
    from export.levering.parcel import Parcel

T = TypeVar("T")

UNFINISHED: Final = ".{}.unfinished"
PATIENCE: Final = 60.0
"""Seconds for a connection or one parcel."""


class NotDelivered(Exception):  # noqa: N818 - it reads as the fact it is
    """A parcel could not be left; nothing of it is seen there, and it is tried again at the next run."""


class Transport(Protocol):
    """A way, used within `with`."""

    def __enter__(self) -> Self:
        """Get ready; raises `NotDelivered` where the other side cannot be reached."""

    def __exit__(self, *_: object) -> None:
        """Leave."""

    def put(self, parcel: Parcel) -> str:
        """Leave one parcel and return the receipt; one that is there already is not written again."""


def of(configuration: Configuration) -> Transport:
    """Return the way that was configured."""
    return Pickup(configuration.pickup) if configuration.sftp is None else Sftp(configuration.sftp)


class Pickup:
    """A folder in which each parcel becomes a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        """Make the folder where it is missing."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise NotDelivered(
                f"{self._folder}: {os.strerror(fault.errno or 0)}; make room or access"
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def put(self, parcel: Parcel) -> str:
        """Leave one parcel."""
        target = self._folder / parcel.name
        try:
            if not target.exists():
                self._write(parcel, target)
            _compare(parcel, (target / MANIFEST).read_bytes(), str(target))
        except OSError as fault:
            raise NotDelivered(f"{target}: {os.strerror(fault.errno or 0)}; make room or access") from None
        return f"map {parcel.name}"

    def _write(self, parcel: Parcel, target: Path) -> None:
        unfinished = self._folder / UNFINISHED.format(parcel.name)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o755)
        for name, content in parcel.files.items():
            with (unfinished / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        unfinished.rename(target)
        _sync(self._folder)


class Flat:
    """A folder that somebody named: the files of one parcel stand in it as they are, the JSON last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        """Nothing is made before there is something to write."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def put(self, parcel: Parcel) -> str:
        """Write the files, each whole or not at all."""
        unfinished = self._folder / UNFINISHED.format(parcel.name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o755)
            for name, content in parcel.files.items():
                (unfinished / name).write_bytes(content)
            for name in sorted(parcel.files, key=lambda name: name.endswith(".json")):
                (unfinished / name).replace(self._folder / name)
            unfinished.rmdir()
        except OSError as fault:
            raise NotDelivered(
                f"{self._folder}: {os.strerror(fault.errno or 0)}; choose another folder"
            ) from None
        return f"map {parcel.name}"


class Sftp:
    """An SFTP server whose host key we know; any other is refused before we say who we are."""

    def __init__(self, server: SftpServer) -> None:
        self._server = server
        self._runner = asyncio.Runner()
        self._stack = contextlib.AsyncExitStack()

    def __enter__(self) -> Self:
        """Connect and log in with our key."""
        self._runner.__enter__()
        try:
            self._sftp = self._runner.run(self._connected())
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        with contextlib.suppress(Exception):  # what was received is marked; the rest is tried again
            self._runner.run(self._stack.aclose())
        self._runner.close()

    def put(self, parcel: Parcel) -> str:
        """Send one parcel, and read its manifest back."""
        return self._runner.run(self._told(self._put(parcel), parcel.name))

    async def _connected(self) -> asyncssh.SFTPClient:
        import asyncssh  # noqa: PLC0415 - a second, only for who sends

        try:
            trusted = asyncssh.import_public_key(self._server.host_key)
        except asyncssh.KeyImportError:
            raise NotDelivered(
                "levering.toml: [sftp] hostsleutel: is no public key; copy the server's"
            ) from None
        return await self._told(self._connect(trusted), self._server.host)

    async def _connect(self, trusted: asyncssh.SSHKey) -> asyncssh.SFTPClient:
        import asyncssh  # noqa: PLC0415 - loaded by now

        server = self._server
        connecting = asyncssh.connect(
            server.host,
            server.port,
            username=server.user,
            client_keys=[str(server.key)],
            known_hosts=([trusted], [], []),
            config=None,
            agent_path=None,
            preferred_auth="publickey",
            login_timeout=PATIENCE,
        )
        connection = await self._stack.enter_async_context(connecting)
        return await self._stack.enter_async_context(connection.start_sftp_client())

    async def _put(self, parcel: Parcel) -> str:
        folder = self._server.folder.rstrip("/")
        target = f"{folder}/{parcel.name}"
        if not await self._sftp.exists(target):
            unfinished = f"{folder}/{UNFINISHED.format(parcel.name)}"
            if await self._sftp.exists(unfinished):
                await self._sftp.rmtree(unfinished)
            await self._sftp.mkdir(unfinished)
            for name, content in parcel.files.items():
                await self._write(f"{unfinished}/{name}", content)
            await self._sftp.rename(unfinished, target)
        async with self._sftp.open(f"{target}/{MANIFEST}", "rb") as file:
            _compare(parcel, await _bytes(file), target)
        return f"sftp {self._server.host} {parcel.name}"

    async def _write(self, path: str, content: bytes) -> None:
        import asyncssh  # noqa: PLC0415 - loaded by now

        async with self._sftp.open(path, "wb") as file:
            await file.write(content)
            with contextlib.suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()

    async def _told(self, work: Awaitable[T], place: str) -> T:
        import asyncssh  # noqa: PLC0415 - loaded by now

        try:
            async with asyncio.timeout(PATIENCE):
                return await work
        except TimeoutError:
            raise NotDelivered(
                f"{place}: no answer within {PATIENCE:.0f} s; see whether the server is up"
            ) from None
        except asyncssh.HostKeyNotVerifiable:
            raise NotDelivered(
                f"{place}: shows another host key than levering.toml names; ask whose that one is first"
            ) from None
        except (asyncssh.Error, OSError) as fault:
            raise NotDelivered(
                f"{place}: {type(fault).__name__}: {fault}; see to it, and run again"
            ) from None


async def _bytes(file: asyncssh.SFTPClientFile) -> bytes:
    content = await file.read()
    return content if isinstance(content, bytes) else content.encode()


def _compare(parcel: Parcel, found: bytes, place: str) -> None:
    if found != parcel.files[MANIFEST]:
        raise NotDelivered(f"{place}: holds another manifest than was sent; look who writes there")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
