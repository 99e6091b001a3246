"""What the session of a bestuur may ask: its own vestigingen, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instrument.store import afnames, schools
from instrument.store.records import school_to_dict
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.school import School
    from instrument.store.requests import Request
    from instrument.store.sessions import AccountSession, BestuurSession, Sessions
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class BoardDesk:
    """Answers vestigingen and leave."""

    writer: Writer
    sessions: Sessions

    async def vestigingen(self, session: BestuurSession, _request: Request) -> dict[str, Any]:
        """Return the vestigingen of the own bevoegd gezag, each with the state of its latest afname."""

        def read(connection: Connection) -> list[dict[str, Any]]:
            own = schools.of_board(connection, session.bevoegd_gezag_nummer)
            return [standing(connection, school) for school in own]

        return {
            "bevoegd_gezag_nummer": session.bevoegd_gezag_nummer,
            "vestigingen": await self.writer.run(read, touches=NOTHING),
        }

    async def leave(self, _session: AccountSession, request: Request) -> dict[str, Any]:
        """End the session."""
        self.sessions.end(request.capability)
        return {}


def standing(connection: Connection, school: School) -> dict[str, Any]:
    """Return a school and how far its latest afname has come: pupils, used codes (D1), opened and closed."""
    afname = afnames.latest(connection, school.vestigingsnummer)
    if afname is None:
        return {"school": school_to_dict(school), "afname": None}
    used = sum(afnames.used_codes(connection, afname.afname_id).values())
    return {
        "school": school_to_dict(school),
        "afname": {
            "schooljaar": str(afname.schooljaar),
            "opened_on": afname.opened_on.isoformat(),
            "closed_on": afname.closed_on.isoformat() if afname.closed_on else None,
            "pupils": afname.n_pupils,
            "used": used,
        },
    }
