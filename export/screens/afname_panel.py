"""The afname: chosen and opened, its slips and letters printed, its last day moved."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export.screens.afname_form import AfnameForm
from export.screens.letters_form import LettersForm
from export.screens.slips_form import SlipsForm
from export.screens.telling import Telling, display, hidden, rendered, texts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from instrument.store import client


class AfnamePanel:
    """The station Afname."""

    def __init__(self, session: client.Session, *, changed: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._changed = changed
        self._texts = texts("afname")
        self.title = self._texts["titel"]
        self._telling = Telling()
        self._summary = widgets.HTML()
        self._form = AfnameForm(self._open)
        self._last_day = widgets.DatePicker(description=self._texts["laatste_dag"])
        self._shown_last_day: str | None = None
        self._extend = widgets.Button(description=self._texts["verlengen"])
        self._extend.on_click(lambda _button: self._telling.soon(self._move_last_day))
        self._slips, self._letters = SlipsForm(session, changed=changed), LettersForm(session)
        moving = [widgets.HTML(rendered("kop.html", kop=self._texts["verlengen_kop"])), self._last_day]
        self._while_open = hidden(self._slips.box, self._letters.box, *moving, self._extend)
        self._while_none = hidden(self._form.box)
        self.box = widgets.VBox([self._summary, self._telling.place, self._while_none, self._while_open])

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show the open afname, or the form for a new one."""
        afname = state["afname"]
        is_open = bool(afname and not afname["closed_on"])
        self._while_open.layout.display = display(shown=is_open)
        self._while_none.layout.display = display(shown=not is_open)
        self._summary.value = rendered("afname.html", texts=self._texts, **state)
        if is_open:
            self._show_last_day(state["closes_on"])
            self._slips.show(state)
            await self._letters.show(state)
        else:
            self._form.show(state)

    def _show_last_day(self, closes_on: str | None) -> None:
        if closes_on != self._shown_last_day:
            self._shown_last_day = closes_on
            self._last_day.value = date.fromisoformat(closes_on) if closes_on else None

    def _open(self, wanted: Mapping[str, Any]) -> None:
        async def work() -> None:
            await self._session.call("open_afname", **wanted)
            self._telling.say(self._texts["geopend"])
            await self._changed()

        self._telling.soon(work)

    async def _move_last_day(self) -> None:
        chosen = self._last_day.value
        if chosen is None:
            self._telling.say(self._texts["geen_dag"], fault=True)
            return
        await self._session.call("extend_afname", closes_on=chosen.isoformat())
        self._telling.say(self._texts["verlengd"])
        await self._changed()
