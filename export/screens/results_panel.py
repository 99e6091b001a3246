"""The station Resultaten: what a closed afname says, its reports, and the school's own conclusions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
from markupsafe import Markup

from export.report import charts, document, files
from export.screens.download import Download
from export.screens.telling import Telling, display, hidden, rendered, texts
from instrument.store.preparation.note_text import LONGEST, MOST_LINES, NoteFault, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instrument.store import client

    Results = Mapping[str, Any]

LIMITS = {"tekens": f"{LONGEST:,}".replace(",", "."), "regels": MOST_LINES}


class ResultsPanel:
    """Shows what was released once the afname is closed; asks for it once, for it changes no more."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("resultaten")
        self.title: str = self._texts["titel"]
        self._telling, self._noting = Telling(), Telling(faults=(NoteFault,))
        self._shown: str | None = None
        self._results: Results = {}
        self._page = widgets.HTML(_paragraph(self._texts["nog_niet"]))
        self._note = widgets.Textarea(rows=10, layout={"width": "46rem", "max_width": "100%"})
        self._download = Download()
        self._rest = hidden(*self._saving(), self._telling.place, self._download, *self._writing())
        self.box = widgets.VBox([self._page, self._rest])

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show the results of the latest afname once it is closed, and nothing of an open one (D1)."""
        afname = state["afname"]
        closed = afname["afname_id"] if afname and afname["closed_on"] else None
        if closed is None:
            self._empty()
        elif closed != self._shown:
            self._telling.soon(self._fetch)
            self._shown = closed

    async def _fetch(self) -> None:
        try:
            self._results = await self._session.call("results")
            self._note.value = (await self._session.call("note"))["text"]
        except BaseException:
            self._shown = None  # what did not come is asked again when the station is opened
            raise
        self._page.value = await asyncio.to_thread(page_of, self._results)
        self._rest.layout.display = display(shown=True)

    def _empty(self) -> None:
        self._shown, self._results = None, {}
        self._page.value = _paragraph(self._texts["nog_niet"])
        self._rest.layout.display = display(shown=False)

    def _saving(self) -> list[widgets.Widget]:
        explained = {"title": self._texts["rapport_kop"], "explained": self._texts["rapport_uitleg"]}
        wanted = [(variant, form) for variant in files.VARIANTS for form in files.FORMS[variant]]
        buttons = [self._button(variant, form) for variant, form in wanted]
        return [widgets.HTML(rendered("results_part.html", **explained)), *buttons]

    def _button(self, variant: str, form: str) -> widgets.Button:
        button = widgets.Button(description=self._texts["knoppen"][f"{variant}_{form}"])
        button.on_click(lambda _button: self._telling.soon(lambda: self._make(variant, form)))
        return button

    async def _make(self, variant: str, form: str) -> None:
        self._telling.say(self._texts["rapport_maken"])
        note = (await self._session.call("note"))["text"]
        # beside the page, which goes on meanwhile: typesetting takes some tenths of a second
        made = await asyncio.to_thread(files.file, self._results, variant=variant, form=form, note=note)
        self._download.offer(made.name, made.media_type, made.content)
        self._telling.say(self._texts["rapport_klaar"])

    def _writing(self) -> list[widgets.Widget]:
        explained = {"title": self._texts["maatregelen_kop"], "explained": self._texts["maatregelen_uitleg"]}
        self._note.description = self._texts["maatregelen_veld"].format(**LIMITS)
        keep = widgets.Button(description=self._texts["maatregelen_bewaren"], button_style="primary")
        keep.on_click(lambda _button: self._noting.soon(self._keep))
        return [
            widgets.HTML(rendered("results_part.html", **explained)),
            self._note,
            keep,
            self._noting.place,
        ]

    async def _keep(self) -> None:
        try:
            text = plain(self._note.value.replace("\t", " "))
        except NoteFault as fault:
            self._noting.say(self._texts["fouten"][fault.reason].format(**LIMITS), fault=True)
            return
        await self._session.call("set_note", text=text)
        self._noting.say(self._texts["maatregelen_bewaard"])


def page_of(results: Results) -> str:
    """Return the results as HTML, every word of people and questions escaped."""
    report = document.document(results, variant=document.TEAM, note="")
    return rendered(
        "results.html",
        report=report,
        on_scale=lambda found: Markup(charts.on_scale(found)),  # noqa: S704 - our own drawing, written as XML
        of_share=lambda found: Markup(charts.of_share(found)),  # noqa: S704 - as above
        of_question=lambda found: Markup(charts.of_question(found)),  # noqa: S704 - as above
    )


def _paragraph(words: str) -> str:
    return str(Markup("<p>{}</p>").format(words))
