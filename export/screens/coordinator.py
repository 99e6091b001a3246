"""The coordinator's page: five stations of a school's year around one state, asked for again and again.

The page never waits: it asks the broker in tasks, and shows what it has. What it may show is decided by the
broker, which hands a coordinator counts of used codes and released figures only.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.screens.afname_panel import AfnamePanel
from export.screens.response_panel import ResponsePanel
from export.screens.results_panel import ResultsPanel
from export.screens.saying_again import SaidAgain
from export.screens.school_panel import SchoolPanel
from export.screens.stations import Stations
from export.screens.telling import Telling, display, rendered, texts
from export.screens.toestemming_panel import ToestemmingPanel
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from export.screens.panel import Panel

REFRESH_EVERY: Final = 3.0
"""Seconds between two looks at the state."""
SCHOOL, AFNAME, RESPONSE, RESULTS, TOESTEMMING = "school", "afname", "respons", "resultaten", "toestemming"


def page() -> widgets.Widget:
    """Return the page for the session of this process, or a line that says how to get one."""
    session = client.session_from_environment()
    if session is None:
        return widgets.HTML(rendered("message.html", lines=[texts("telling")["geen_sessie"]], fault=True))
    return SaidAgain.around(CoordinatorPage(session).box)


class CoordinatorPage:
    """One coordinator's page."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._state: dict[str, Any] = {}
        self._telling = Telling()
        self._heading = widgets.HTML()
        self._panels: dict[str, Panel] = {
            SCHOOL: SchoolPanel(session, changed=self._refresh),
            AFNAME: AfnamePanel(session, changed=self._refresh),
            RESPONSE: ResponsePanel(session, changed=self._refresh),
            RESULTS: ResultsPanel(session),
            TOESTEMMING: ToestemmingPanel(session),
        }
        self._boxes = {code: _station(panel) for code, panel in self._panels.items()}
        titles = {code: panel.title for code, panel in self._panels.items()}
        self._stations = Stations(texts("coordinator")["stations"], titles, opened=self._open)
        self.box = widgets.VBox([self._heading, self._telling.place, self._stations, *self._boxes.values()])
        self._telling.soon(self._follow)

    async def _follow(self) -> None:
        while True:
            try:
                await self._refresh()
            except client.BrokerUnreachable:
                self._telling.say(texts("telling")["onbereikbaar"], fault=True)
            else:
                self._telling.silence()
            await asyncio.sleep(REFRESH_EVERY)

    async def _refresh(self) -> None:
        earlier, self._state = self._state, await self._session.call("school")
        if self._state == earlier:
            return
        self._heading.value = rendered("heading.html", texts=texts("coordinator"), **self._state)
        if not self._stations.chosen or _is_closed(self._state) > _is_closed(earlier or self._state):
            self._stations.chosen = _where(self._state)
        await self._panels[self._open_station].show(self._state)

    @property
    def _open_station(self) -> str:
        chosen = self._stations.chosen
        return chosen if chosen in self._panels else _where(self._state)

    def _open(self, chosen: str) -> None:
        for code, box in self._boxes.items():
            box.layout.display = display(shown=code == chosen)
        if self._state:
            self._telling.soon(lambda: self._panels[chosen].show(self._state))


def _station(panel: Panel) -> widgets.VBox:
    box = widgets.VBox([widgets.HTML(rendered("station.html", title=panel.title)), panel.box])
    box.layout.display = display(shown=False)
    return box


def _is_closed(state: Mapping[str, Any]) -> bool:
    return bool(state["afname"] and state["afname"]["closed_on"])


def _where(state: Mapping[str, Any]) -> str:
    """Return the station at which a school of this state goes on."""
    if state["afname"] is None:
        return AFNAME if state["roster"] else SCHOOL
    return RESULTS if _is_closed(state) else RESPONSE
