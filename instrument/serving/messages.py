"""The pupil's line over plain HTTP: what the page says where the kernel's socket is silent or gone."""

from __future__ import annotations

import json
from typing import Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler

from instrument.screens import conversation
from instrument.serving.visitors import PUPIL
from instrument.store.client import BrokerUnreachable, Session

LARGEST_BODY: Final = 16 * 1024


class PupilMessages(JupyterHandler):
    """`/leerling/bericht`: one message of conversation.py in, its reply out."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Answer a pupil with a valid cookie; 503 where nothing could be acknowledged."""
        message = self._message()
        visitor = self.settings["visitors"].of(self)
        if message is None:
            self._answer(400, {"kind": "malformed"})
        elif visitor is None or visitor.role != PUPIL:
            self._answer(403, {"kind": "refused", "seq": message.get("seq"), "reason": "no_session"})
        else:
            await self._pass_on(Session(self.settings["broker"], visitor.capability), message)

    async def _pass_on(self, session: Session, message: dict[str, Any]) -> None:
        try:
            self._answer(200, await conversation.reply(session, message))
        except BrokerUnreachable:
            self._answer(503, {"kind": "unreachable"})

    def _message(self) -> dict[str, Any] | None:
        if len(self.request.body) > LARGEST_BODY:
            return None
        try:
            message = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return None
        return message if conversation.is_well_formed(message) else None

    def _answer(self, status: int, reply: dict[str, Any]) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(reply, ensure_ascii=False))
