"""The stations of a page: a row of buttons, one of them open; a reload finds the same one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable


class Stations(anywidget.AnyWidget):
    """`chosen` is the code of the open station, at first empty; a browser can write anything there."""

    _esm = (Path(__file__).parent / "stations.js").read_text("utf-8")
    label = traitlets.Unicode().tag(sync=True)
    stations: traitlets.List[dict[str, str]] = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)

    def __init__(self, label: str, titles: dict[str, str], *, opened: Callable[[str], None]) -> None:
        listed = [{"code": code, "title": title} for code, title in titles.items()]
        super().__init__(label=label, stations=listed)
        self._known = tuple(titles)
        self._opened = opened
        self.observe(self._tell, "chosen")

    def _tell(self, change: dict[str, str]) -> None:
        if change["new"] in self._known:
            self._opened(change["new"])

    def __repr__(self) -> str:
        return "Stations()"
