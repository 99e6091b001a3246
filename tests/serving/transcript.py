"""What a notebook says to its page, from a real kernel and from a session, in a form that compares."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import uuid
from dataclasses import dataclass, field
from itertools import pairwise
from queue import Empty
from typing import TYPE_CHECKING, Any

import nbformat
from jupyter_client.manager import start_new_kernel

from instrument.serving.sessions import registry
from instrument.serving.sessions.names import Names
from instrument.serving.sessions.notebook import CompiledNotebook
from instrument.serving.sessions.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTROL = "ab" * 16
SPOKEN = ("comm_open", "comm_msg", "comm_close", "comm_info_reply", "kernel_info_reply", "status")
NAME = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
PATIENCE, SHORTLY = 30.0, 0.25
CONTROL_VERSION = {"version": "1.0.0"}


@dataclass(frozen=True)
class Step:
    """One message of a page; `widget` counts the comms that the notebook opened."""

    kind: str
    content: dict[str, Any] = field(default_factory=dict)
    widget: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


def update(widget: int, **state: object) -> Step:
    return Step("comm_msg", {"data": {"method": "update", "state": state, "buffer_paths": []}}, widget)


def custom(widget: int, **content: object) -> Step:
    return Step("comm_msg", {"data": {"method": "custom", "content": content}}, widget)


OPEN_CONTROL = Step(
    "comm_open",
    {"comm_id": CONTROL, "target_name": "jupyter.widget.control", "data": {}},
    metadata=CONTROL_VERSION,
)
ASK_STATES = Step("comm_msg", {"comm_id": CONTROL, "data": {"method": "request_states"}})


def notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of some cells."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(made, path)
    return path


def of_kernel(file: Path, steps: list[Step]) -> list[Any]:
    """Return what a real kernel says: while the notebook runs, then after each step."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        said = [
            message
            for cell in nbformat.read(file, 4).cells
            for message in _heard(client, client.execute(cell.source))
        ]
        names = [message["content"]["comm_id"] for message in said if message["msg_type"] == "comm_open"]
        for step in steps:
            message = client.session.msg(step.kind, _addressed(step, names), metadata=step.metadata)
            client.shell_channel.send(message)
            said += _heard(client, message["header"]["msg_id"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return comparable(said)


def _heard(client: Any, msg_id: str) -> Iterator[dict[str, Any]]:
    """Give what is said in answer to a message, and what follows shortly after the kernel is idle."""
    patience = PATIENCE
    for ask in (client.get_iopub_msg, client.get_shell_msg):
        try:
            while True:
                message = ask(timeout=patience)
                if message["parent_header"].get("msg_id") == msg_id:
                    yield message
                    if message["content"].get("execution_state") == "idle":
                        patience = SHORTLY
        except Empty:
            pass


class Listener:
    """A page that keeps what it hears."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.closed: int | None = None

    def say(self, frame: bytes) -> None:
        self.frames.append(frame)

    def close(self, code: int, _reason: str) -> None:
        self.closed = code

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [_unpacked(frame) for frame in self.frames]


def of_session(file: Path, steps: list[Step], loop: asyncio.AbstractEventLoop) -> list[Any]:
    """Return what a session says: while the notebook runs, then after each step."""
    session, page = opened(file)
    session.start(CompiledNotebook(file))
    names = [message["content"]["comm_id"] for message in page.messages if message["msg_type"] == "comm_open"]

    said = page.messages

    async def talk() -> None:
        for number, step in enumerate(steps):
            page.frames.clear()
            session.hear(frame(step.kind, _addressed(step, names), number=number, metadata=step.metadata))
            await asyncio.sleep(SHORTLY)
            # A kernel's replies come on a channel of their own, which is read after the other.
            said.extend(sorted(page.messages, key=lambda message: message["msg_type"].endswith("_reply")))

    loop.run_until_complete(talk())
    session.end()
    return comparable(said)


def opened(_file: Path | None = None) -> tuple[Session, Listener]:
    """Return a session that has run nothing yet, and who listens to it."""
    registry.install()
    # a name of its own: what an earlier test left to the garbage collector must not close this one
    session, page = Session(str(uuid.uuid4()), Names("secret of a test")), Listener()
    session.socket = page
    return session, page


def frame(
    kind: str,
    content: Any,
    *,
    number: int = 1,
    metadata: dict[str, Any] | None = None,
    channel: str = "shell",
) -> bytes:
    """Return the frame of a message as a page sends it."""
    about = {"msg_id": f"step {number}", "msg_type": kind, "username": "", "session": "x"}
    header = {**about, "date": "2026-11-22T06:00:00Z", "version": "5.3"}
    return packed(channel, header, {}, metadata or {}, content)


def packed(channel: str, *parts: object) -> bytes:
    """Return a frame of any parts, escaped as no browser would."""
    written = [channel.encode(), *(json.dumps(part).encode() for part in parts)]
    offsets = [8 * (len(written) + 2)]
    for part in written:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(written)


def comparable(said: list[dict[str, Any]]) -> list[Any]:
    """Return kind, content, metadata, buffers and parent of each message, with comms counted, not named."""
    kept = [message for message in said if message["msg_type"] in SPOKEN and _is_of_page(message)]
    rows = [
        (
            message["msg_type"],
            sorted(message["content"]) if message["msg_type"] == "kernel_info_reply" else message["content"],
            message["metadata"] if message["msg_type"].startswith("comm_") else {},
            [bytes(part).hex() for part in message["buffers"]],
            message["parent_header"].get("msg_type", "execute_request"),
        )
        for message in kept
    ]
    opened = [row[1]["comm_id"] for row in rows if row[0] == "comm_open"]
    return json.loads(_numbered(opened)(json.dumps(rows, default=str)))


def _is_of_page(message: dict[str, Any]) -> bool:
    """Leave out how busy a kernel was with cells, which a session runs before there is a page."""
    of_cell = message["parent_header"].get("msg_type", "execute_request") == "execute_request"
    return not (of_cell and message["msg_type"] == "status")


def _numbered(opened: list[str]) -> Callable[[str], str]:
    known = {CONTROL: "control", **{name: f"comm {number}" for number, name in enumerate(opened)}}
    return lambda text: NAME.sub(lambda found: known.get(found[0], found[0]), text)


def _addressed(step: Step, names: list[str]) -> dict[str, Any]:
    return step.content if step.widget is None else {"comm_id": names[step.widget], **step.content}


def _unpacked(raw: bytes) -> dict[str, Any]:
    count = int.from_bytes(raw[:8], "little")
    offsets = [int.from_bytes(raw[8 * (i + 1) : 8 * (i + 2)], "little") for i in range(count)]
    parts = [raw[begin:end] for begin, end in pairwise(offsets)]
    header, parent, metadata, content = map(json.loads, parts[1:5])
    return {
        "msg_type": header["msg_type"],
        "header": header,
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": parts[5:],
    }
