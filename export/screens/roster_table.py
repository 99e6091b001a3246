"""The stamgroepen of a school as a table to fill in; what somebody fills in is asked, not yet kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from export.screens import telling
from instrument.afname import Stamgroep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class RosterTable(anywidget.AnyWidget):
    """A table of name, leerjaar and pupils; `asked` gets what stands in it when it is to be kept."""

    _esm = (Path(__file__).parent / "roster_table.js").read_text("utf-8")
    words = traitlets.Dict(telling.texts("school")["tabel"]).tag(sync=True)
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)

    def __init__(self, *, asked: Callable[[list[dict[str, Any]]], None]) -> None:
        super().__init__()
        self._asked = asked
        self.on_msg(self._hear)

    def show(self, groups: Iterable[Stamgroep]) -> None:
        """Put these stamgroepen into the table, in the place of whatever stands there."""
        self.rows = [
            {"naam": group.name, "leerjaar": group.leerjaar, "leerlingen": group.pupils} for group in groups
        ]

    def _hear(self, _widget: object, message: object, _buffers: object) -> None:
        match message:
            case {"kind": "keep", "rows": list(rows)} if all(isinstance(row, dict) for row in rows):
                self._asked(rows)

    def __repr__(self) -> str:
        return "RosterTable()"
