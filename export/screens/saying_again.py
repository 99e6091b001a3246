"""What was said to a page while it was still loading is said again: Voilà's front end may have missed it.

A front end asks for the state of all widgets and only then listens to each; a change between the two is lost
to it for good, and a table that is filled once would stay empty. What is equal changes nothing there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anywidget
import ipywidgets as widgets

if TYPE_CHECKING:
    from collections.abc import Iterator

SAID: Final = frozenset(
    {"value", "index", "_options_labels", "disabled", "children", "rows", "text", "chosen"}
)
"""What a page changes of its widgets after it has made them; all the rest is long there."""


class SaidAgain(anywidget.AnyWidget):
    """Stands at the end of a page, shows nothing, and tells when the page stands there to be seen."""

    _esm = 'export default { render: ({ model }) => model.send({ kind: "shown" }) };'

    def __init__(self, box: widgets.Box) -> None:
        super().__init__()
        self._box = box
        self.on_msg(self._hear)

    @classmethod
    def around(cls, box: widgets.Box) -> widgets.Box:
        """Return a page with all that is in a box, said again once it is shown."""
        return widgets.VBox([box, cls(box)])

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        if message == {"kind": "shown"}:
            for widget in _all_in(self._box):
                _say(widget)

    def __repr__(self) -> str:
        return "SaidAgain()"


def _say(widget: widgets.Widget) -> None:
    changing = SAID.intersection(widget.keys)
    if changing and getattr(widget, "value", "?") != "":
        widget.send_state(list(changing))
    if isinstance(widget, widgets.Box):
        widget.layout.send_state(["display"])


def _all_in(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all_in(child)
