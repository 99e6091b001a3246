"""The pupil's page as a widget: shows an edition and passes numbered answers on; keeps none and logs none.

A browser can write any trait of a widget, so nothing here reads one after sending it: the whole conversation
(conversation.py) is in messages.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

import anywidget

from instrument.screens import browser_side, conversation
from instrument.store import client

_LONGEST_LINE: Final = 1000  # messages; a page sends again what was not acknowledged, so the rest may go


def survey() -> Leerling:
    """Return the survey for the session of this process, or a trial where there is none."""
    return Leerling(client.session_from_environment())


class Leerling(anywidget.AnyWidget):
    """One pupil's survey; its browser side is in browser_side.py."""

    _esm = browser_side.module()
    _css = browser_side.style()

    def __init__(self, session: conversation.Session | None) -> None:
        super().__init__()
        self._session = session
        self._line: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_LONGEST_LINE)
        self._worker: asyncio.Task[None] | None = None
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return "Leerling()"

    def _receive(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """Put a message in line; never waits, because one loop may serve many pupils."""
        if not conversation.is_well_formed(message) or self._line.full():
            return
        self._line.put_nowait(message)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._answer_in_order())

    async def _answer_in_order(self) -> None:
        while not self._line.empty():
            # Where nothing is acknowledged, the page tells the pupil and sends again.
            with suppress(client.BrokerUnreachable):
                self.send(await conversation.reply(self._session, self._line.get_nowait()))
