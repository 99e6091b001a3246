"""What `weerglas levering run` asks: one door to a levering, and the outbox behind it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from instrument.school import Schooljaar, check_vestigingsnummer
from instrument.store import schools
from instrument.store.ledger import ledger, ledger_rules, outbox
from instrument.store.ledger.ledger_chain import Anchor
from instrument.store.ledger.ledger_desk import signed_by
from instrument.store.records import school_to_dict
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.store.ledger.ledger import Event
    from instrument.store.ledger.ledger_desk import LedgerDesk
    from instrument.store.ledger.outbox import Item
    from instrument.store.requests import Request
    from instrument.store.sessions import OperatorSession

PAGE_RECORDS: Final = 500
"""Events of one page: some hundreds of bytes each, and a frame holds a megabyte."""
PAGE_SCHOOLS: Final = 2_000
LONGEST_ID: Final = 120


@dataclass(frozen=True, slots=True)
class LeveringDesk:
    """Answers what stands in `dispatch.DELIVERY_OPS`."""

    desk: LedgerDesk

    async def ledger_page(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return a page of the ledger as it lies in the store, for whoever checks the chain."""
        after = request.number("after")
        records = await self.desk.writer.run(
            lambda connection: ledger.page(connection, after=after, limit=PAGE_RECORDS), touches=NOTHING
        )
        return {"records": records}

    async def ledger_key(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Return the public key of the signatures."""
        return {"key": self.desk.ledger.public_key}

    async def roll(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return a page of schools behind a vestigingsnummer, in its order."""
        after = request.optional_text("after") or ""
        found = await self.desk.writer.run(
            lambda connection: schools.page(connection, after=after, limit=PAGE_SCHOOLS), touches=NOTHING
        )
        return {"schools": [school_to_dict(school) for school in found]}

    async def start_levering(self, session: OperatorSession, request: Request) -> dict[str, Any]:
        """Begin one levering: re-fold the toestemming, record the file's hash, and put the file out.

        All in one transaction, on a ledger that is still the one that was verified.
        """
        number = request.parsed("vestigingsnummer", check_vestigingsnummer)
        who = {**signed_by(session, request), "request_id": f"gestart.{request.parsed('item_id', _id)}"}

        def start(connection: Connection) -> Event:
            recorded = self.desk.ledger.recorded(connection, who, number, types=("levering_gestart",))
            return recorded or self._begin(connection, number, who, request)

        event = await self.desk.writer.run(start)
        self.desk.ledger.saw(event)
        return {"event": event}

    async def finish_levering(self, session: OperatorSession, request: Request) -> dict[str, Any]:
        """Record that a levering was received, once: event, mark and mail to the board together."""
        item_id, receipt = request.parsed("item_id", _id), request.text("receipt")
        who = {**signed_by(session, request), "request_id": f"geleverd.{item_id}"}

        def finish(connection: Connection) -> Event:
            item = outbox.get(connection, item_id)
            number = item.vestigingsnummer
            recorded = self.desk.ledger.recorded(connection, who, number, types=("geleverd",))
            if recorded is not None:
                return recorded
            year = Schooljaar.parse(item.schooljaar)
            matter = ledger_rules.matter_of(connection, self.desk.ledger, number, year)
            fields = {"gestart": item.seq, "ontvangst": receipt}
            decision = self.desk.decide("geleverd", matter, fields)
            event = self.desk.record(connection, matter, decision, who)
            outbox.mark(connection, item_id, receipt=receipt, now=matter.now)
            return event

        event = await self.desk.writer.run(finish)
        self.desk.ledger.saw(event)
        return {"event": event}

    async def pending(self, _session: OperatorSession, _request: Request) -> dict[str, Any]:
        """Return what is to be sent, without contents."""
        found = await self.desk.writer.run(outbox.pending, touches=NOTHING)
        return {"items": [_told(item) for item in found]}

    async def item(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return one item with its content, and the event it belongs to."""
        item_id = request.parsed("item_id", _id)

        def read(connection: Connection) -> dict[str, Any]:
            found = outbox.get(connection, item_id)
            event = None if found.seq is None else ledger.event_at(connection, found.seq)
            content = None if found.content is None else base64.b64encode(found.content).decode()
            return {"item": _told(found), "content": content, "event": event}

        return await self.desk.writer.run(read, touches=NOTHING)

    async def mark_sent(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Mark a mail as sent; a second mark changes nothing."""
        item_id, receipt = request.parsed("item_id", _id), request.text("receipt")

        def mark(connection: Connection) -> bool:
            if outbox.get(connection, item_id).kind == outbox.LEVERING:
                raise Refused("not_allowed")
            return outbox.mark(connection, item_id, receipt=receipt, now=self.desk.ledger.clock.now())

        return {"first": await self.desk.writer.run(mark)}

    async def remind(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Put out a reminder, once per vestiging, schooljaar and purpose; tells whether it is new."""
        number = request.parsed("vestigingsnummer", check_vestigingsnummer)
        year, purpose = request.parsed("schooljaar", Schooljaar.parse), request.parsed("purpose", _id)

        def put(connection: Connection) -> bool:
            schools.get(connection, number)
            item_id = f"{purpose}.{number}.{year}"
            item = outbox.Item(item_id, outbox.BERICHT, purpose, number, str(year))
            return outbox.add(connection, item, self.desk.ledger.clock.now())

        return {"new": await self.desk.writer.run(put)}

    def _begin(self, connection: Connection, number: str, who: dict[str, str], request: Request) -> Event:
        matter = self.desk.matter(connection, number, request)
        self.desk.ledger.still_holds(connection, request.parsed("verified", Anchor.parse))
        decision = self.desk.decide("levering_gestart", matter, request.mapping("fields"))
        event = self.desk.record(connection, matter, decision, who)
        item = outbox.Item(
            item_id=request.parsed("item_id", _id),
            kind=outbox.LEVERING,
            purpose=decision.type,
            vestigingsnummer=number,
            schooljaar=str(matter.schooljaar),
            seq=event["seq"],
            content=request.parsed("content", _bytes),
        )
        outbox.add(connection, item, matter.now)
        return event


def _told(item: Item) -> dict[str, Any]:
    return {name: value for name, value in asdict(item).items() if name != "content"}


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("give the bytes of the packed files in base64") from None


def _id(text: str) -> str:
    if not isinstance(text, str) or not text or len(text) > LONGEST_ID or not text.isprintable():
        raise ValueError(f"give 1 to {LONGEST_ID} signs")
    return text
