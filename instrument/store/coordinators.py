"""What a coordinator's session may ask: the own school only, and of answers only what was released."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instrument.school import Schooljaar, today
from instrument.store import afnames, ledger, responses, schools
from instrument.store.records import afname_to_dict, school_to_dict
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, Erase

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.school import School
    from instrument.store.requests import Request
    from instrument.store.responses import ResponseRow
    from instrument.store.sessions import CoordinatorSession, Sessions
    from instrument.store.writer import Writer

    Release: TypeAlias = Callable[[School, Afname, list[ResponseRow]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CoordinatorDesk:
    """Answers school, response, close_afname, results, give_toestemming, toestemming and leave."""

    writer: Writer
    sessions: Sessions
    release: Release | None
    closed: Callable[[], None]

    async def school(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the school and its latest afname."""

        def read(connection: Connection) -> dict[str, Any]:
            afname = afnames.latest(connection, session.vestigingsnummer)
            return {
                "school": school_to_dict(schools.get(connection, session.vestigingsnummer)),
                "afname": afname_to_dict(afname) if afname else None,
            }

        return await self.writer.run(read, touches=NOTHING)

    async def response(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the number of used codes per stamgroep of the latest afname."""

        def read(connection: Connection) -> dict[str, Any]:
            afname = _latest(connection, session)
            return dict(afnames.used_codes(connection, afname.afname_id))

        return await self.writer.run(read, touches=NOTHING)

    async def close_afname(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Close the latest afname today; codes and drafts are destroyed."""

        def close(connection: Connection) -> Afname:
            return afnames.close(connection, _latest(connection, session), today())

        closed = await self.writer.run(close, erase=Erase.FROM_STORE)
        self.closed()
        return {"afname": afname_to_dict(closed)}

    async def results(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return what was released of the latest afname, once it is closed."""
        if self.release is None:
            raise Refused("no_release")

        def read(connection: Connection) -> tuple[School, Afname, list[ResponseRow]]:
            afname = _latest(connection, session)
            school = schools.get(connection, session.vestigingsnummer)
            return school, afname, responses.every(connection, afname)

        # In a thread of its own: computing a mean must not keep pupils from saving.
        return await asyncio.to_thread(self.release, *await self.writer.run(read, touches=NOTHING))

    async def give_toestemming(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Add an event to the ledger: `gegeven`, or another type that is named."""
        payload = {**request.mapping("fields"), "account": session.account}
        kind = request.optional_text("type") or "gegeven"
        if kind == "geleverd":
            raise Refused("not_allowed")

        def append(connection: Connection) -> ledger.Event:
            return ledger.append(
                connection,
                vestigingsnummer=session.vestigingsnummer,
                schooljaar=_schooljaar(connection, session, request),
                type=kind,
                payload=payload,
            )

        return {"event": await self.writer.run(append)}

    async def toestemming(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the events of the own vestiging."""
        events = await self.writer.run(
            lambda connection: ledger.of_vestiging(connection, session.vestigingsnummer), touches=NOTHING
        )
        return {"events": events}

    async def leave(self, _session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """End the session."""
        self.sessions.end(request.capability)
        return {}


def _latest(connection: Connection, session: CoordinatorSession) -> Afname:
    afname = afnames.latest(connection, session.vestigingsnummer)
    if afname is None:
        raise Refused("no_afname")
    return afname


def _schooljaar(connection: Connection, session: CoordinatorSession, request: Request) -> Schooljaar:
    if request.optional_text("schooljaar") is not None:
        return request.parsed("schooljaar", Schooljaar.parse)
    return _latest(connection, session).schooljaar
