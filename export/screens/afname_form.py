"""The form for a new afname: which questionnaire, modules, days and stamgroepen; and a try of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.screens.telling import Telling, rendered, texts
from instrument import catalogue
from instrument.school import today
from instrument.screens.conversation import Trial
from instrument.screens.leerling import Leerling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from instrument.questionnaire import Edition

USUAL_DAYS: Final = 21
"""Three school weeks, as most schools take."""
DUTCH: Final = "nl"


class AfnameForm:
    """Calls `wanted` with the fields of the broker's `open_afname`."""

    def __init__(self, wanted: Callable[[Mapping[str, Any]], None]) -> None:
        self._wanted = wanted
        self._texts = texts("afname")
        self._telling = Telling()
        self._sector, self._roster = "", list[dict[str, Any]]()
        self._edition = widgets.Dropdown(description=self._texts["vragenlijst"])
        self._edition.observe(lambda _change: self._offer(), "value")
        self._modules, self._groups = widgets.VBox(), widgets.VBox()
        self._first = widgets.DatePicker(description=self._texts["eerste_dag"], value=today())
        self._last = widgets.DatePicker(
            description=self._texts["laatste_dag"], value=today() + timedelta(days=USUAL_DAYS)
        )
        self._trial = widgets.VBox()
        self.box = widgets.VBox(self._parts())

    def _parts(self) -> list[widgets.Widget]:
        opening = widgets.Button(description=self._texts["openen"], button_style="primary")
        opening.on_click(lambda _button: self._ask())
        trying = widgets.Button(description=self._texts["proberen"])
        trying.on_click(lambda _button: self._turn_trial())
        explained = {
            name: _heading(self._texts[name], self._texts[f"{name}_uitleg"])
            for name in ("modules", "dagen", "stamgroepen")
        }
        return [
            *(self._edition, explained["modules"], self._modules, trying, self._trial),
            *(explained["dagen"], self._first, self._last, explained["stamgroepen"], self._groups),
            *(opening, self._telling.place),
        ]

    def show(self, state: Mapping[str, Any]) -> None:
        """Offer what fits the school: editions of its sector, its own stamgroepen."""
        if state["school"]["sector"] != self._sector:
            self._sector = state["school"]["sector"]
            offered = [edition for code in catalogue.bundled() if (edition := catalogue.edition(code))]
            own = [edition for edition in offered if edition.sector == self._sector]
            self._edition.options = [(_named(edition), edition.code) for edition in own]
            self._edition.value = own[0].code if own else None
        if state["roster"] != self._roster:
            self._roster = list(state["roster"])
            self._offer()

    def _offer(self) -> None:
        if self._edition.value is None:
            self._telling.say(self._texts["geen_vragenlijst"], fault=True)
            return
        self._telling.silence()
        edition = catalogue.edition(self._edition.value)
        self._modules.children = [_box(one.title[DUTCH], one.code, chosen=False) for one in edition.modules]
        self._groups.children = [
            _box(
                self._texts["stamgroep"].format(**group),
                group["name"],
                chosen=group["leerjaar"] in edition.leerjaren,
            )
            for group in self._roster
        ]
        self._trial.children = ()

    def _ask(self) -> None:
        fields = {
            "edition": self._edition.value,
            "modules": _chosen(self._modules),
            "stamgroepen": _chosen(self._groups),
            "opens_on": self._first.value and self._first.value.isoformat(),
            "closes_on": self._last.value and self._last.value.isoformat(),
        }
        missing = [name for name in self._texts["ontbreekt"] if not fields[name]]
        if missing:
            self._telling.say(*(self._texts["ontbreekt"][name] for name in missing), fault=True)
            return
        self._telling.silence()
        self._wanted(fields)

    def _turn_trial(self) -> None:
        """Show the questionnaire as a pupil gets it, or put it away."""
        if self._trial.children:
            self._trial.children = ()
        elif self._edition.value is not None:
            trial = Trial(self._edition.value, tuple(_chosen(self._modules)))
            self._trial.children = (Leerling(trial),)


def _heading(title: str, explained: str) -> widgets.HTML:
    return widgets.HTML(rendered("kop.html", kop=title, uitleg=explained))


def _named(edition: Edition) -> str:
    return f"{edition.title[DUTCH]} ({edition.code})"


def _box(label: str, code: str, *, chosen: bool) -> widgets.Checkbox:
    box = widgets.Checkbox(description=label, value=chosen, indent=False)
    box.layout.width = "auto"
    box.code = code
    return box


def _chosen(place: widgets.VBox) -> list[str]:
    return [box.code for box in place.children if box.value]
