"""The listener: connections on a Unix socket; a bad frame ends its own connection and no other."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from instrument.store import frames

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from instrument.store.frames import Message

IN_FLIGHT: Final = 4_000
"""Requests of one connection that are answered at a time; more wait in the caller's socket."""
BACKLOG: Final = 1_024
GRACE: Final = 10.0
"""Seconds in which what was asked before closing is still answered."""

log = logging.getLogger("weerglas.broker")


class Listener:
    """Reads requests, has each answered at its own time, and writes the replies."""

    def __init__(self, socket: Path, reply: Callable[[Message], Awaitable[Message]]) -> None:
        self._socket = socket
        self._reply = reply
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Begin to listen; a socket left by a broker that was killed is replaced."""
        self._server = await asyncio.start_unix_server(self._serve, self._socket, backlog=BACKLOG)
        self._socket.chmod(0o600)

    async def close(self) -> None:
        """Stop listening and reading, answer what was asked, and end the connections."""
        self._server.close()
        self._socket.unlink(missing_ok=True)
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, stream: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - asyncio always has one here
            return
        self._connections.add(task)
        try:
            await _Connection(stream, back, self._reply).serve()
        except frames.FrameError as fault:
            log.warning("a connection ended: %s", fault)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the caller went away, or we do
        finally:
            self._connections.discard(task)
            back.close()


class _Connection:
    def __init__(
        self,
        stream: asyncio.StreamReader,
        back: asyncio.StreamWriter,
        reply: Callable[[Message], Awaitable[Message]],
    ) -> None:
        self._stream = stream
        self._back = back
        self._reply = reply
        self._answering: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(IN_FLIGHT)
        self._limit = frames.SMALL

    async def serve(self) -> None:
        try:
            await self._read_all()
        finally:
            if self._answering:
                await asyncio.wait(self._answering, timeout=GRACE)

    async def _read_all(self) -> None:
        while True:
            await self._room.acquire()
            message = await frames.read(self._stream, limit=self._limit)
            task = asyncio.create_task(self._answer(message))
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)
            if message.get("op") == "hello":
                await task  # whether larger frames are taken must be known before the next one

    async def _answer(self, message: Message) -> None:
        try:
            reply = await self._reply(message)
            if message.get("op") == "hello" and "ok" in reply:
                self._limit = frames.LARGE
            if not self._back.is_closing():
                self._back.write(_encoded(reply))
                await self._back.drain()
        except ConnectionError:
            pass  # the caller went away; it will ask again
        finally:
            self._room.release()


def _encoded(reply: Message) -> bytes:
    try:
        return frames.encode(reply)
    except frames.FrameError as fault:
        log.error("a reply was not sent: %s", fault)  # noqa: TRY400 - the sentence is enough
        return frames.encode({"id": reply["id"], "refused": "fault", "detail": {}})
