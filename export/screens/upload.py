"""A file that somebody chooses in the browser: its bytes come in parts, are handed on, and not kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets

from export.screens import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

LONGEST_NAME: Final = 200


class Upload(anywidget.AnyWidget):
    """A field for one file; `chosen(name, content)` gets it whole, `too_large()` hears of a refusal."""

    _esm = (Path(__file__).parent / "upload.js").read_text("utf-8")
    words = traitlets.Dict(telling.texts("upload")).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    accept = traitlets.Unicode().tag(sync=True)
    largest = traitlets.Int().tag(sync=True)

    def __init__(
        self,
        label: str,
        *,
        accept: str,
        largest: int,
        chosen: Callable[[str, bytes], None],
        too_large: Callable[[], None],
    ) -> None:
        super().__init__(label=label, accept=accept, largest=largest)
        self._most = largest
        self._chosen, self._too_large = chosen, too_large
        self._name, self._size, self._content = "", 0, bytearray()
        self.on_msg(self._hear)

    def _hear(self, _widget: object, message: Any, buffers: Sequence[memoryview]) -> None:  # noqa: ANN401
        match message:
            case {"kind": "too_large"}:
                self._too_large()
            case {"kind": "begin", "name": str(name), "size": int(size)}:
                self._begin(name[:LONGEST_NAME], size)
            case {"kind": "part", "from": int(begin)} if buffers and begin == len(self._content):
                self._take(bytes(buffers[0]))

    def _begin(self, name: str, size: int) -> None:
        # A browser can say anything; what it says is larger than we take is not asked for.
        if not 0 <= size <= self._most:
            self._too_large()
            return
        self._name, self._size, self._content = name, size, bytearray()
        self._go_on()

    def _take(self, part: bytes) -> None:
        if not part or len(self._content) + len(part) > self._size:
            return
        self._content += part
        self._go_on()

    def _go_on(self) -> None:
        if len(self._content) < self._size:
            self.send({"kind": "more", "from": len(self._content)})
            return
        content, self._content = bytes(self._content), bytearray()
        self.send({"kind": "done"})
        self._chosen(self._name, content)

    def __repr__(self) -> str:
        return "Upload()"
