"""Conclusies en maatregelen: one plain text per closed afname, for the school itself; never delivered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from instrument.store import afnames
from instrument.store.preparation.note_tables import NOTES
from instrument.store.preparation.note_text import plain
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.store.requests import Request
    from instrument.store.sessions import CoordinatorSession, OperatorSession
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class NoteDesk:
    """Answers note and set_note, of the latest afname of the own vestiging, and note_of to an operator."""

    writer: Writer

    async def note(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the school's text, empty where nothing was written."""

        def read(connection: Connection) -> str:
            return of_afname(connection, _closed(connection, session).afname_id)

        return {"text": await self.writer.run(read, touches=NOTHING)}

    async def set_note(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Keep the school's text in the place of the earlier one; an empty text takes it away."""
        text = request.parsed("text", plain)

        def keep(connection: Connection) -> None:
            put(connection, _closed(connection, session).afname_id, text)

        await self.writer.run(keep)
        return {}

    async def note_of(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return the text of one afname, for the reports that the command line writes."""
        afname_id = request.text("afname_id")

        def read(connection: Connection) -> str:
            return of_afname(connection, afnames.get(connection, afname_id).afname_id)

        return {"text": await self.writer.run(read, touches=NOTHING)}


def of_afname(connection: Connection, afname_id: str) -> str:
    """Return the text of an afname, empty where there is none."""
    found = connection.execute(select(NOTES.c.text).where(NOTES.c.afname_id == afname_id)).scalar()
    return found or ""


def put(connection: Connection, afname_id: str, text: str) -> None:
    """Keep the text of an afname; an empty one leaves no row."""
    connection.execute(delete(NOTES).where(NOTES.c.afname_id == afname_id))
    if text:
        connection.execute(insert(NOTES).values(afname_id=afname_id, text=text))


def _closed(connection: Connection, session: CoordinatorSession) -> Afname:
    afname = afnames.latest(connection, session.vestigingsnummer)
    if afname is None:
        raise Refused("no_afname")
    if afname.is_open:
        raise Refused("afname_open")
    return afname
