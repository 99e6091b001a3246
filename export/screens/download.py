"""A file that the page hands to the browser: its bytes go over the page's own socket, into no address."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import anywidget
import traitlets

from export.screens import telling

HERE: Final = Path(__file__).parent


class Download(anywidget.AnyWidget):
    """Put it into a panel's box; `offer` makes the browser save a file, and leaves a link to save it again.

    The bytes are in no trait: they are not kept here, and a page that is loaded anew does not get them.
    """

    _esm = (HERE / "download.js").read_text("utf-8")
    words = traitlets.Dict(telling.texts("download")).tag(sync=True)

    def offer(self, name: str, media_type: str, content: bytes) -> None:
        """Hand one file over, as in `offer("brief.pdf", "application/pdf", pdf)`; an earlier one goes."""
        self.send({"kind": "offer", "name": name, "media_type": media_type}, buffers=[content])

    def withdraw(self) -> None:
        """Take the file out of the page's memory."""
        self.send({"kind": "withdraw"})

    def __repr__(self) -> str:
        return "Download()"
