"""What the sessions of an aanbieder and of a researcher may ask: operations, and frozen responses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from instrument.afname import Afname, Stamgroep
from instrument.school import School
from instrument.store import afnames, responses, schools
from instrument.store.accounts.boards import standing
from instrument.store.records import afname_to_dict, school_from_dict, school_to_dict
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.store.requests import Request
    from instrument.store.sessions import AanbiederSession, OnderzoekerSession, Sessions
    from instrument.store.writer import Writer

MOST_ROWS: Final = 2_000
"""Responses of one page of an extract."""


@dataclass(frozen=True, slots=True)
class ProviderDesk:
    """Answers standing, add_school and leave; no answer of a pupil and no result passes here."""

    writer: Writer
    sessions: Sessions
    simulated: bool

    async def standing(self, _session: AanbiederSession, _request: Request) -> dict[str, Any]:
        """Return every school and how far its latest afname has come."""

        def read(connection: Connection) -> list[dict[str, Any]]:
            return [standing(connection, school) for school in schools.every(connection)]

        return {"schools": await self.writer.run(read, touches=NOTHING)}

    async def add_school(self, _session: AanbiederSession, request: Request) -> dict[str, Any]:
        """Keep a school; whether it is simulated follows from the data folder."""

        def read(given: dict[str, Any]) -> School:
            return school_from_dict({**given, "simulated": self.simulated})

        school = request.parsed("school", read)
        await self.writer.run(lambda connection: schools.add(connection, school))
        return {}

    async def leave(self, _session: AanbiederSession, request: Request) -> dict[str, Any]:
        """End the session."""
        self.sessions.end(request.capability)
        return {}


@dataclass(frozen=True, slots=True)
class ResearchDesk:
    """Answers extracts, responses and leave: closed afnamen only."""

    writer: Writer
    sessions: Sessions

    async def extracts(self, _session: OnderzoekerSession, _request: Request) -> dict[str, Any]:
        """Return the closed afnamen and their schools."""

        def read(connection: Connection) -> dict[str, Any]:
            closed = [afname for afname in afnames.every(connection) if not afname.is_open]
            numbers = {afname.vestigingsnummer for afname in closed}
            known = [school for school in schools.every(connection) if school.vestigingsnummer in numbers]
            return {
                "afnames": [afname_to_dict(_per_leerjaar(afname)) for afname in closed],
                "schools": [school_to_dict(school) for school in known],
            }

        return await self.writer.run(read, touches=NOTHING)

    async def responses(self, _session: OnderzoekerSession, request: Request) -> dict[str, Any]:
        """Return a page of the responses of a closed afname by random key; no stamgroep leaves here."""
        afname_id, after = request.text("afname_id"), request.parsed("after", responses.key)
        limit = request.number("limit", least=1, most=MOST_ROWS)

        def read(connection: Connection) -> dict[str, Any]:
            afname = afnames.get(connection, afname_id)
            page = responses.page(connection, afname, after=after, limit=limit)
            leerjaar = {group.name: group.leerjaar for group in afname.stamgroepen}
            rows = [
                {"stamgroep": str(leerjaar[row["stamgroep"]]), "answers": row["answers"]} for row in page.rows
            ]
            return {"rows": rows, "after": page.after}

        return await self.writer.run(read, touches=NOTHING)

    async def leave(self, _session: OnderzoekerSession, request: Request) -> dict[str, Any]:
        """End the session."""
        self.sessions.end(request.capability)
        return {}


def _per_leerjaar(afname: Afname) -> Afname:
    """Return an afname whose stamgroepen are its leerjaren: a class never leaves, not even by its name."""
    leerjaren = (Stamgroep(str(leerjaar), leerjaar, pupils) for leerjaar, pupils in afname.population.items())
    return replace(afname, stamgroepen=tuple(leerjaren))
