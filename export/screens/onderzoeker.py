"""The page of a researcher: closed afnamen of an edition and schooljaar as one file, without classes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.screens.download import Download
from export.screens.saying_again import SaidAgain
from export.screens.telling import Telling, rendered, texts
from instrument.school import Schooljaar
from instrument.store import client
from instrument.store.records import afname_from_dict, school_from_dict

if TYPE_CHECKING:
    from instrument.afname import Afname

PAGE: Final = 1_000
"""Responses asked for at a time."""
FORMS: Final = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "sav": "application/x-spss-sav",
}


def page() -> widgets.Widget:
    """Return the page for the session of this process, or a line that says how to get one."""
    session = client.session_from_environment()
    if session is None:
        return widgets.HTML(rendered("message.html", lines=[texts("telling")["geen_sessie"]], fault=True))
    return SaidAgain.around(ResearcherPage(session).box)


class ResearcherPage:
    """One choice, and one file."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("onderzoeker")
        self._telling = Telling(faults=(ValueError,))
        self._closed: list[Afname] = []
        self._schools: dict[str, Any] = {}
        self._wanted = widgets.Dropdown(description=self._texts["keuze"])
        self._form = widgets.Dropdown(description=self._texts["vorm"], options=list(FORMS))
        self._make = widgets.Button(description=self._texts["maken"], button_style="primary")
        self._make.on_click(lambda _button: self._telling.soon(self._extract))
        self._download = Download()
        heading = widgets.HTML(rendered("aanbieder.html", texts=self._texts))
        self.box = widgets.VBox(
            [heading, self._wanted, self._form, self._make, self._telling.place, self._download]
        )
        self._telling.soon(self._show)

    async def _show(self) -> None:
        known = await self._session.call("extracts")
        self._closed = [afname_from_dict(one) for one in known["afnames"]]
        self._schools = {one["vestigingsnummer"]: school_from_dict(one) for one in known["schools"]}
        choices = sorted({(str(one.schooljaar), one.edition) for one in self._closed}, reverse=True)
        self._wanted.options = [(f"{year}, {edition}", (year, edition)) for year, edition in choices]
        if not choices:
            self._telling.say(self._texts["niets"])

    async def _extract(self) -> None:
        if self._wanted.value is None:
            self._telling.say(self._texts["niets"], fault=True)
            return
        from export.account import extract  # noqa: PLC0415 - pandas, needed only now

        year, edition = self._wanted.value
        self._telling.say(self._texts["bezig"])
        chosen = [
            one for one in self._closed if (one.schooljaar, one.edition) == (Schooljaar.parse(year), edition)
        ]
        parts = [
            extract.Part(self._schools[one.vestigingsnummer], one, await self._rows(one)) for one in chosen
        ]
        name = f"{edition}-{year}.{self._form.value}"
        content = await asyncio.to_thread(_written, parts, edition, name)
        self._download.offer(name, FORMS[self._form.value], content)
        self._telling.say(self._texts["gemaakt"].format(scholen=len(parts)))

    async def _rows(self, afname: Afname) -> list[Any]:
        rows, after = list[Any](), None
        while True:
            fields = {"afname_id": afname.afname_id, "after": after, "limit": PAGE}
            found = await self._session.call("responses", **fields)
            rows += found["rows"]
            after = found["after"]
            if after is None:
                return rows


def _written(parts: list[Any], edition: str, name: str) -> bytes:
    from export.account import extract, research_file, stored  # noqa: PLC0415 - pandas, needed only now

    data = extract.research_data(parts, edition=edition)
    stored.check(data, name)
    return research_file.written(data, Path(name))
