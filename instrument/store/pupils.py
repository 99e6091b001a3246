"""What a pupil's session may ask: save, submit, and where it stood; never an answer back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instrument.store import codes, drafts, responses
from instrument.store.refusals import Refused
from instrument.store.writer import Erase

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.store.keys import Keys
    from instrument.store.requests import Request
    from instrument.store.sessions import PupilSession, Sessions
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class PupilDesk:
    """Answers state, save, submit and leave."""

    writer: Writer
    keys: Keys
    sessions: Sessions

    async def state(self, session: PupilSession, _request: Request) -> dict[str, Any]:
        """Return the edition, the codes of the answered items and whether all was sent."""
        state = {"edition": session.edition.code, "answered": [], "submitted": session.has_submitted}
        if session.has_submitted:
            return state
        draft = await self.writer.run(lambda connection: _usable_draft(connection, session))
        return {
            **state,
            "answered": [item.code for item in session.edition.items if item.code in draft.answers],
        }

    async def save(self, session: PupilSession, request: Request) -> dict[str, Any]:
        """Keep, or clear, one answer; the same number twice is kept once."""
        seq, item = request.number("seq"), request.text("item")
        value = _acceptable(session, item, request.fields.get("value"))
        await self.writer.run(lambda connection: _save(connection, session, seq, item, value))
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
            lambda connection: _submit(connection, self.keys, session), erase=Erase.FROM_LOG
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
    codes.usable(connection, session.afname_id, session.keys)
    return drafts.read(connection, session.afname_id, session.keys)


def _save(connection: Connection, session: PupilSession, seq: int, item: str, value: int | None) -> None:
    draft = _usable_draft(connection, session)
    changed = draft.with_answer(session.name, seq, item, value)
    if changed is not draft:
        drafts.write(connection, session.afname_id, session.keys, changed)


def _submit(connection: Connection, keys: Keys, session: PupilSession) -> None:
    draft = drafts.read(connection, session.afname_id, session.keys)
    stamgroep = codes.spend(connection, session.afname_id, session.keys)
    response = responses.ResponseRow(stamgroep=stamgroep, answers=dict(draft.answers))
    responses.add(connection, keys, session.afname_id, [response])
    drafts.destroy(connection, session.afname_id, session.keys)
