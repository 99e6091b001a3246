"""The kernel's address, as a page knows it: a pupil's session answers here, a coordinator's in the office."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tornado.iostream import StreamBufferFullError, StreamClosedError
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from instrument.serving.proxy import pass_on
from instrument.serving.sessions.frames import MalformedFrame
from instrument.serving.sessions.pace import Pace
from instrument.serving.sessions.register import Register, SessionOver, TooMany
from instrument.serving.visitors import Visitor

if TYPE_CHECKING:
    from tornado.websocket import WebSocketClientConnection

    from instrument.serving.sessions.session import Session

PROTOCOL: Final = "v1.kernel.websocket.jupyter.org"
MOST_UNREAD: Final = 2 * 1024 * 1024
"""Bytes that wait for a page that does not read; more, and its socket ends."""
MALFORMED, FAILED, BUSY, GOING_AWAY, REPLACED = 1003, 1011, 1013, 1001, 4001
logger: Final = logging.getLogger("weerglas.sessions")


class OwnSession(RequestHandler):
    """An address that names a session or a kernel: only its own visitor passes."""

    visitor: Visitor

    async def prepare(self) -> None:
        """Refuse everybody else; the office decides on its kernels itself."""
        visitor = self.settings["visitors"].of(self)
        if visitor is None:
            raise HTTPError(403)
        self.visitor = visitor
        name = self.path_kwargs["kernel_id"]
        if not visitor.is_of_office and not self.settings["names"].belongs(name, visitor.capability):
            raise HTTPError(403)

    @property
    def is_of_office(self) -> bool:
        """Whether the kernel is a real one."""
        return self.visitor.is_of_office


class SessionModel(OwnSession):
    """What there is to know of a session: that it is there for its visitor."""

    SUPPORTED_METHODS = ("GET",)

    async def get(self, kernel_id: str) -> None:
        """Answer as Jupyter does of a kernel; nobody asks for more."""
        if self.is_of_office:
            await pass_on(self)
            return
        now = datetime.now(UTC).isoformat()
        state = {"last_activity": now, "execution_state": "idle", "connections": 1}
        self.finish({"id": kernel_id, "name": "python3", **state})


class SessionFarewell(OwnSession):
    """A page that closes; its session waits, for a reload must find it."""

    SUPPORTED_METHODS = ("POST",)

    async def post(self, kernel_id: str) -> None:  # noqa: ARG002 - tornado gives it
        """Say that it was heard."""
        if self.is_of_office:
            await pass_on(self)
        else:
            self.set_status(204)


class KernelSocket(OwnSession, WebSocketHandler):
    """The WebSocket of a page."""

    _line: SessionLine | OfficeKernelLine | None = None

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Speak the v1 protocol, and with real kernels what the office speaks."""
        return PROTOCOL if PROTOCOL in subprotocols else None

    def get_compression_options(self) -> dict[str, Any] | None:
        """Pack what goes to pages of accounts, half a megabyte of widgets; a pupil hears a few words."""
        return {} if self.is_of_office else None

    async def open(self, kernel_id: str) -> None:
        """Connect the page with its session or its kernel."""
        self.set_nodelay(True)
        self.settings["sockets"].add(self)
        if self.is_of_office:
            self._line = await OfficeKernelLine.to_office(self)
        else:
            self._line = SessionLine.to_session(self, kernel_id)

    async def on_message(self, message: str | bytes) -> None:
        """Hand a frame on; the next is read when this one has been dealt with."""
        if self._line is not None:
            await self._line.hear(message)

    def on_close(self) -> None:
        """Let go of the line."""
        self.settings["sockets"].discard(self)
        if self._line is not None:
            self._line.leave()

    def say(self, frame: bytes | str) -> None:
        """Send to the page; a page that does not read loses its socket, not we our memory."""
        connection = self.ws_connection
        if connection is None:
            return
        try:
            sent = asyncio.ensure_future(self.write_message(frame, binary=isinstance(frame, bytes)))
        except (WebSocketClosedError, StreamClosedError):
            return
        except StreamBufferFullError:
            connection._abort()  # noqa: SLF001 - a farewell would wait behind what is not read
            return
        sent.add_done_callback(lambda future: future.exception())  # a page that went away is no fault


class SessionLine:
    """Between a page's socket and its session in this process."""

    def __init__(self, socket: KernelSocket, session: Session) -> None:
        self._socket, self._session, self._pace = socket, session, Pace()
        self._figures = socket.settings["figures"]
        self._register: Register = socket.settings["register"]

    @classmethod
    def to_session(cls, socket: KernelSocket, name: str) -> SessionLine | None:
        """Open the session, or close the socket with the reason."""
        try:
            session = socket.settings["register"].open(name, socket.visitor, socket.settings["broker"])
        except (SessionOver, TooMany) as reason:
            logger.warning("a session could not be opened: %s %s", type(reason).__name__, reason)
            socket.close(BUSY, "no session")
            return None
        line = cls(socket, session)
        line._attach()
        return line

    async def hear(self, frame: str | bytes) -> None:
        """Let the session answer; whatever fails ends this session and no other."""
        if wait := self._pace.wait():
            self._figures.count("frames_total", became="delayed")
            await asyncio.sleep(wait)
        if isinstance(frame, str):
            self._turn_away("malformed", MALFORMED)
            return
        try:
            with self._figures.timed("frame_seconds"):
                self._session.hear(frame)
        except MalformedFrame:
            self._turn_away("malformed", MALFORMED)
        except SessionOver as fault:
            logger.warning("a session was ended by %s", fault)
            self._register.end(self._session.name)
            self._turn_away("failed", FAILED)
        else:
            self._figures.count("frames_total", became="heard")

    def leave(self) -> None:
        """Leave the session waiting, unless another socket has it by now."""
        if self._session.socket is self._socket:
            self._register.leave(self._session)

    def _attach(self) -> None:
        earlier, self._session.socket = self._session.socket, self._socket
        if earlier is not None:
            earlier.close(REPLACED, "opened elsewhere")
        connection = self._socket.ws_connection
        if connection is not None and connection.stream is not None:
            connection.stream.max_write_buffer_size = MOST_UNREAD

    def _turn_away(self, became: str, code: int) -> None:
        self._figures.count("frames_total", became=became)
        self._socket.close(code, became)


class OfficeKernelLine:
    """Between a page's socket and the same one at the office."""

    def __init__(self, socket: KernelSocket) -> None:
        self._socket = socket
        self._office: WebSocketClientConnection

    @classmethod
    async def to_office(cls, socket: KernelSocket) -> OfficeKernelLine | None:
        """Connect, or close the socket where the office does not take it."""
        line = cls(socket)
        protocols = [socket.selected_subprotocol] if socket.selected_subprotocol else []
        try:
            line._office = await socket.settings["office"].open(socket.request, line._heard, protocols)
        except Exception as fault:  # noqa: BLE001 - refused, away or slow: the page tries again
            logger.info("the office did not take a socket: %s", type(fault).__name__)
            socket.close(BUSY, "no kernel")
            return None
        return line

    async def hear(self, frame: str | bytes) -> None:
        """Pass on."""
        try:
            await self._office.write_message(frame, binary=isinstance(frame, bytes))
        except WebSocketClosedError:
            self._socket.close(GOING_AWAY, "the kernel is gone")

    def leave(self) -> None:
        """Close the other end."""
        self._office.close()

    def _heard(self, frame: Any) -> None:  # noqa: ANN401 - bytes, text, or None at the end
        if frame is None:
            self._socket.close(GOING_AWAY, "the kernel is gone")
        else:
            self._socket.say(frame)
