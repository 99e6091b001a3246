"""The second step: a school downloads the report as it will be delivered, in the form that it wants."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from export.levering import inhoud
from export.levering.toestemming_form import ToestemmingFaults
from export.screens.download import Download
from export.screens.telling import Telling
from export.screens.toestemming_steps import button, label

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from export.levering.summary import Summary


class ReportFetch:
    """A choice of forms, a button, and the file; `looked_at` is the content that was handed over."""

    def __init__(
        self,
        texts: Mapping[str, Any],
        *,
        ask: Callable[[], Awaitable[Summary]],
        fetched: Callable[[], None],
    ) -> None:
        self._texts = texts
        self._ask = ask
        self._fetched = fetched
        self._telling = Telling(faults=(ToestemmingFaults,))
        self._form = widgets.Dropdown(options=[(words, code) for code, words in texts["vormen"].items()])
        label(self._form, texts["vorm"])
        self._download = Download()
        fetch = button(texts["downloaden"], lambda: self._telling.soon(self._fetch))
        self.looked_at: str | None = None
        self.box = widgets.VBox([self._form, fetch, self._download, self._telling.place])

    async def _fetch(self) -> None:
        summary, kind = await self._ask(), self._form.value
        # Typst takes half a second: the page goes on meanwhile.
        name, media_type, content = await asyncio.to_thread(_written, summary, kind)
        self.looked_at = inhoud.fingerprint(summary)
        self._download.offer(name, media_type, content)
        self._telling.say(self._texts["rapport_gemaakt"])
        self._fetched()


def _written(summary: Summary, kind: str) -> tuple[str, str, bytes]:
    from export.levering import adapter  # noqa: PLC0415 - typst, only for who downloads

    return f"{adapter.name_of(summary)}.{kind}", adapter.MEDIA_TYPES[kind], adapter.written(summary, kind)
