"""The coordinator's page: the response while open, three means after closing, the school's toestemming.

The page never waits: it asks the broker in tasks, and shows what it has. What it may show is decided by the
broker, which hands a coordinator counts of used codes and released figures only.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from export import dutch
from export.levering import toestemming
from export.levering.toestemming_form import ToestemmingFaults
from export.screens.toestemming_panel import ToestemmingPanel
from instrument.school import Schooljaar, today
from instrument.store import client

HERE: Final = Path(__file__).parent
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined
)
TEMPLATES.filters["day"] = lambda text: dutch.day(date.fromisoformat(text))
REFRESH_EVERY: Final = 3.0
"""Seconds between two looks at the response."""


def page() -> widgets.Widget:
    """Return the page for the session of this process, or a line that says how to get one."""
    session = client.session_from_environment()
    if session is None:
        return widgets.HTML(_show("message.html", lines=[_texts()["geen_sessie"]], fault=True))
    return CoordinatorPage(session).box


class CoordinatorPage:
    """One coordinator's page."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = _texts()
        self._afname: dict[str, Any] | None = None
        self._heading, self._response, self._results, self._message = (widgets.HTML() for _ in range(4))
        self._sure = widgets.Checkbox(description=self._texts["sluiten_zeker"], indent=False)
        self._sure.layout.width = "auto"
        self._close = widgets.Button(
            description=self._texts["sluiten"], disabled=True, button_style="primary"
        )
        self._sure.observe(self._allow_closing, "value")
        self._close.on_click(lambda _button: self._soon(self._close_afname))
        self._closing = _hidden(self._sure, self._close)
        self._panel = ToestemmingPanel(
            self._texts, today=today(), give=lambda: self._soon(self._give, self._panel.message)
        )
        explained = widgets.HTML(_show("toestemming.html", texts=self._texts))
        self._mandate = _hidden(explained, self._panel.box)
        self.box = widgets.VBox(
            [self._heading, self._message, self._response, self._closing, self._results, self._mandate]
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._soon(self._follow)

    def _soon(self, work: Callable[[], Awaitable[None]], place: widgets.HTML | None = None) -> None:
        """Do work in a task; what goes wrong is said in a place on the page, never raised into the void."""
        task = asyncio.get_event_loop().create_task(self._told(work, place or self._message))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _told(self, work: Callable[[], Awaitable[None]], place: widgets.HTML) -> None:
        try:
            await work()
        except client.BrokerUnreachable:
            _say(place, self._texts["onbereikbaar"], fault=True)
        except client.Refused as refusal:
            reasons = self._texts["geweigerd"]
            _say(place, reasons.get(refusal.reason, reasons["anders"]), fault=True)
        except ToestemmingFaults as faults:
            _say(place, *map(self._panel.named, faults.faults), fault=True)

    async def _follow(self) -> None:
        while True:
            await self._told(self._refresh, self._message)
            if self._afname is not None and self._afname["closed_on"] is not None:
                return
            await asyncio.sleep(REFRESH_EVERY)

    async def _refresh(self) -> None:
        state = await self._session.call("school")
        self._afname = state["afname"]
        used = await self._session.call("response") if self._afname else {}
        self._heading.value = _show("heading.html", texts=self._texts, **state)
        self._response.value = _show("response.html", texts=self._texts, afname=self._afname, used=used)
        is_open = self._afname is not None and self._afname["closed_on"] is None
        self._closing.layout.display = _display(shown=is_open)
        if self._afname is not None and not is_open:
            self._results.value = _show("results.html", **await self._session.call("results"))
            self._mandate.layout.display = _display(shown=True)

    def _allow_closing(self, change: dict[str, Any]) -> None:
        self._close.disabled = not change["new"]

    async def _close_afname(self) -> None:
        await self._session.call("close_afname")
        await self._refresh()
        _say(self._message, self._texts["gesloten"])

    async def _give(self) -> None:
        if self._afname is None:
            return
        schooljaar = Schooljaar.parse(self._afname["schooljaar"])
        events = (await self._session.call("toestemming"))["events"]
        event = toestemming.give(
            self._panel.filled_in,
            vestigingsnummer=self._afname["vestigingsnummer"],
            schooljaar=schooljaar,
            today=today(),
            current=toestemming.current(events, schooljaar),
        )
        await self._session.call("give_toestemming", type=event["type"], fields=event["payload"])
        delivered_from = dutch.day(date.fromisoformat(event["payload"]["leverdatum"]))
        _say(self._panel.message, self._texts["toestemming_gegeven"].format(datum=delivered_from))


def _texts() -> dict[str, Any]:
    return tomllib.loads((HERE / "texts" / "coordinator.toml").read_text("utf-8"))


def _show(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    return TEMPLATES.get_template(template).render(values)


def _say(place: widgets.HTML, *lines: str, fault: bool = False) -> None:
    place.value = _show("message.html", lines=lines, fault=fault)


def _hidden(*children: widgets.Widget) -> widgets.VBox:
    box = widgets.VBox(list(children))
    box.layout.display = _display(shown=False)
    return box


def _display(*, shown: bool) -> str | None:
    return None if shown else "none"
