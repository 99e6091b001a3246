"""The pupil's page as a widget: shows an edition and passes numbered answers on; keeps none and logs none.

A browser can write any trait of a widget, so nothing here reads one after sending it. What is shown travels
in the message "start"; what is chosen in messages "save", acknowledged once the broker has committed them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import anywidget

from instrument.screens import shown, texts
from instrument.store import client

TRIAL: Final[dict[str, Any]] = {"edition": "po_bovenbouw_2026", "answered": [], "submitted": False}
"""The state where there is no session: an empty questionnaire to try out; nothing is stored."""
_HERE: Final = Path(__file__).parent
_LONGEST_LINE: Final = 1000  # messages; a page sends again what was not acknowledged, so the rest may go
_LONGEST_CODE: Final = 40  # signs of an item code


def survey() -> Leerling:
    """Return the survey for the session of this process, or a trial where there is none."""
    return Leerling(client.session_from_environment())


class Leerling(anywidget.AnyWidget):
    """One pupil's survey; its browser side is outbox.js, screens.js and leerling.js."""

    _esm = "\n".join((_HERE / part).read_text("utf-8") for part in ("outbox.js", "screens.js", "leerling.js"))
    _css = (_HERE / "leerling.css").read_text("utf-8")

    def __init__(self, session: client.Session | None) -> None:
        super().__init__()
        self._session = session
        self._line: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_LONGEST_LINE)
        self._worker: asyncio.Task[None] | None = None
        self.on_msg(self._receive)

    def __repr__(self) -> str:
        return "Leerling()"

    def _receive(self, _widget: object, message: object, _buffers: object) -> None:
        """Put a message in line; never waits, because one loop may serve many pupils."""
        if not isinstance(message, dict) or not _is_well_formed(message) or self._line.full():
            return
        self._line.put_nowait(message)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.get_running_loop().create_task(self._answer_in_order())

    async def _answer_in_order(self) -> None:
        while not self._line.empty():
            message = self._line.get_nowait()
            reply = self._start if message["kind"] == "hello" else self._pass_on
            # Where nothing is acknowledged, the page tells the pupil and sends again.
            with suppress(client.BrokerUnreachable):
                self.send(await reply(message))

    async def _start(self, _message: dict[str, Any]) -> dict[str, Any]:
        """Tell the page what to show: earlier answers stay where they are, only their item codes return."""
        start = {"kind": "start", "trial": self._session is None, "texts": texts.load(), "stopped": None}
        try:
            state = await self._ask("state")
        except client.Refused as refusal:
            return start | {"edition": None, "answered": [], "submitted": False, "stopped": refusal.reason}
        progress = {name: state[name] for name in ("answered", "submitted")}
        return start | progress | {"edition": shown.edition(state["edition"])}

    async def _pass_on(self, message: dict[str, Any]) -> dict[str, Any]:
        """Hand one message to the broker; only its acknowledgement makes an answer saved."""
        kind, seq = message["kind"], message["seq"]
        fields = {name: message[name] for name in ("item", "value") if kind == "save"}
        try:
            await self._ask(kind, seq=seq, **fields)
        except client.Refused as refusal:
            return {"kind": "refused", "seq": seq, "reason": refusal.reason}
        return {"kind": {"save": "saved", "submit": "submitted"}[kind], "seq": seq}

    async def _ask(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Return the broker's answer; a trial asks nobody."""
        return await self._session.call(op, **fields) if self._session else TRIAL


def _is_well_formed(message: dict[str, Any]) -> bool:
    """Tell whether this is a message our own page could have sent; the broker judges what it asks."""
    match message:
        case {"kind": "hello"}:
            return True
        case {"kind": "submit", "seq": int()}:
            return True
        case {"kind": "save", "seq": int(), "item": str(item), "value": int() | None}:
            return len(item) <= _LONGEST_CODE
    return False
