"""Dispatch: which desk answers what, and how a refusal or a fault is put into a reply."""

from __future__ import annotations

import logging
import traceback
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from instrument.store.refusals import Refused
from instrument.store.requests import Request
from instrument.store.sessions import (
    AanbiederSession,
    BestuurSession,
    CoordinatorSession,
    OnderzoekerSession,
    OperatorSession,
    PupilSession,
    Sessions,
    VoucherSession,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from instrument.store.accounts.logins import LoginDesk
    from instrument.store.frames import Message
    from instrument.store.frontdesk import FrontDesk

    Answer: TypeAlias = Callable[..., Awaitable[dict[str, Any]]]

FRONT_OPS = ("enter", "health")
LOGIN_OPS = ("login", "invitation", "accept")
"""Asked, as FRONT_OPS are, without a session."""
PUPIL_OPS = ("state", "save", "submit", "leave")
SCHOOL_OPS = (
    "change_school", "keep_roster", "open_afname", "extend_afname", "issue_codes", "letters", "keep_letter",
)  # fmt: skip
NOTE_OPS = ("note", "set_note")
CONSENT_OPS = ("toestemming", "give_toestemming", "withdraw_toestemming", "levering_report")
DELIVERY_OPS = (
    "ledger_page", "ledger_key", "roll", "start_levering", "finish_levering", "pending", "item", "mark_sent",
    "remind", "herstel",
)  # fmt: skip
COORDINATOR_OPS = (
    "school", "response", "close_afname", "results", "leave", *CONSENT_OPS, *NOTE_OPS, *SCHOOL_OPS,
)  # fmt: skip
BESTUUR_OPS = ("vestigingen", "leave", "give_akkoord", "overview", *CONSENT_OPS)
ACCOUNT_OPS = ("invite", "accounts", "remove_account")
AANBIEDER_OPS = ("standing", "add_school", "leave", *ACCOUNT_OPS)
ONDERZOEKER_OPS = ("extracts", "responses", "leave")
VOUCHER_OPS = ("vouch",)
OPERATOR_OPS = (
    *ACCOUNT_OPS,
    "hello", "add_school", "add_account", "open_afname", "close_afname", "issue_codes", "schools", "afnames",
    "response", "responses", "add_responses", "results_of", "verify", "backup", "note_of",
    *CONSENT_OPS, *DELIVERY_OPS,
)  # fmt: skip

OPS: dict[type, tuple[str, ...]] = {
    PupilSession: PUPIL_OPS,
    CoordinatorSession: COORDINATOR_OPS,
    BestuurSession: BESTUUR_OPS,
    AanbiederSession: AANBIEDER_OPS,
    OnderzoekerSession: ONDERZOEKER_OPS,
    OperatorSession: OPERATOR_OPS,
    VoucherSession: VOUCHER_OPS,
}

log = logging.getLogger("weerglas.broker")


class Dispatch:
    """Finds the desk of a session and asks it; a session of one role reaches no other role's desk."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        front: FrontDesk,
        logins: LoginDesk,
        desks: Mapping[type, tuple[object, ...]],
    ) -> None:
        """Take the desks of each role: the first that has an op answers it."""
        self._sessions = sessions
        self._front = {**_answers(FRONT_OPS, front), **_answers(LOGIN_OPS, logins)}
        self._take_up = front.take_up
        self._answers = {role: _answers(ops, *desks[role]) for role, ops in OPS.items()}

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


def _answers(ops: tuple[str, ...], *desks: object) -> dict[str, Answer]:
    """Return who answers each op."""
    return {op: next(getattr(desk, op) for desk in desks if hasattr(desk, op)) for op in ops}


def _request(message: Message) -> Request:
    op, capability = message.get("op"), message.get("capability", "")
    if not isinstance(op, str) or not isinstance(capability, str):
        raise Refused("bad_request", {"field": "op", "fault": "give op and capability as texts"})
    return Request(op, capability, message)


def _place(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
