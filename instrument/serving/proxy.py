"""The way from a worker to the office: what belongs to a coordinator is passed on as it came."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

from tornado.httpclient import HTTPRequest
from tornado.httputil import HTTPHeaders, parse_response_start_line
from tornado.netutil import Resolver
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.web import HTTPError, RequestHandler
from tornado.websocket import WebSocketClientConnection, websocket_connect

if TYPE_CHECKING:
    from collections.abc import Callable

    from tornado.httputil import HTTPServerRequest

PATIENCE: Final = 120.0
"""Seconds: a kernel of a coordinator starts while the page waits."""
HOP_BY_HOP: Final = (
    "Connection",
    "Transfer-Encoding",
    "Content-Length",
    "Keep-Alive",
    "Upgrade",
    "Server",
    "Date",
)
PASSED_ON: Final = (
    "Host", "Cookie", "Origin", "Referer", "Content-Type", "Accept", "Accept-Encoding", "Accept-Language",
    "X-Xsrftoken", "If-None-Match", "If-Modified-Since", "User-Agent",
)  # fmt: skip
LARGEST_FROM_OFFICE: Final = 100 * 1024 * 1024


class OfficeLine:
    """Speaks HTTP to the office's Unix socket."""

    def __init__(self, path: str) -> None:
        self._resolver = _OneSocket(path)
        self._client = SimpleAsyncHTTPClient(
            force_instance=True, resolver=self._resolver, max_clients=200, max_body_size=LARGEST_FROM_OFFICE
        )

    async def fetch(self, asked: HTTPServerRequest, answer: _Answer) -> None:
        """Ask what was asked; the answer is written as it arrives."""
        request = HTTPRequest(
            f"http://office{asked.uri}",
            method=asked.method or "GET",
            headers=_passed_on(asked),
            body=asked.body or None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response=False,
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
            header_callback=answer.head,
            streaming_callback=answer.body,
        )
        await self._client.fetch(request, raise_error=False)

    async def open(
        self, asked: HTTPServerRequest, heard: Callable[[Any], None], protocols: list[str]
    ) -> WebSocketClientConnection:
        """Open the same WebSocket at the office."""
        request = HTTPRequest(f"ws://office{asked.uri}", headers=_passed_on(asked))
        return await websocket_connect(
            request,
            on_message_callback=heard,
            subprotocols=protocols,
            max_message_size=LARGEST_FROM_OFFICE,
            resolver=self._resolver,
        )


class _OneSocket(Resolver):
    """Resolves every name to one Unix socket."""

    def initialize(self, path: str) -> None:
        self._path = path

    async def resolve(self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC) -> Any:  # noqa: ANN401, ARG002 - as tornado's
        return [(socket.AF_UNIX, self._path)]


async def pass_on(handler: RequestHandler) -> None:
    """Answer a request as the office answers it, part by part; 503 while it is away."""
    answer = _Answer(handler)
    try:
        await handler.settings["office"].fetch(handler.request, answer)
    except OSError as fault:
        raise HTTPError(503) from fault
    if not answer.begun:
        raise HTTPError(503)
    handler.finish()


class _Answer:
    """Writes what the office says, as it arrives."""

    def __init__(self, handler: RequestHandler) -> None:
        self._handler, self._lines = handler, list[str]()
        self.begun = False

    def head(self, line: str) -> None:
        self._lines.append(line)
        if line.strip():
            return
        first, *rest = self._lines
        start, headers = parse_response_start_line(first.strip()), HTTPHeaders.parse("".join(rest))
        self._handler.set_status(start.code, start.reason)
        for name in (*headers, "Content-Type"):
            self._handler.clear_header(name)
        for name, value in headers.get_all():
            if name not in HOP_BY_HOP:
                self._handler.add_header(name, value)
        self._lines, self.begun = [], True

    def body(self, chunk: bytes) -> None:
        self._handler.write(chunk)
        self._handler.flush()


class ToOffice(RequestHandler):
    """An address that is a coordinator's alone."""

    def check_xsrf_cookie(self) -> None:
        """Leave it to the office, which gave the token."""

    async def prepare(self) -> None:
        """Pass the request on, whatever its method."""
        await pass_on(self)


def _passed_on(asked: HTTPServerRequest) -> HTTPHeaders:
    headers = HTTPHeaders({name: asked.headers[name] for name in PASSED_ON if name in asked.headers})
    headers["X-Real-Ip"], headers["X-Scheme"] = str(asked.remote_ip), asked.protocol
    return headers
