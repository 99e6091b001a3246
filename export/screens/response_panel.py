"""The response of an open afname: used codes per stamgroep, what is still needed, a reminder, closing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export import response
from export.screens.copyable import Copyable
from export.screens.telling import Telling, display, hidden, rendered, texts
from instrument.paper import letters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from instrument.store import client


class ResponsePanel:
    """The station Respons."""

    def __init__(self, session: client.Session, *, changed: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._changed = changed
        self._texts = texts("respons")
        self.title = self._texts["titel"]
        self._telling = Telling()
        self._turn = asyncio.Lock()
        self._latest: Mapping[str, Any] = {}
        self._table = widgets.HTML()
        self._reminder = Copyable(label=self._texts["herinnering_kop"])
        self._sure = widgets.Checkbox(description=self._texts["sluiten_zeker"], indent=False)
        self._sure.layout.width = "auto"
        self._close = widgets.Button(
            description=self._texts["sluiten"], disabled=True, button_style="primary"
        )
        self._sure.observe(self._allow_closing, "value")
        self._close.on_click(lambda _button: self._telling.soon(self._close_afname))
        closing = widgets.HTML(rendered("closing.html", texts=self._texts))
        self._while_open = hidden(self._reminder, closing, self._sure, self._close)
        self.box = widgets.VBox([self._table, self._while_open, self._telling.place])

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show the numbers of now; what they say takes a moment, and follows."""
        is_open = bool(state["afname"] and not state["afname"]["closed_on"])
        self._while_open.layout.display = display(shown=is_open)
        self._latest = state
        self._telling.soon(self._judge)

    async def _judge(self) -> None:
        async with self._turn:  # else an earlier state, judged slowly, would end up over a later one
            state = self._latest
            # Behind it stands scipy, which takes a second to load the first time: the page goes on meanwhile.
            standing = await asyncio.to_thread(response.standing, state) if state["afname"] else None
            self._table.value = rendered("response.html", texts=self._texts, standing=standing, **state)
            if standing is not None and not state["afname"]["closed_on"]:
                own = (await self._session.call("letters"))["letters"].get("herinnering")
                self._reminder.text = response.reminder(own or letters.own("herinnering"), state, standing)

    def _allow_closing(self, change: dict[str, Any]) -> None:
        self._close.disabled = not change["new"]

    async def _close_afname(self) -> None:
        await self._session.call("close_afname")
        self._sure.value = False
        await self._changed()
