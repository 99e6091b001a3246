"""A text that people take elsewhere: an e-mail to colleagues, a message in a school's app."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

from export.screens import telling


class Copyable(anywidget.AnyWidget):
    """A read-only text with a button that copies it."""

    _esm = (Path(__file__).parent / "copyable.js").read_text("utf-8")
    words = traitlets.Dict(telling.texts("copyable")).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)

    def __repr__(self) -> str:
        return "Copyable()"
