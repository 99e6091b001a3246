"""What a coordinator may change: the own school, its pupil counts, its open afname, and its letters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from instrument import editions
from instrument.afname import Afname
from instrument.questionnaire import UnknownModuleError
from instrument.school import Schooljaar, today
from instrument.store import afnames, schools
from instrument.store.preparation import letters, plans, rosters
from instrument.store.preparation.plans import Plan
from instrument.store.records import day
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from instrument.afname import Stamgroep
    from instrument.questionnaire import Edition
    from instrument.store.issuing import Issuing
    from instrument.store.keys import Keys
    from instrument.store.requests import Request
    from instrument.store.sessions import CoordinatorSession
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class SchoolDesk:
    """Answers SCHOOL_OPS of dispatch.py."""

    writer: Writer
    keys: Keys
    issuing: Issuing
    edition_of: Callable[[str], Edition]

    async def change_school(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Give the own school another name, sector or onderwijssoort."""
        name, onderwijssoort = request.parsed("name", _school_name), request.text("onderwijssoort")

        def change(connection: Connection) -> None:
            known = schools.get(connection, session.vestigingsnummer)
            changed = request.parsed(
                "sector",
                lambda sector: replace(known, name=name, sector=sector, onderwijssoort=onderwijssoort),
            )
            schools.change(connection, changed)

        await self.writer.run(change)
        return {}

    async def keep_roster(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Keep the stamgroepen of a schooljaar, in the place of those that were there."""
        schooljaar = request.parsed("schooljaar", Schooljaar.parse)

        def keep(connection: Connection) -> None:
            sector = schools.get(connection, session.vestigingsnummer).sector
            groups = request.parsed("stamgroepen", lambda given: rosters.checked(given, sector))
            rosters.keep(connection, session.vestigingsnummer, schooljaar, groups)

        await self.writer.run(keep)
        return {}

    async def open_afname(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Open an afname for some of the own stamgroepen, between two days."""
        plan = Plan(*(request.parsed(name, day) for name in ("opens_on", "closes_on")))
        schooljaar = Schooljaar.of(plan.opens_on)
        plan.check(schooljaar)
        edition = self._edition(request)

        fingerprint = editions.fingerprint(self.edition_of(edition.code))

        def add(connection: Connection) -> Afname:
            _check_sector(connection, session, edition)
            wanted = Afname(
                afname_id="(new)",
                vestigingsnummer=session.vestigingsnummer,
                schooljaar=schooljaar,
                edition=edition.code,
                fingerprint=fingerprint,
                stamgroepen=_chosen(connection, session, request, schooljaar),
                opened_on=plan.opens_on,
                modules=tuple(module.code for module in edition.modules),
            )
            opened = afnames.add(connection, wanted, self.keys)
            plans.add(connection, opened.afname_id, plan)
            return opened

        opened = await self.writer.run(add)
        return {"afname_id": opened.afname_id}

    async def extend_afname(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Give the open afname another last day, not before today."""
        closes_on = request.parsed("closes_on", day)

        def extend(connection: Connection) -> None:
            afname = own_open(connection, session)
            if closes_on < today():
                raise Refused("day_is_past", {"today": today().isoformat()})
            plans.extend(connection, afname, closes_on)

        await self.writer.run(extend)
        return {}

    async def issue_codes(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Draw codes for a stamgroep of the open afname: this reply is the only moment to read them."""
        stamgroep, number = request.text("stamgroep"), request.number("number", least=1, most=250)
        afname = await self.writer.run(lambda connection: own_open(connection, session), touches=NOTHING)
        return {"codes": await self.issuing.issue(afname.afname_id, stamgroep, number)}

    async def letters(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return the texts that this school changed."""
        found = await self.writer.run(
            lambda connection: letters.read(connection, session.vestigingsnummer), touches=NOTHING
        )
        return {"letters": found}

    async def keep_letter(self, session: CoordinatorSession, request: Request) -> dict[str, Any]:
        """Keep one text of the school; an empty one gives ours back."""
        kind, text = request.parsed("kind", letters.kind), request.parsed("text", letters.text)
        await self.writer.run(
            lambda connection: letters.keep(connection, session.vestigingsnummer, kind, text)
        )
        return {}

    def _edition(self, request: Request) -> Edition:
        code, modules = request.text("edition"), request.fields.get("modules", [])
        try:
            return self.edition_of(code).with_modules(modules)
        except UnknownModuleError as fault:
            raise Refused("unknown_module", {"fault": str(fault)}) from None
        except (KeyError, ValueError, TypeError):
            raise Refused("unknown_edition", {"edition": code}) from None


def own_open(connection: Connection, session: CoordinatorSession) -> Afname:
    """Return the open afname of a coordinator's school, or refuse."""
    afname = afnames.latest(connection, session.vestigingsnummer)
    if afname is None:
        raise Refused("no_afname")
    if not afname.is_open:
        raise Refused("afname_closed")
    return afname


def _check_sector(connection: Connection, session: CoordinatorSession, edition: Edition) -> None:
    sector = schools.get(connection, session.vestigingsnummer).sector
    if sector != edition.sector:
        raise Refused("other_sector", {"edition": edition.code, "sector": sector})


def _chosen(
    connection: Connection, session: CoordinatorSession, request: Request, schooljaar: Schooljaar
) -> tuple[Stamgroep, ...]:
    known = rosters.read(connection, session.vestigingsnummer, schooljaar)
    names = request.listing("stamgroepen")
    chosen = tuple(group for group in known if group.name in names)
    if len(chosen) != len(names):
        raise Refused("unknown_stamgroep", {"known": ", ".join(group.name for group in known)})
    return chosen


def _school_name(name: str) -> str:
    plain = " ".join(name.split())
    if not 0 < len(plain) <= 100 or not plain.isprintable():  # noqa: PLR2004 - said in the sentence
        raise ValueError("give a name of 1 to 100 signs")
    return plain
