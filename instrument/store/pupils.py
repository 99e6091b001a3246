"""What a pupil's session may ask: save, submit, and where it stood; never an answer back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from instrument.store import codes, drafts, responses
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, Erase

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.store.keys import Keys
    from instrument.store.requests import Request
    from instrument.store.sessions import PupilSession, Sessions
    from instrument.store.writer import Writer


LONGEST_PAGE: Final = 8
"""Signs by which a page tells itself from other pages of the same pupil."""


@dataclass(frozen=True, slots=True)
class PupilDesk:
    """Answers state, save, submit and leave."""

    writer: Writer
    keys: Keys
    sessions: Sessions

    async def state(self, session: PupilSession, _request: Request) -> dict[str, Any]:
        """Return edition and modules, the codes of the answered items and whether all was sent.

        `followed_up` holds the codes of the follow-up questions that the answers so far call for: which
        ones does say something of those answers, and without it a pupil who comes back would miss them.
        """
        asked = session.edition
        modules = [module.code for module in asked.modules]
        state = {"edition": asked.code, "modules": modules, "submitted": session.has_submitted}
        if session.has_submitted:
            return {**state, "answered": [], "followed_up": []}
        draft = await self.writer.run(lambda connection: _usable_draft(connection, session), touches=NOTHING)
        return {
            **state,
            "answered": [item.code for item in asked.items if item.code in draft.answers],
            "followed_up": [item.code for item in asked.visible(draft.answers) if item.visible_if],
        }

    async def save(self, session: PupilSession, request: Request) -> dict[str, Any]:
        """Keep, or clear, one answer; the same number of the same page twice is kept once.

        Of two pages of one pupil the one that comes last counts: their clocks and numbers say nothing.
        """
        seq, item = request.number("seq"), request.text("item")
        page = (request.optional_text("page") or "")[:LONGEST_PAGE]
        value = _acceptable(session, item, request.fields.get("value"))
        source = f"{session.name}{page}"
        await self.writer.run(
            lambda connection: _save(connection, session, source, seq, item, value), touches=session.afname_id
        )
        return {"seq": seq}

    async def submit(self, session: PupilSession, request: Request) -> dict[str, Any]:
        """Send the answers: once, however often it is asked."""
        seq = request.number("seq")
        if session.submission is None:
            session.submission = asyncio.create_task(self._submit(session))
        submission = session.submission
        try:
            await asyncio.shield(submission)
        except Exception:
            if session.submission is submission:
                session.submission = None
            raise
        return {"submitted": True, "seq": seq}

    async def leave(self, _session: PupilSession, request: Request) -> dict[str, Any]:
        """End the session; its draft waits for the code."""
        self.sessions.end(request.capability)
        return {}

    async def _submit(self, session: PupilSession) -> None:
        await self.writer.run(
            lambda connection: _submit(connection, self.keys, session),
            touches=session.afname_id,
            erase=Erase.FROM_LOG,
        )


def _acceptable(session: PupilSession, item: str, value: object) -> int | None:
    try:
        found = session.edition.item(item)
    except KeyError:
        raise Refused("unknown_item") from None
    if value is None:
        return None
    # True is an int for Python, and equals the answer 1.
    if not isinstance(value, int) or isinstance(value, bool) or not found.accepts(value):
        raise Refused("unacceptable_value", {"item": item})
    return value


def _usable_draft(connection: Connection, session: PupilSession) -> drafts.Draft:
    draft = drafts.of_usable(connection, session.afname_id, session.keys)
    if draft is None:
        codes.usable(connection, session.afname_id, session.keys)  # refuses, and says why
        return drafts.Draft()
    return draft


def _save(  # noqa: PLR0913, PLR0917 - what a save consists of
    connection: Connection, session: PupilSession, source: str, seq: int, item: str, value: int | None
) -> None:
    draft = _usable_draft(connection, session)
    changed = draft.with_answer(source, seq, item, value)
    if changed is not draft:
        drafts.write(connection, session.afname_id, session.keys, changed)


def _submit(connection: Connection, keys: Keys, session: PupilSession) -> None:
    draft = drafts.read(connection, session.afname_id, session.keys)
    stamgroep = codes.spend(connection, session.afname_id, session.keys)
    # Who changed an earlier answer may have answered a follow-up that is not asked any more.
    asked = [item.code for item in session.edition.visible(draft.answers)]
    answers = {code: draft.answers[code] for code in asked if code in draft.answers}
    response = responses.ResponseRow(stamgroep=stamgroep, answers=answers)
    responses.add(connection, keys, session.afname_id, [response])
    drafts.destroy(connection, session.afname_id, session.keys)
