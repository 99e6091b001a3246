"""Frames of Jupyter's v1 kernel protocol: read with suspicion, written for one parent message."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from jupyter_client.jsonutil import json_default

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_FRAME: Final = 64 * 1024
MOST_PARTS: Final = 32
WORD: Final = 8
FEWEST_OFFSETS: Final = 6
"""Channel, header, parent, metadata, content, and the end of the content."""

Part = dict[str, Any]


class MalformedFrame(ValueError):  # noqa: N818 - it reads as the fact it is
    """Bytes that no page of ours sends; what they held is not repeated."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a page said."""

    channel: str
    header: Part
    metadata: Part = field(repr=False)
    content: Part = field(repr=False)
    buffers: list[memoryview] = field(repr=False)

    @property
    def kind(self) -> str:
        """The type of the message."""
        return str(self.header["msg_type"])


def is_well_formed(frame: bytes) -> bool:
    """Tell whether a frame of Jupyter's v1 kernel protocol has few parts, in order, inside itself.

    One frame with a huge count of offsets kept the stock server busy for good.
    """
    if not WORD <= len(frame) <= LARGEST_FRAME:
        return False
    count = int.from_bytes(frame[:WORD], "little")
    if not 0 < count <= MOST_PARTS or len(frame) < WORD * (count + 1):
        return False
    offsets = _offsets(frame)
    return offsets == sorted(offsets) and offsets[0] >= WORD * (count + 1) and offsets[-1] <= len(frame)


def read(frame: bytes) -> Message:
    """Return the message of a frame; raises `MalformedFrame`."""
    if not is_well_formed(frame):
        raise MalformedFrame
    offsets = _offsets(frame)
    if len(offsets) < FEWEST_OFFSETS:
        raise MalformedFrame
    parts = [memoryview(frame)[begin:end] for begin, end in pairwise(offsets)]
    channel, header, _parent, metadata, content, *buffers = parts
    message = Message(_text(channel), _object(header), _object(metadata), _object(content), buffers)
    if not all(isinstance(message.header.get(name), str) for name in ("msg_id", "msg_type")):
        raise MalformedFrame
    return message


def write(channel: str, parts: Sequence[Part], buffers: Sequence[Any] = ()) -> bytes:
    """Return the frame of a header, a parent header, metadata and content; raises `ValueError` for NaN."""
    packed = [channel.encode(), *map(_packed, parts), *map(bytes, buffers)]
    offsets = [WORD * (len(packed) + 2)]
    for part in packed:
        offsets.append(offsets[-1] + len(part))
    words = (offset.to_bytes(WORD, "little") for offset in (len(offsets), *offsets))
    return b"".join((*words, *packed))


def _packed(part: Part) -> bytes:
    return json.dumps(part, default=json_default, ensure_ascii=False, allow_nan=False).encode(
        errors="surrogateescape"
    )


def _offsets(frame: bytes) -> list[int]:
    count = int.from_bytes(frame[:WORD], "little")
    words = (frame[WORD * i : WORD * (i + 1)] for i in range(1, count + 1))
    return [int.from_bytes(word, "little") for word in words]


def _text(part: memoryview) -> str:
    try:
        return bytes(part).decode()
    except UnicodeDecodeError as fault:
        raise MalformedFrame from fault


def _object(part: memoryview) -> Part:
    try:
        value = json.loads(_text(part), parse_constant=_refused)
    except (ValueError, RecursionError) as fault:
        raise MalformedFrame from fault
    if not isinstance(value, dict):
        raise MalformedFrame
    return value


def _refused(_constant: str) -> None:
    """Refuse NaN and Infinity, which are no JSON and could not be written back."""
    raise MalformedFrame
