"""The school as this monitor knows it: its name and kind, and how many pupils each stamgroep has."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export.screens.download import Download
from export.screens.roster_table import RosterTable
from export.screens.telling import Telling, rendered, texts
from export.screens.upload import Upload
from instrument.afname import Stamgroep
from instrument.roster import example, reader
from instrument.roster.rules import RosterFaults, checked, of_form
from instrument.school import ONDERWIJSSOORTEN, SECTORS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from instrument.store import client

ACCEPTED = ".csv,.txt,.xlsx,.xml"


class SchoolPanel:
    """The station School."""

    def __init__(self, session: client.Session, *, changed: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._changed = changed
        self._texts = texts("school")
        self.title = self._texts["titel"]
        self._telling = Telling(faults=(RosterFaults,))
        self._state: dict[str, Any] = {}
        self._facts = widgets.HTML()
        self._fields = self._school_fields()
        self._table = RosterTable(asked=lambda rows: self._telling.soon(lambda: self._keep_roster(rows)))
        self._upload = Upload(
            self._texts["bestand"],
            accept=ACCEPTED,
            largest=reader.LARGEST,
            chosen=lambda name, content: self._telling.soon(lambda: self._read(name, content)),
            too_large=lambda: self._telling.say(self._texts["te_groot"], fault=True),
        )
        self._download = Download()
        self.box = widgets.VBox(self._parts())

    def _school_fields(self) -> dict[str, widgets.ValueWidget]:
        fields = {
            "name": widgets.Text(),
            "sector": widgets.Dropdown(options=self._options("sectoren", SECTORS)),
            "onderwijssoort": widgets.Dropdown(options=self._options("onderwijssoorten", ONDERWIJSSOORTEN)),
        }
        for name, field in fields.items():
            field.description = self._texts["velden"][name]
        return fields

    def _parts(self) -> list[widgets.Widget]:
        explained = widgets.HTML(rendered("roster.html", texts=self._texts))
        keeping = widgets.Button(description=self._texts["school_bewaren"])
        keeping.on_click(lambda _button: self._telling.soon(self._keep_school))
        offering = widgets.Button(description=self._texts["voorbeeld"])
        offering.on_click(lambda _button: self._telling.soon(self._offer_example))
        form = [self._facts, *self._fields.values(), keeping]
        files = [self._upload, offering, self._download]
        return [*form, explained, self._table, self._telling.place, *files]

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show what is kept; what somebody is filling in stays."""
        if state["school"] != self._state.get("school"):
            for name, field in self._fields.items():
                field.value = state["school"][name]
        if state["roster"] != self._state.get("roster"):
            self._table.show(_groups(state["roster"]))
        self._state = dict(state)
        self._facts.value = rendered("school.html", texts=self._texts, **state)

    async def _keep_school(self) -> None:
        fields = {name: field.value for name, field in self._fields.items()}
        await self._session.call("change_school", **fields)
        self._telling.say(self._texts["school_bewaard"])
        await self._changed()

    async def _keep_roster(self, rows: list[dict[str, Any]]) -> None:
        groups = checked(of_form(rows), sector=self._fields["sector"].value)
        kept = [{"name": one.name, "leerjaar": one.leerjaar, "pupils": one.pupils} for one in groups]
        await self._session.call("keep_roster", schooljaar=self._state["schooljaar"], stamgroepen=kept)
        self._telling.say(self._texts["bewaard"].format(aantal=sum(one.pupils for one in groups)))
        await self._changed()

    async def _read(self, name: str, content: bytes) -> None:
        school = self._state["school"]
        found = await asyncio.to_thread(
            reader.read, content, sector=school["sector"], vestigingsnummer=school["vestigingsnummer"]
        )
        self._table.show(found.groups)
        pupils = sum(group.pupils for group in found.groups)
        self._telling.say(
            self._texts["gelezen"].format(naam=name, groepen=len(found.groups), aantal=pupils), *found.notes
        )

    async def _offer_example(self) -> None:
        self._download.offer(
            example.NAME, example.MEDIA_TYPE, example.content(self._state["school"]["sector"])
        )

    def _options(self, words: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
        return [(self._texts[words][code], code) for code in codes]


def _groups(listed: list[dict[str, Any]]) -> list[Stamgroep]:
    return [Stamgroep(one["name"], one["leerjaar"], one["pupils"]) for one in listed]
