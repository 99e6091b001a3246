"""Frames: one JSON object behind four bytes of length; refuses what is too long before reading it."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import socket

Message: TypeAlias = dict[str, Any]

SMALL: Final = 16 * 1024
"""Bytes in a frame of a pupil, a coordinator or the server."""
LARGE: Final = 1024 * 1024
"""Bytes in a frame of an operator, and in any reply."""

STALLED: Final = 30.0
"""Seconds in which a frame that was begun must have arrived."""

_LENGTH: Final = struct.Struct(">I")


class FrameError(Exception):
    """Bytes that are no frame; the message says what is wrong and never repeats them."""


def encode(message: Message, *, limit: int = LARGE) -> bytes:
    """Return a message as a frame, or raise `FrameError` where it would be too long."""
    # In ASCII, which can spell whatever a caller sent and wants back, half surrogate pairs included.
    body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
    _check_length(len(body), limit)
    return _LENGTH.pack(len(body)) + body


async def read(stream: asyncio.StreamReader, *, limit: int) -> Message:
    """Read one message; raises `FrameError`, or `asyncio.IncompleteReadError` at the end of the stream."""
    length = _length(await stream.readexactly(_LENGTH.size), limit)
    try:
        async with asyncio.timeout(STALLED):
            return _decode(await stream.readexactly(length))
    except TimeoutError:
        raise FrameError("a frame that stopped half way") from None


def receive(connection: socket.socket, *, limit: int = LARGE) -> Message:
    """Read one message from a blocking socket; raises `FrameError`, or `EOFError` at its end."""
    length = _length(_receive_exactly(connection, _LENGTH.size), limit)
    return _decode(_receive_exactly(connection, length))


def _length(header: bytes, limit: int) -> int:
    length: int = _LENGTH.unpack(header)[0]
    _check_length(length, limit)
    return length


def _check_length(length: int, limit: int) -> None:
    if length > limit:
        raise FrameError(f"a frame of {length} bytes; at most {limit} are taken here")


def _decode(body: bytes) -> Message:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as fault:
        # The fault of the JSON reader holds the text that it read: it goes no further than here.
        raise FrameError(f"a frame that is no JSON ({type(fault).__name__})") from None
    if not isinstance(message, dict):
        raise FrameError("a frame that is no JSON object")
    return message


def _receive_exactly(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise EOFError
        received += part
    return bytes(received)
