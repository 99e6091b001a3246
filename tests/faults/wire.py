"""A wire between a browser and a server that a test can cut, stall and mend: real sockets, real silence."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Wire:
    """Passes bytes on as long as it is whole."""

    def __init__(self, server: int) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._flowing: asyncio.Event
        self._ends: set[asyncio.StreamWriter] = set()
        self._is_cut = False
        self.port = 0

    def cut(self) -> None:
        """Break every connection, and refuse new ones: Wi-Fi that is gone."""
        self._do(self._cut)

    def stall(self) -> None:
        """Keep every connection and let nothing through: Wi-Fi that is there and does nothing."""
        self._do(self._flowing.clear)

    def mend(self) -> None:
        """Let everything through again."""
        self._do(self._mend)

    def _do(self, change: object) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (change(), done.set()))  # type: ignore[operator]
        done.wait(5)

    def _cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    def _mend(self) -> None:
        self._is_cut = False
        self._flowing.set()

    async def _join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self._is_cut:
            back.transport.abort()
            return
        with contextlib.suppress(OSError):
            far, on = await asyncio.open_connection("127.0.0.1", self._server)
            self._ends |= {back, on}
            await asyncio.gather(self._pass(near, on), self._pass(far, back), return_exceptions=True)
            self._ends -= {back, on}
        back.transport.abort()

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flowing.wait()
            target.write(data)
            await target.drain()
        target.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._flowing = asyncio.Event()
        self._flowing.set()
        server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await server.serve_forever()


@contextmanager
def wire_to(server: int) -> Iterator[Wire]:
    """Give a whole wire to a port of this machine."""
    wire, ready = Wire(server), threading.Event()

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            wire._loop.run_until_complete(wire._serve(ready))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(5)
    yield wire
    wire.cut()  # whoever still waits for bytes comes to an end by itself
    time.sleep(0.2)
    wire._loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(wire._loop)])
    thread.join(5)
