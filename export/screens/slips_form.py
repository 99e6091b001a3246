"""Making slips: codes are drawn, put on paper and handed to the browser; they are kept nowhere."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.screens.download import Download
from export.screens.telling import Telling, rendered, texts
from instrument.paper import slips
from instrument.paper.slips import Slips
from instrument.store import client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

EVERYBODY: Final = ""
PDF: Final = "application/pdf"
SPARE: Final = 10
"""One spare slip for so many pupils (D11)."""


class SlipsForm:
    """Stamgroep, kind of paper, how many; and the button that makes them."""

    def __init__(self, session: client.Session, *, changed: Callable[[], Awaitable[None]]) -> None:
        self._session = session
        self._changed = changed
        self._texts = texts("briefjes")
        self._telling = Telling()
        self._state: Mapping[str, Any] = {}
        self._standing = widgets.HTML()
        self._group = widgets.Dropdown(description=self._texts["stamgroep"])
        sizes = self._texts["formaten"]
        self._size = widgets.Dropdown(
            description=self._texts["formaat"], options=[(sizes[code], code) for code in slips.PER_PAGE]
        )
        self._spare = widgets.Checkbox(description=self._texts["reserve"], indent=False)
        self._spare.layout.width = "auto"
        self._address = widgets.Text(
            description=self._texts["adres"], value=os.environ.get(client.ADDRESS_VARIABLE, "")
        )
        self._make = widgets.Button(description=self._texts["maken"], button_style="primary")
        self._make.on_click(lambda _button: self._telling.soon(self._make_slips))
        self._download = Download()
        heading = widgets.HTML(rendered("kop.html", kop=self._texts["kop"], uitleg=self._texts["uitleg"]))
        fields = [self._group, self._size, self._spare, self._address]
        self.box = widgets.VBox(
            [heading, self._standing, *fields, self._make, self._telling.place, self._download]
        )

    def show(self, state: Mapping[str, Any]) -> None:
        """Show how many slips were made so far."""
        self._state = state
        names = [group["name"] for group in state["afname"]["stamgroepen"]]
        options = [(self._texts["alle"], EVERYBODY), *((name, name) for name in names)]
        if list(self._group.options) != options:
            self._group.options = options
            self._group.value = EVERYBODY
        self._standing.value = rendered("slips.html", texts=self._texts, **state)

    async def _make_slips(self) -> None:
        self._make.disabled = True
        try:
            await self._draw_and_print()
        finally:
            self._make.disabled = False

    async def _draw_and_print(self) -> None:
        wanted = dict(self._wanted())
        if not wanted:
            self._telling.say(self._texts["niets_te_maken"], fault=True)
            return
        drawn = []
        for name, number in wanted.items():
            self._telling.say(self._texts["bezig"].format(stamgroep=name))
            answer = await self._session.call("issue_codes", stamgroep=name, number=number)
            drawn.append(Slips(name, tuple(answer["codes"])))
        school = self._state["school"]
        pdf = await asyncio.to_thread(
            slips.as_pdf, drawn, school=school["name"], address=self._address.value,
            size=self._size.value, simulated=school["simulated"],
        )  # fmt: skip
        self._download.offer(self._file_name(), PDF, pdf)
        self._telling.say(self._texts["gemaakt"].format(aantal=sum(wanted.values())))
        await self._changed()

    def _wanted(self) -> list[tuple[str, int]]:
        """Return the stamgroepen and how many slips each still gets: one a pupil, or also the spare ones."""
        issued = self._state["issued"]
        chosen = [
            group
            for group in self._state["afname"]["stamgroepen"]
            if self._group.value in (EVERYBODY, group["name"])
        ]
        allowed = {
            group["name"]: group["pupils"] + (group["pupils"] // SPARE if self._spare.value else 0)
            for group in chosen
        }
        return [(name, most - issued[name]) for name, most in allowed.items() if most > issued[name]]

    def _file_name(self) -> str:
        kept = "".join(sign if sign.isalnum() else "-" for sign in self._group.value).strip("-")
        return f"briefjes-{kept or 'school'}.pdf"
