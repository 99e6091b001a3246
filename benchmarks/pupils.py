"""Simulated pupils who open the questionnaire and answer, each way as its own page would."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import time
import uuid
from abc import ABC, abstractmethod
from typing import Any, Final
from urllib.parse import urlencode

from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, websocket_connect

V1: Final = "v1.kernel.websocket.jupyter.org"
PATIENCE: Final = 120.0
CONTROL: Final = "jupyter.widget.control"
WIDGET: Final = "AnyModel"


class Pupil(ABC):
    """One browser: its cookies, its socket, its answers."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cookies: dict[str, str] = {}
        self._http = SimpleAsyncHTTPClient(force_instance=True, max_clients=4)
        self._n_sent = 0

    @abstractmethod
    async def open(self) -> None:
        """Open the page, until a question can be answered."""

    @abstractmethod
    async def answer(self, item: str, value: int) -> None:
        """Choose an answer, until it is acknowledged."""

    async def timed(self, work: Any) -> float:  # noqa: ANN401 - a coroutine
        """Return the seconds that something takes."""
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            await work
        return time.perf_counter() - started

    async def get(self, path: str, **form: str) -> HTTPResponse:
        """Ask for a page, or send a form; cookies come and go."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        request = HTTPRequest(
            self.address + path,
            method="POST" if form else "GET",
            body=urlencode(form) if form else None,
            headers={"Cookie": cookies},
            follow_redirects=False,
            request_timeout=PATIENCE,
            connect_timeout=PATIENCE,
        )
        reply = await self._http.fetch(request, raise_error=False)
        for line in reply.headers.get_list("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return reply


class FormPupil(Pupil):
    """A plain form over HTTP."""

    async def open(self) -> None:
        """Load the form."""
        await self.get("/")

    async def answer(self, item: str, value: int) -> None:
        """Send one answer."""
        await self.get("/", **{item: str(value)})


class SocketPupil(Pupil):
    """Whoever speaks with the widget over a kernel's socket."""

    socket: WebSocketClientConnection
    comm: str

    async def answer(self, item: str, value: int) -> None:
        """Choose, and hear "saved" under this number."""
        self._n_sent += 1
        save = {"kind": "save", "seq": self._n_sent, "page": self.page, "item": item, "value": value}
        await self.say("comm_msg", self._custom(save))
        await self.hear("saved", seq=self._n_sent)

    async def connect(self, path: str, **options: Any) -> None:  # noqa: ANN401 - tornado's
        """Open the socket with our cookies."""
        self.page = uuid.uuid4().hex
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        request = HTTPRequest(
            self.address.replace("http", "ws", 1) + path,
            headers={"Cookie": cookies},
            connect_timeout=PATIENCE,
        )
        self.socket = await websocket_connect(request, max_message_size=2**27, **options)

    async def begin(self) -> None:
        """Say hello to the widget, and hear what to show."""
        await self.say("comm_msg", self._custom({"kind": "hello"}))
        await self.hear("start")

    async def hear(self, kind: str, **about: object) -> None:
        """Wait for what the widget says."""
        while True:
            header, content = await self.next()
            said = content.get("data", {}).get("content", {}) if header["msg_type"] == "comm_msg" else {}
            if said.get("kind") == kind and about.items() <= said.items():
                return

    async def say(self, kind: str, content: dict[str, Any], **metadata: str) -> None:
        """Send one message."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "username": "", "session": self.page}
        parts = [{**header, "date": "2026-11-22T06:00:00Z", "version": "5.3"}, {}, metadata, content]
        await self.socket.write_message(self.packed(parts), binary=self.is_binary)

    async def next(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return header and content of the next message."""
        raw = await self.socket.read_message()
        if raw is None:
            raise ConnectionError("the socket was closed")
        return self.unpacked(raw)

    is_binary = True

    def packed(self, parts: list[dict[str, Any]]) -> bytes | str:
        """Return a frame of the v1 protocol."""
        written = [b"shell", *(json.dumps(part).encode() for part in parts)]
        offsets = [8 * (len(written) + 2)]
        for part in written:
            offsets.append(offsets[-1] + len(part))
        return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(written)

    def unpacked(self, raw: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - bytes or text
        """Return header and content of a frame of the v1 protocol."""
        (count,) = struct.unpack("<Q", raw[:8])
        offsets = struct.unpack(f"<{count}Q", raw[8 : 8 * (count + 1)])
        return json.loads(raw[offsets[1] : offsets[2]]), json.loads(raw[offsets[4] : offsets[5]])

    def _custom(self, said: dict[str, Any]) -> dict[str, Any]:
        return {"comm_id": self.comm, "data": {"method": "custom", "content": said}}


class WeerglasPupil(SocketPupil):
    """Our own page, after the door."""

    async def enter(self, code: str) -> None:
        """Fill in the deelnamecode."""
        form = await self.get("/")
        token = re.search(rb'name="_xsrf" value="([^"]+)"', form.body)
        reply = await self.get("/", _xsrf=token[1].decode() if token else "", deelnamecode=code)
        if reply.headers.get("Location") != "/leerling":
            raise ConnectionError(f"the door answered {reply.code}")

    async def open(self) -> None:
        """Load the page and begin over its socket."""
        reply = await self.get("/leerling")
        found = re.search(r"data-kernel='([^']+)'", reply.body.decode())
        kernel = json.loads(found[1]) if found else {}
        self.comm = kernel["comm"]
        await self.connect(f"{kernel['sockets']}{kernel['kernel']}/channels?session_id=x", subprotocols=[V1])
        await self.begin()


class VoilaPupil(SocketPupil):
    """Stock Voilà's page, whose front end first asks for every widget."""

    async def open(self) -> None:
        """Load the page, ask for the widgets, and begin."""
        reply = await self.get("/")
        found = re.search(r'"kernelId":\s*"([^"]+)"', reply.body.decode())
        if found is None:
            raise ConnectionError(f"no kernel in the page, status {reply.code}")
        await self.connect(
            f"/api/kernels/{found[1]}/channels?session_id={uuid.uuid4().hex}", subprotocols=[V1]
        )
        control = uuid.uuid4().hex
        await self.say("comm_open", {"comm_id": control, "target_name": CONTROL, "data": {}}, version="1.0.0")
        await self.say("comm_msg", {"comm_id": control, "data": {"method": "request_states"}})
        while True:
            _header, content = await self.next()
            states = content.get("data", {}).get("states", {})
            widgets = [name for name, model in states.items() if model["model_name"] == WIDGET]
            if widgets:
                self.comm = widgets[0]
                break
        await self.begin()


class SolaraPupil(SocketPupil):
    """Solara's page, which asks the server to run the app and then mounts it."""

    is_binary = False

    async def open(self) -> None:
        """Load the page, run the app, and begin."""
        await self.get("/")
        await self.connect(f"/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={uuid.uuid4()}")
        control = uuid.uuid4().hex
        await self.say("comm_open", {"comm_id": control, "target_name": "solara.control", "data": {}})
        run = {"method": "run", "args": {"path": "", "appName": None}}
        await self.say("comm_msg", {"comm_id": control, "data": run})
        while True:
            header, content = await self.next()
            if header["msg_type"] == "comm_open" and WIDGET in json.dumps(content):
                self.comm = content["comm_id"]
            if content.get("data", {}).get("method") == "finished":
                break
        await self.begin()

    def packed(self, parts: list[dict[str, Any]]) -> str:
        """Return a message as Solara's front end writes it."""
        header, parent, metadata, content = parts
        return json.dumps(
            {
                "channel": "shell",
                "header": header,
                "parent_header": parent,
                "metadata": metadata,
                "content": content,
                "buffers": [],
            }
        )

    def unpacked(self, raw: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - bytes or text
        """Return header and content, of text or of Jupyter's older binary form."""
        if isinstance(raw, bytes):
            count = struct.unpack("!I", raw[:4])[0]
            offsets = [*struct.unpack(f"!{count}I", raw[4 : 4 * (count + 1)]), len(raw)]
            raw = raw[offsets[0] : offsets[1]]
        message = json.loads(raw)
        return message["header"], message["content"]


AsyncHTTPClient.configure(None, max_clients=2000)
