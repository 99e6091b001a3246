"""The letter to parents and the instruction for teachers: read, changed, kept for this school, printed."""

from __future__ import annotations

import asyncio
import os
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export import dutch
from export.screens.download import Download
from export.screens.telling import Telling, rendered, texts
from instrument.paper import letters, slips
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Mapping

PDF = "application/pdf"


class LettersForm:
    """One text at a time: ours until the school keeps its own."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("brieven")
        self._telling = Telling()
        self._state: Mapping[str, Any] = {}
        self._own: dict[str, str] | None = None
        kinds = self._texts["soorten"]
        self._kind = widgets.Dropdown(
            description=self._texts["soort"], options=[(kinds[kind], kind) for kind in letters.KINDS]
        )
        self._kind.observe(lambda _change: self._fill(), "value")
        self._text = widgets.Textarea(description=self._texts["tekst"], rows=16)
        self._text.layout.width = "100%"
        self._download = Download()
        heading = widgets.HTML(rendered("kop.html", kop=self._texts["kop"], uitleg=self._texts["uitleg"]))
        buttons = widgets.HBox(
            [
                self._button("bewaren", self._keep),
                self._button("terug", self._take_back),
                self._button("afdrukken", self._print),
            ]
        )
        self.box = widgets.VBox(
            [heading, self._kind, self._text, buttons, self._telling.place, self._download]
        )

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show the texts of this school, asked for once; what somebody is writing stays."""
        self._state = state
        if self._own is None:
            self._own = (await self._session.call("letters"))["letters"]
            self._fill()

    def _button(self, name: str, work: Any) -> widgets.Button:  # noqa: ANN401 - a coroutine function
        button = widgets.Button(description=self._texts[name])
        button.on_click(lambda _button: self._telling.soon(work))
        return button

    def _fill(self) -> None:
        self._text.value = (self._own or {}).get(self._kind.value) or letters.own(self._kind.value)

    async def _keep(self) -> None:
        kind, text = self._kind.value, self._text.value
        await self._session.call("keep_letter", kind=kind, text=text)
        self._own = {**(self._own or {}), kind: text}
        self._telling.say(self._texts["bewaard"])

    async def _take_back(self) -> None:
        kind = self._kind.value
        await self._session.call("keep_letter", kind=kind, text="")
        self._own = {name: text for name, text in (self._own or {}).items() if name != kind}
        self._fill()
        self._telling.say(self._texts["teruggezet"])

    async def _print(self) -> None:
        school = self._state["school"]
        pdf = await asyncio.to_thread(
            letters.as_pdf, self._text.value, self._known(), simulated=school["simulated"]
        )
        self._download.offer(f"brief-{self._kind.value}.pdf", PDF, pdf)
        self._telling.say(self._texts["afgedrukt"])

    def _known(self) -> dict[str, str]:
        days = {name: self._state[name] for name in ("opens_on", "closes_on")}
        shown = {name: dutch.day(date.fromisoformat(day)) if day else "…" for name, day in days.items()}
        return {
            "school": self._state["school"]["name"],
            "schooljaar": self._state["afname"]["schooljaar"],
            "eerste_dag": shown["opens_on"],
            "laatste_dag": shown["closes_on"],
            "adres": slips.shown(os.environ.get(client.ADDRESS_VARIABLE, "")),
        }
