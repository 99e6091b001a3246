"""Backups: made by the broker itself, on request and every hour; what holds codes goes when they go."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from instrument.store import afnames, archive
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, StoreFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from instrument.store.data_folder import DataFolder
    from instrument.store.writer import Writer

EVERY: Final = 3_600.0
"""Seconds between two backups while an afname is open."""
LOOK: Final = 30.0
"""Seconds between two looks whether an afname was closed, perhaps at another broker."""
KEPT: Final = 24
"""Backups in a folder; older ones are destroyed."""
_NAME: Final = "weerglas-{}.backup"
_ASIDE: Final = ".backup-"

log = logging.getLogger("weerglas.broker")


@dataclass(frozen=True, slots=True)
class Backups:
    """Writes archives of one data folder and its store."""

    folder: DataFolder
    writer: Writer

    async def make(self, file: Path) -> frozenset[str]:
        """Write everything up to the last commit to a new file; returns the afnamen that are open.

        Of those the file holds drafts and the tags of codes: it must go when they close.
        """
        try:
            with tempfile.TemporaryDirectory(dir=self.folder.path, prefix=_ASIDE) as aside:
                store = Path(aside) / archive.STORE
                opened = await self.open_afnames()
                await self.writer.back_up(store)
                opened |= await self.open_afnames()
                await asyncio.to_thread(archive.pack, self.folder, store, file, open_afnames=opened)
        except FileExistsError:
            raise Refused("backup_exists", {"file": str(file)}) from None
        except StoreFault as fault:
            raise Refused("backup_failed", {"fault": str(fault)}) from None
        except Exception as fault:  # noqa: BLE001 - the disk is full, the folder is gone, the store is away
            raise Refused("backup_failed", {"fault": _said(fault, file)}) from None
        return opened

    def tidy(self, backup_to: Path | None) -> None:
        """Destroy what a broker that was killed in the middle of a backup left behind."""
        for left in self.folder.path.glob(_ASIDE + "*"):
            shutil.rmtree(left)
        unfinished = archive.UNFINISHED.format(_NAME.format("*"))
        for file in backup_to.glob(unfinished) if backup_to else ():
            file.unlink()

    async def open_afnames(self) -> frozenset[str]:
        """Return the ids of the afnamen that are open."""
        found = await self.writer.run(afnames.all_open, touches=NOTHING)
        return frozenset(afname.afname_id for afname in found)


class Rounds:
    """Keeps the backups of a folder: hourly while an afname is open, anew and none older when one closes."""

    def __init__(
        self, backups: Backups, folder: Path, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._backups = backups
        self._folder = folder
        self._clock = clock
        self._made_at = -EVERY
        self._called = asyncio.Event()

    def call(self) -> None:
        """Have a look soon: something was closed."""
        self._called.set()

    async def go(self) -> None:
        """Look now and again, until cancelled; a backup that fails is tried again at the next look."""
        while True:
            self._called.clear()
            try:
                await self.look()
            except Refused as refusal:
                log.error("no backup was made: %s", refusal)  # noqa: TRY400 - the sentence is enough
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._called.wait()

    async def look(self) -> None:
        """Make a backup where it is time, or where one that is kept holds what should be gone by now."""
        opened = await self._backups.open_afnames()
        stale = [file for file in self._kept() if archive.open_afnames(file) - opened]
        is_due = bool(opened) and self._clock() - self._made_at >= EVERY
        if stale or is_due:
            await self._backups.make(self._folder / _NAME.format(f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"))
            self._made_at = self._clock()
        for file in {*stale, *self._kept()[:-KEPT]}:
            file.unlink()

    def _kept(self) -> list[Path]:
        return sorted(self._folder.glob(_NAME.format("*")))


def _said(fault: Exception, file: Path) -> str:
    # Of a fault of the operating system the number only: its sentence is the same, its file names are ours.
    return (
        f"{file}: {os.strerror(fault.errno)}"
        if isinstance(fault, OSError) and fault.errno
        else type(fault).__name__
    )
