"""Voilà's own files under addresses that change when they do: a browser asks for each of them once."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.metadata import version
from typing import Final

from jupyter_server.base.handlers import FileFindHandler
from voila.static_file_handler import MultiStaticFileHandler

from instrument.serving.assets import FOR_GOOD

NAMED_BY_CONTENT: Final = re.compile(r"\.[0-9a-f]{8,}\.(?:js|css|woff2?)$")
"""How the packers of widget libraries name a file after what is in it."""


@cache
def edition() -> str:
    """Return a name for the front end that is installed: its files say nothing of their version."""
    return hashlib.sha256(f"voila {version('voila')}".encode()).hexdigest()[:16]


class LastingStatic(MultiStaticFileHandler):
    """`/voila/static/EDITION/NAME`."""

    def set_extra_headers(self, path: str) -> None:  # noqa: ARG002 - tornado gives it
        """Let a browser keep it for good."""
        self.set_header("Cache-Control", FOR_GOOD)


class LastingExtensions(FileFindHandler):
    """`/voila/labextensions/NAME`: what is named after its content is kept, the rest asked for again."""

    def set_headers(self) -> None:
        """Let a browser keep what can never be another file."""
        super().set_headers()
        if NAMED_BY_CONTENT.search(self.request.path):
            self.set_header("Cache-Control", FOR_GOOD)
