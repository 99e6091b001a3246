from __future__ import annotations

import asyncio
import socket
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrument.store import frames

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
MESSAGES = st.dictionaries(st.text("abc"), st.recursive(LEAVES, st.lists, max_leaves=5))


def read(data: bytes, *, limit: int = frames.SMALL) -> frames.Message:
    async def go() -> frames.Message:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        return await frames.read(stream, limit=limit)

    return asyncio.run(go())


@given(MESSAGES)
def test_a_message_comes_back_as_it_went(message: frames.Message) -> None:
    """Both ways of reading agree."""
    frame = frames.encode(message)
    one, other = socket.socketpair()
    with one, other:
        one.sendall(frame)
        assert frames.receive(other) == message == read(frame)


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (struct.pack(">I", 2**32 - 1), "a frame of 4294967295 bytes; at most 16384"),
        (struct.pack(">I", 5) + b"{oops", "no JSON"),
        (struct.pack(">I", 2) + b"\xff\xfe", "no JSON"),
        (struct.pack(">I", 2) + b"[]", "no JSON object"),
        (struct.pack(">I", 16000) + b"[" * 16000, "no JSON"),
    ],
)
def test_what_is_no_frame_is_refused(frame: bytes, fault: str) -> None:
    """The length is judged before a byte of the rest is read."""
    with pytest.raises(frames.FrameError, match=fault):
        read(frame)


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    """A half-sent answer must not stand in a log."""
    with pytest.raises(frames.FrameError) as refusal:
        read(struct.pack(">I", 26) + b'{"item": "VB01", "value": ')
    assert "VB01" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_a_frame_that_stops_half_way_does_not_keep_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller that falls silent within a frame is let go."""
    monkeypatch.setattr(frames, "STALLED", 0.01)

    async def go() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(struct.pack(">I", 10) + b"{")
        await frames.read(stream, limit=frames.SMALL)

    with pytest.raises(frames.FrameError, match="half way"):
        asyncio.run(go())
