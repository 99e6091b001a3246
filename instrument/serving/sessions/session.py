"""One pupil's session: a namespace, its widgets and its comms; answers comm messages and executes nothing."""

from __future__ import annotations

import contextvars
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from instrument.serving.sessions import frames
from instrument.serving.sessions.registry import CONTROL, CURRENT, PARENT, SessionComms
from instrument.store.client import IN_HAND

if TYPE_CHECKING:
    from collections.abc import Callable

    from instrument.serving.sessions.frames import Message
    from instrument.serving.sessions.names import Names
    from instrument.serving.sessions.notebook import CompiledNotebook
    from instrument.store.client import Session as BrokerSession

MOST_COMMS: Final = 2000
CHANNEL: Final = "shell"
NO_STREAM: Final[Any] = None
"""What a kernel gives comm and comm does not use."""
PROTOCOL: Final = "5.3"
KERNEL: Final = {
    "status": "ok",
    "protocol_version": PROTOCOL,
    "implementation": "weerglas",
    "implementation_version": "1",
    "language_info": {
        "name": "python",
        "version": ".".join(map(str, sys.version_info[:3])),
        "mimetype": "text/x-python",
        "file_extension": ".py",
    },
    "banner": "",
    "help_links": [],
    "supported_features": [],
}


class Socket(Protocol):
    """Where a page listens."""

    def say(self, frame: bytes) -> None:
        """Send a frame."""

    def close(self, code: int, reason: str) -> None:
        """Send the page away."""


class SessionOver(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """Something in this session failed; says the kind of the fault, for its words may hold an answer."""

    def __init__(self, fault: BaseException) -> None:
        super().__init__(type(fault).__name__)


class Session:
    """Stands where a kernel would, for one page of one visit."""

    def __init__(self, name: str, names: Names, broker: BrokerSession | None = None) -> None:
        self.name, self.broker = name, broker
        self.widgets: dict[str, Any] = {}
        self.comms = SessionComms()
        self.outputs: list[list[dict[str, Any]]] = []
        self.namespace: dict[str, Any] = {}
        self.socket: Socket | None = None
        self.fault: BaseException | None = None
        self.last_heard = time.monotonic()
        self._names, self._n_comms, self._n_said = names, 0, 0
        self._speaker = uuid.uuid4().hex
        self._context = contextvars.copy_context()
        self._context.run(CURRENT.set, self)
        self._context.run(IN_HAND.set, broker)

    def __repr__(self) -> str:
        return "Session()"

    def start(self, notebook: CompiledNotebook) -> None:
        """Run the notebook; raises `SessionOver`."""
        self._run(self._start, notebook)

    def hear(self, frame: bytes) -> None:
        """Answer one frame of the page; raises `MalformedFrame` or `SessionOver`."""
        message = frames.read(frame)
        self.last_heard = time.monotonic()
        if message.channel == CHANNEL and message.kind in ANSWERS:
            self._run(self._answer, message)

    def say(
        self,
        channel: str,
        kind: str,
        content: dict[str, Any],
        *,
        metadata: dict[str, Any] | None = None,
        buffers: list[bytes] | None = None,
    ) -> None:
        """Send a message to the page; without a page to nobody, for a page that comes asks for everything."""
        if self.socket is None:
            return
        self._n_said += 1
        header = {
            "msg_id": f"{self._speaker}_{self._n_said}",
            "msg_type": kind,
            "username": "weerglas",
            "session": self._speaker,
            "date": datetime.now(UTC).isoformat(),
            "version": PROTOCOL,
        }
        self.socket.say(
            frames.write(channel, [header, PARENT.get({}), metadata or {}, content], buffers or ())
        )

    @property
    def n_comms(self) -> int:
        """How many comms this session has opened, those that are closed included."""
        return self._n_comms

    def next_comm(self) -> str:
        """Return the name of the next comm: the so many-th of this session on every worker."""
        if len(self.comms.comms) >= MOST_COMMS:
            raise RuntimeError("too many comms")
        self._n_comms += 1
        return self._names.comm(self.name, self._n_comms)

    def end(self) -> None:
        """Close every widget, so that nothing of this session is left."""
        self.socket = None
        self._context.run(self._close)

    def _run(self, work: Callable[..., None], subject: object) -> None:
        try:
            self._context.run(work, subject)
        except Exception as fault:
            raise SessionOver(fault) from fault
        if self.fault is not None:
            raise SessionOver(self.fault)

    def _start(self, notebook: CompiledNotebook) -> None:
        self.namespace = notebook.run(self.outputs)

    def _answer(self, message: Message) -> None:
        PARENT.set(message.header)
        self.say("iopub", "status", {"execution_state": "busy"})
        try:
            ANSWERS[message.kind](self, message)
        finally:
            self.say("iopub", "status", {"execution_state": "idle"})

    def _kernel_info(self, _message: Message) -> None:
        self.say(CHANNEL, "kernel_info_reply", KERNEL)

    def _comm_info(self, message: Message) -> None:
        target = message.content.get("target_name")
        known = {
            name: {"target_name": line.target_name}
            for name, line in self.comms.comms.items()
            if target in (None, line.target_name)
        }
        self.say(CHANNEL, "comm_info_reply", {"comms": known, "status": "ok"})

    def _comm_open(self, message: Message) -> None:
        """Open the widgets' control; tell a page that asks for anything else that it is closed."""
        name, target = (message.content.get(key) for key in ("comm_id", "target_name"))
        if not isinstance(name, str) or name in self.comms.comms or len(self.comms.comms) >= MOST_COMMS:
            return
        if target == CONTROL:
            self.comms.comm_open(NO_STREAM, "", self._as_dict(message))
        else:
            self.say("iopub", "comm_close", {"data": {}, "comm_id": name})

    def _comm_msg(self, message: Message) -> None:
        """Hand a message to its widget, which validates what it takes."""
        line = self._line(message)
        if line is not None and isinstance(message.content.get("data"), dict):
            line.handle_msg(self._as_dict(message))

    def _comm_close(self, message: Message) -> None:
        """Close the control that the page opened; widgets are closed by the notebook alone."""
        line = self._line(message)
        if line is not None and line.target_name == CONTROL:
            self.comms.comm_close(NO_STREAM, "", self._as_dict(message))

    def _line(self, message: Message) -> Any:  # noqa: ANN401 - a comm, or None
        name = message.content.get("comm_id")
        return self.comms.comms.get(name) if isinstance(name, str) else None

    def _as_dict(self, message: Message) -> dict[str, Any]:
        return {
            "header": message.header,
            "msg_id": message.header["msg_id"],
            "msg_type": message.kind,
            "metadata": message.metadata,
            "content": message.content,
            "buffers": message.buffers,
        }

    def _close(self) -> None:
        for widget in list(self.widgets.values()):
            widget.close()
        self.widgets.clear()
        self.comms.comms.clear()
        self.namespace.clear()
        self.outputs.clear()


ANSWERS: Final[dict[str, Callable[[Session, Message], None]]] = {
    "kernel_info_request": Session._kernel_info,  # noqa: SLF001 - its own methods, named by message
    "comm_info_request": Session._comm_info,  # noqa: SLF001
    "comm_open": Session._comm_open,  # noqa: SLF001
    "comm_msg": Session._comm_msg,  # noqa: SLF001
    "comm_close": Session._comm_close,  # noqa: SLF001
}
"""What is answered; everything else, whatever would execute, inspect or stop, is not heard at all."""
