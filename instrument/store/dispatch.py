"""Dispatch: which desk answers what, and how a refusal or a fault is put into a reply."""

from __future__ import annotations

import logging
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from instrument.store.refusals import Refused
from instrument.store.requests import Request
from instrument.store.sessions import CoordinatorSession, OperatorSession, PupilSession, Sessions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from instrument.store.coordinators import CoordinatorDesk
    from instrument.store.frames import Message
    from instrument.store.frontdesk import FrontDesk
    from instrument.store.operators import OperatorDesk
    from instrument.store.pupils import PupilDesk

    Answer: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]

FRONT_OPS = ("enter", "login", "health")
PUPIL_OPS = ("state", "save", "submit", "leave")
COORDINATOR_OPS = (
    "school", "response", "close_afname", "results", "give_toestemming", "toestemming", "leave",
)  # fmt: skip
OPERATOR_OPS = (
    "hello", "add_school", "add_account", "open_afname", "close_afname", "issue_codes", "schools", "afnames",
    "response", "responses", "add_responses", "append_event", "events", "verify", "backup",
)  # fmt: skip

log = logging.getLogger("weerglas.broker")


class Dispatch:
    """Finds the desk of a session and asks it; a session of one role reaches no other role's desk."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        front: FrontDesk,
        pupils: PupilDesk,
        coordinators: CoordinatorDesk,
        operators: OperatorDesk,
    ) -> None:
        self._sessions = sessions
        self._front = _answers(front, FRONT_OPS)
        self._take_up = front.take_up
        self._answers: dict[type, dict[str, Answer]] = {
            PupilSession: _answers(pupils, PUPIL_OPS),
            CoordinatorSession: _answers(coordinators, COORDINATOR_OPS),
            OperatorSession: _answers(operators, OPERATOR_OPS),
        }

    async def reply(self, message: Message) -> Message:
        """Return the reply to a message; never raises, whatever the message holds."""
        number = {"id": message.get("id")}
        try:
            answer = await self._answer_to(request := _request(message))
            return {**number, "ok": await answer(request)}
        except Refused as refusal:
            return {**number, "refused": refusal.reason, "detail": refusal.detail}
        except Exception as fault:  # noqa: BLE001 - one caller's fault must not end the broker
            # Type and place only: the message of an exception may hold an answer.
            log.error("a fault: %s at %s", type(fault).__name__, _place(fault))  # noqa: TRY400
            return {**number, "refused": "fault", "detail": {}}

    async def _answer_to(self, request: Request) -> Answer:
        if request.op in self._front:
            return self._front[request.op]
        if not any(request.op in answers for answers in self._answers.values()):
            raise Refused("unknown_op")
        session = self._sessions.find(request.capability) or await self._take_up(request.capability)
        answer = self._answers[type(session)].get(request.op)
        if answer is None:
            raise Refused("not_allowed")
        return partial(answer, session)


def _answers(desk: object, ops: tuple[str, ...]) -> dict[str, Answer]:
    return {op: getattr(desk, op) for op in ops}


def _request(message: Message) -> Request:
    op, capability = message.get("op"), message.get("capability", "")
    if not isinstance(op, str) or not isinstance(capability, str):
        raise Refused("bad_request", {"field": "op", "fault": "give op and capability as texts"})
    return Request(op, capability, message)


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
