"""Clients of the broker: what the server, the kernels and the command line hold instead of a store."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from instrument.store import frames
from instrument.store.operator_client import BlockingClient, BrokerUnreachable, Operator, operator
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from types import TracebackType

    from instrument.store.frames import Message

__all__ = [
    "BlockingClient",
    "BrokerClient",
    "BrokerUnreachable",
    "Operator",
    "Refused",
    "Session",
    "connect",
    "operator",
    "session_from_environment",
]

PATIENCE: Final = 30.0
"""Seconds to wait for a reply; who waited in vain may ask again, for saving and submitting are idempotent."""
BROKER_VARIABLE: Final = "WEERGLAS_BROKER"
SESSION_VARIABLE: Final = "WEERGLAS_SESSION"
ADDRESS_VARIABLE: Final = "WEERGLAS_ADDRESS"
"""Where the page of this process was asked for."""


class Session:
    """A capability at a broker; what the holder may ask is decided there."""

    def __init__(self, broker: BrokerClient, capability: str) -> None:
        self._broker = broker
        self._capability = capability

    async def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the answer to a request; raises `Refused` or `BrokerUnreachable`."""
        return await self._broker.call(op, capability=self._capability, **fields)


IN_HAND: Final[ContextVar[Session | None]] = ContextVar("the session of the notebook that is running")
"""Set where one process runs many notebooks; None is a notebook that runs for show."""


def session_from_environment() -> Session | None:
    """Return the session that the server gave this notebook; None in one that nobody served."""
    with suppress(LookupError):
        return IN_HAND.get()
    socket, capability = os.environ.get(BROKER_VARIABLE), os.environ.get(SESSION_VARIABLE)
    return Session(BrokerClient(Path(socket)), capability) if socket and capability else None


def connect(socket: Path) -> BrokerClient:
    """Return a client for the running event loop; it connects at the first call, and again when it has to."""
    return BrokerClient(socket)


class BrokerClient:
    """Asks the broker without blocking; any number of calls may be under way on its one connection."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._number = 0
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the answer to a request; raises `Refused` or `BrokerUnreachable`."""
        connection = await self._connected()
        self._number += 1
        reply = await connection.ask({**fields, "id": self._number, "op": op})
        if "refused" in reply:
            raise Refused(reply["refused"], reply.get("detail"))
        answer: dict[str, Any] = reply["ok"]
        return answer

    async def close(self) -> None:
        """End the connection; a later call makes a new one."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _connected(self) -> _Connection:
        async with self._connecting:
            if self._connection is None or self._connection.is_over:
                self._connection = await _Connection.to(self._socket)
            return self._connection


class _Connection:
    def __init__(self, stream: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._back = back
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._reading = asyncio.create_task(self._read(stream))

    @classmethod
    async def to(cls, socket: Path) -> _Connection:
        try:
            return cls(*await asyncio.open_unix_connection(socket))
        except OSError as fault:
            raise BrokerUnreachable(socket) from fault

    @property
    def is_over(self) -> bool:
        return self._reading.done()

    async def ask(self, message: Message) -> Message:
        frame = frames.encode(message)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[message["id"]] = answer
        try:
            self._back.write(frame)
            async with asyncio.timeout(PATIENCE):
                return await answer
        except (TimeoutError, ConnectionError) as fault:
            raise BrokerUnreachable from fault
        finally:
            self._asked.pop(message["id"], None)

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        try:
            while True:
                reply = await frames.read(stream, limit=frames.LARGE)
                answer = self._asked.get(reply.get("id", -1))
                if answer is not None and not answer.done():
                    answer.set_result(reply)
        except (asyncio.IncompleteReadError, OSError, frames.FrameError):
            pass  # whoever still waits hears it below
        finally:
            self._back.close()
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError())
