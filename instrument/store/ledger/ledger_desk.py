"""What coordinator, bestuur and operator may ask of a school's toestemming; each of its own only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from instrument.school import Schooljaar, check_vestigingsnummer
from instrument.store import afnames, responses, schools
from instrument.store.ledger import ledger, ledger_rules, outbox
from instrument.store.ledger.ledger import Draft
from instrument.store.records import afname_to_dict, school_to_dict
from instrument.store.refusals import Refused, RuleFaults
from instrument.store.results import releases
from instrument.store.sessions import BestuurSession, CoordinatorSession, OperatorSession
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from sqlalchemy import Connection

    from instrument.school import School
    from instrument.store.ledger.ledger import Event, Ledger
    from instrument.store.ledger.ledger_rules import Decision, Matter, Rules
    from instrument.store.requests import Request
    from instrument.store.responses import ResponseRow
    from instrument.store.writer import Writer

    Consenting: TypeAlias = CoordinatorSession | BestuurSession | OperatorSession

PAGE_VESTIGINGEN: Final = 40
"""Of one page: some dozens of events each, of some hundreds of bytes, and a frame holds a megabyte."""
OPERATOR: Final = "beheerder"
"""Who the ledger names where the command line decided: whoever holds the operator's key."""


@dataclass(frozen=True, slots=True)
class LedgerDesk:
    """Answers what stands in `dispatch.CONSENT_OPS`, and give_akkoord, overview and herstel."""

    writer: Writer
    ledger: Ledger
    rules: Rules | None

    async def toestemming(self, session: Consenting, request: Request) -> dict[str, Any]:
        """Return the events of one vestiging, and what was put out for it."""

        def read(connection: Connection) -> dict[str, Any]:
            number = vestiging_of(connection, session, request)
            sent = outbox.of_vestiging(connection, number)
            return {
                "events": self.ledger.of_vestiging(connection, number),
                "sent": [
                    {"kind": item.kind, "purpose": item.purpose, "seq": item.seq, "sent_at": item.sent_at}
                    for item in sent
                ],
            }

        return await self.writer.run(read, touches=NOTHING)

    async def give_toestemming(self, session: Consenting, request: Request) -> dict[str, Any]:
        """Give a toestemming, or change the one that stands."""
        return await self._decided("gegeven", session, request, request.mapping("fields"))

    async def withdraw_toestemming(self, session: Consenting, request: Request) -> dict[str, Any]:
        """Withdraw the toestemming that stands."""
        return await self._decided("ingetrokken", session, request, {})

    async def give_akkoord(self, session: Consenting, request: Request) -> dict[str, Any]:
        """Record that the bevoegd gezag agreed, by somebody of the bestuur itself."""
        return await self._decided("akkoord", session, request, request.mapping("fields"))

    async def herstel(self, session: OperatorSession, request: Request) -> dict[str, Any]:
        """Open or close the dossier of a school that did not deliver in time."""
        return await self._decided("herstel", session, request, request.mapping("fields"))

    async def levering_report(self, session: Consenting, request: Request) -> dict[str, Any]:
        """Return the summary to be checked, as it will be delivered under the toestemming that stands."""

        def read(connection: Connection) -> tuple[Matter, list[ResponseRow]]:
            matter = self.matter(connection, vestiging_of(connection, session, request), request)
            afname = matter.afname
            is_closed = afname is not None and not afname.is_open
            return matter, responses.every(connection, afname) if afname and is_closed else []

        matter, rows = await self.writer.run(read, touches=NOTHING)
        options = {"controle": True}
        if isinstance(session, OperatorSession):
            options = request.mapping("options")
        # In a thread of its own: computing a mean must not keep pupils from saving.
        found: dict[str, Any] = await asyncio.to_thread(
            _asked, self._known_rules().summary, matter, rows, options
        )
        if matter.afname is not None:
            told = partial(
                releases.record_summary, afname_id=matter.afname.afname_id, summary=found["summary"]
            )
            await self.writer.run(told, touches=matter.afname.afname_id)
        return found

    async def overview(self, session: BestuurSession, request: Request) -> dict[str, Any]:
        """Return the next vestigingen of a bestuur, each with its latest afname and its events."""
        after = request.optional_text("after") or ""

        def read(connection: Connection) -> list[dict[str, Any]]:
            found = schools.of_board(connection, session.bevoegd_gezag_nummer)
            behind = [school for school in found if school.vestigingsnummer > after]
            return [self._seen(connection, school) for school in behind[:PAGE_VESTIGINGEN]]

        return {"vestigingen": await self.writer.run(read, touches=NOTHING)}

    def matter(self, connection: Connection, vestigingsnummer: str, request: Request) -> Matter:
        """Return the matter of a vestiging in the schooljaar that was asked, or of its latest afname."""
        is_given = request.optional_text("schooljaar") is not None
        year = request.parsed("schooljaar", Schooljaar.parse) if is_given else None
        return ledger_rules.matter_of(connection, self.ledger, vestigingsnummer, year)

    def record(
        self, connection: Connection, matter: Matter, decision: Decision, who: Mapping[str, str]
    ) -> Event:
        """Add the event of a decision, and put out the mail about it; both or neither."""
        event = self.ledger.append(
            connection,
            Draft(
                type=decision.type,
                vestigingsnummer=matter.school.vestigingsnummer,
                schooljaar=str(matter.schooljaar),
                payload=decision.payload,
                level=decision.level,
                date=decision.date,
                **who,
            ),
        )
        if decision.announce:
            outbox.add(connection, _mail(event), matter.now)
        return event

    def decide(self, wanted: str, matter: Matter, fields: Mapping[str, Any]) -> Decision:
        """Return what the rules decide, or refuse with their reasons."""
        decision: Decision = _asked(self._known_rules().decide, wanted, matter, fields)
        return decision

    async def _decided(
        self, wanted: str, session: Consenting, request: Request, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        who = signed_by(session, request)

        def decide(connection: Connection) -> Event:
            number = vestiging_of(connection, session, request)
            recorded = self.ledger.recorded(connection, who, number, types=ledger.OF_REQUEST[wanted])
            if recorded is not None:
                return recorded
            matter = self.matter(connection, number, request)
            return self.record(connection, matter, self.decide(wanted, matter, fields), who)

        event = await self.writer.run(decide)
        self.ledger.saw(event)
        return {"event": event}

    def _known_rules(self) -> Rules:
        if self.rules is None:
            raise Refused("no_rules")
        return self.rules

    def _seen(self, connection: Connection, school: School) -> dict[str, Any]:
        afname = afnames.latest(connection, school.vestigingsnummer)
        return {
            "school": school_to_dict(school),
            "afname": afname_to_dict(afname) if afname else None,
            "events": self.ledger.of_vestiging(connection, school.vestigingsnummer),
        }


def vestiging_of(connection: Connection, session: Consenting, request: Request) -> str:
    """Return the vestiging that is asked about, where this session may ask about it."""
    if isinstance(session, CoordinatorSession):
        return session.vestigingsnummer
    number = request.parsed("vestigingsnummer", check_vestigingsnummer)
    school = schools.find(connection, number)
    if isinstance(session, BestuurSession) and (school is None or not _is_of(school, session)):
        raise Refused("not_allowed")
    return number


def signed_by(session: Consenting, request: Request) -> dict[str, str]:
    """Return who decides, from the login and never from the page, and under which request."""
    asked = request.optional_text("request_id")
    once = {} if asked is None else {"request_id": asked}
    if isinstance(session, CoordinatorSession):
        return {"actor": session.account, "role": "coordinator", **once}
    if isinstance(session, BestuurSession):
        return {"actor": session.account, "role": "bestuur", **once}
    return {"actor": OPERATOR, "role": OPERATOR, **once}


def _is_of(school: School, session: BestuurSession) -> bool:
    return school.bevoegd_gezag_nummer == session.bevoegd_gezag_nummer


def _asked(rule: Any, *arguments: object) -> Any:  # noqa: ANN401 - as the rule
    try:
        return rule(*arguments)
    except RuleFaults as refused:
        detail = {"faults": list(refused.faults), "said": str(refused)}
        raise Refused("rules_refuse", detail) from None


def _mail(event: Event) -> outbox.Item:
    return outbox.Item(
        item_id=f"{event['type']}.{event['seq']}.{event['hash'].removeprefix('sha256:')[:16]}",
        kind=outbox.BERICHT,
        purpose=event["type"],
        vestigingsnummer=event["vestigingsnummer"],
        schooljaar=event["schooljaar"],
        seq=event["seq"],
    )
