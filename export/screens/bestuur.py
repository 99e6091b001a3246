"""The page of a bevoegd gezag: which vestigingen consented, are delivered, or miss; its own akkoord."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export.dutch import day
from export.levering import overzicht
from export.levering.spreadsheet import csv_bytes
from export.screens.download import Download
from export.screens.saying_again import SaidAgain
from export.screens.telling import Telling, rendered, texts
from instrument.school import Schooljaar, today
from instrument.store import client
from instrument.store.records import school_from_dict
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from instrument.school import School

FILE = "overzicht-{nummer}-{schooljaar}.csv"


def page() -> widgets.Widget:
    """Return the page for the session of this process, or a line that says how to get one."""
    session = client.session_from_environment()
    if session is None:
        return widgets.HTML(rendered("message.html", lines=[texts("telling")["geen_sessie"]], fault=True))
    return SaidAgain.around(BoardPage(session).box)


class BoardPage:
    """One board's page."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("bestuur")
        self._telling = Telling(faults=(RuleFaults,))
        self._overview = widgets.HTML()
        self._download = Download()
        self._known: Sequence[Mapping[str, Any]] = ()
        self._number = ""
        self._request_id = secrets.token_hex(16)
        self._vestiging = self._field(widgets.Dropdown(), "vestiging")
        self._name = self._field(widgets.Text(), "naam")
        self._role = self._field(widgets.Text(), "functie")
        self.box = widgets.VBox([*self._seen(), *self._agreeing(), self._telling.place])
        self._telling.soon(self._show)

    def _seen(self) -> list[widgets.Widget]:
        return [self._overview, self._button("downloaden", self._offer), self._download]

    def _agreeing(self) -> list[widgets.Widget]:
        words = {"title": self._texts["akkoord_kop"], "explained": self._texts["akkoord_uitleg"]}
        head = widgets.HTML(rendered("step.html", **words))
        return [head, self._vestiging, self._name, self._role, self._button("akkoord", self._agree)]

    async def _show(self) -> None:
        self._number = (await self._session.call("vestigingen"))["bevoegd_gezag_nummer"]
        self._known = await self._all()
        schools, events, year = self._read()
        lines = overzicht.lines(schools, events, year, today())
        self._overview.value = rendered(
            "bestuur.html",
            texts=self._texts,
            nummer=self._number,
            schooljaar=str(year),
            heads=overzicht.headings(),
            totals=overzicht.totals(schools, events, year),
            lines=[(line.cells, one["afname"]) for line, one in zip(lines, self._known, strict=True)],
        )
        chosen = self._vestiging.value or (schools[0].vestigingsnummer if schools else None)
        self._vestiging.options = [
            (f"{school.vestigingsnummer} {school.name}", school.vestigingsnummer) for school in schools
        ]
        self._vestiging.value = chosen

    async def _all(self) -> list[dict[str, Any]]:
        known: list[dict[str, Any]] = []
        after = ""
        while page := (await self._session.call("overview", after=after))["vestigingen"]:
            known += page
            after = page[-1]["school"]["vestigingsnummer"]
        return known

    async def _offer(self) -> None:
        schools, events, year = self._read()
        rows = [line.cells for line in overzicht.lines(schools, events, year, today())]
        name = FILE.format(nummer=self._number, schooljaar=year)
        self._download.offer(name, "text/csv", csv_bytes([overzicht.headings(), *rows]))

    async def _agree(self) -> None:
        fields = {"naam": self._name.value, "functie": self._role.value}
        asked = {"vestigingsnummer": self._vestiging.value, "schooljaar": str(self._read()[2])}
        try:
            answer = await self._session.call(
                "give_akkoord", **asked, fields=fields, request_id=self._request_id
            )
        except client.Refused as refusal:
            if "faults" not in refusal.detail:
                raise
            raise RuleFaults(tuple(refusal.detail["faults"])) from None
        self._request_id = secrets.token_hex(16)
        event = answer["event"]
        await self._show()
        said = self._texts["akkoord_gegeven"].format(
            school=self._vestiging.label, datum=day(date.fromisoformat(event["date"])), seq=event["seq"]
        )
        self._telling.say(said)

    def _read(self) -> tuple[list[School], dict[str, Any], Schooljaar]:
        """Return the schools, their events by vestigingsnummer, and the schooljaar that is running."""
        schools = [school_from_dict(one["school"]) for one in self._known]
        events = {one["school"]["vestigingsnummer"]: one["events"] for one in self._known}
        return schools, events, Schooljaar.of(today())

    def _field(self, field: widgets.ValueWidget, name: str) -> widgets.ValueWidget:
        field.description = self._texts["velden"][name]
        field.style.description_width = "22rem"
        field.layout.width = "42rem"
        field.layout.max_width = "100%"
        return field

    def _button(self, name: str, work: Any) -> widgets.Button:  # noqa: ANN401 - a coroutine function
        button = widgets.Button(description=self._texts[name])
        button.on_click(lambda _button: self._telling.soon(work))
        return button
