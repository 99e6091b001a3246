"""`/metrics` on a loopback port of its own, where no pupil comes: the sum of what all workers said last."""

from __future__ import annotations

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

from instrument.serving.metrics import exposition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from instrument.serving.metrics import Snapshot
    from instrument.serving.supervision import Watched

LOOPBACK: Final = "127.0.0.1"
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def open_door(port: int, processes: Sequence[Watched]) -> ThreadingHTTPServer:
    """Serve the figures of some processes from a thread; raises `OSError` where the port is taken."""
    server = ThreadingHTTPServer((LOOPBACK, port), partial(_Door, partial(_said, processes)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _said(processes: Sequence[Watched]) -> Iterable[Snapshot]:
    """Return what each worker of each nursery said, and how many they are."""
    said = [snapshot for process in processes for snapshot in process.said or ()]
    return [*said, {"counts": {}, "gauges": {"workers_up": float(len(said))}, "times": {}}]


class _Door(BaseHTTPRequestHandler):
    def __init__(self, said: Callable[[], Iterable[Snapshot]], *arguments: object) -> None:
        self._said = said
        super().__init__(*arguments)  # type: ignore[arg-type]  # the server's own

    def do_GET(self) -> None:
        if self.path != "/metrics":
            self.send_error(404)
            return
        text = exposition(self._said()).encode()
        self.send_response(200)
        self.send_header("Content-Type", TYPE)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's name
        """Log nothing: it is asked every few seconds."""
