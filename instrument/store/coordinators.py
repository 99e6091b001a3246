"""What a coordinator's session may ask: the own school only, and of answers only what was released."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from instrument.school import Schooljaar, today
from instrument.store import afnames, codes, schools
from instrument.store.preparation import plans, rosters
from instrument.store.records import afname_to_dict, school_to_dict
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING, Erase

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.store.requests import Request
    from instrument.store.sessions import CoordinatorSession, Sessions
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class CoordinatorDesk:
    """Answers school, response, close_afname and leave."""

    writer: Writer
    sessions: Sessions
    closed: Callable[[], None]

    async def school(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the school, its pupil counts of this schooljaar, and its latest afname and codes (D1)."""
        schooljaar = Schooljaar.of(today())

        def read(connection: Connection) -> dict[str, Any]:
            afname = afnames.latest(connection, session.vestigingsnummer)
            roster = rosters.read(connection, session.vestigingsnummer, schooljaar)
            return {
                "school": school_to_dict(schools.get(connection, session.vestigingsnummer)),
                "schooljaar": str(schooljaar),
                "roster": [asdict(group) for group in roster],
                "afname": afname_to_dict(afname) if afname else None,
                **(_standing(connection, afname) if afname else _NO_AFNAME),
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

    async def leave(self, _session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """End the session."""
        self.sessions.end(request.capability)
        return {}


_NO_AFNAME: Final[dict[str, Any]] = {"used": {}, "issued": {}, "opens_on": None, "closes_on": None}


def _standing(connection: Connection, afname: Afname) -> dict[str, Any]:
    plan = plans.of(connection, afname.afname_id)
    return {
        "used": afnames.used_codes(connection, afname.afname_id),
        "issued": codes.issued(connection, afname.afname_id),
        "opens_on": plan.opens_on.isoformat() if plan else None,
        "closes_on": plan.closes_on.isoformat() if plan else None,
    }


def _latest(connection: Connection, session: CoordinatorSession) -> Afname:
    afname = afnames.latest(connection, session.vestigingsnummer)
    if afname is None:
        raise Refused("no_afname")
    return afname
