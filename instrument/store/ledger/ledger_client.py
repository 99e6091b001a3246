"""The ledger and the outbox as `weerglas levering` asks for them; the chain is checked here."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from instrument.store.ledger import ledger_chain, outbox
from instrument.store.ledger.ledger_chain import FIRST, Anchor
from instrument.store.records import school_from_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from instrument.school import School, Schooljaar
    from instrument.store.ledger.ledger import Event
    from instrument.store.ledger.ledger_chain import ChainFault, Record
    from instrument.store.ledger.outbox import Item
    from instrument.store.operator_client import Operator


class LedgerClient:
    """What an operator asks of the ledger, and of what is to be sent."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    @property
    def key(self) -> str:
        """The public key of the signatures, as 64 signs."""
        return str(self._operator.ask("ledger_key")["key"])

    def schools(self) -> Iterator[School]:
        """Yield all schools by vestigingsnummer, page by page."""
        after = ""
        while page := self._operator.ask("roll", after=after)["schools"]:
            yield from map(school_from_dict, page)
            after = page[-1]["vestigingsnummer"]

    def records(self) -> Iterator[Record]:
        """Yield the whole ledger as it lies in the store, page by page."""
        after = 0
        while page := self._operator.ask("ledger_page", after=after)["records"]:
            yield from page
            after = page[-1]["seq"]

    def events(self, vestigingsnummer: str) -> list[Event]:
        """Return the events of one vestiging, the oldest first."""
        return self._operator.events(vestigingsnummer)

    def faults(self, records: Iterable[Record], *, anchors: Iterable[Anchor] = ()) -> list[ChainFault]:
        """Return everything that is wrong in a ledger, checked in this process."""
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
        return list(ledger_chain.faults(records, key, anchors=anchors))

    def decide(self, op: str, vestigingsnummer: str, schooljaar: Schooljaar, **fields: Any) -> Event:  # noqa: ANN401 - any JSON
        """Ask for an event to be recorded: give_toestemming, withdraw_toestemming or herstel."""
        asked = {"vestigingsnummer": vestigingsnummer, "schooljaar": str(schooljaar), **fields}
        event: Event = self._operator.ask(op, **asked)["event"]
        return event

    def summary(
        self, vestigingsnummer: str, schooljaar: Schooljaar, options: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return `summary` and what else belongs to it; see `ledger_rules.Rules.summary`."""
        asked = {"vestigingsnummer": vestigingsnummer, "schooljaar": str(schooljaar)}
        return self._operator.ask("levering_report", **asked, options=dict(options))

    def start(self, item: Item, fields: Mapping[str, Any], *, verified: Anchor) -> Event:
        """Begin a levering, once: its event and its files are recorded together."""
        event: Event = self._operator.ask(
            "start_levering",
            item_id=item.item_id,
            vestigingsnummer=item.vestigingsnummer,
            schooljaar=item.schooljaar,
            content=base64.b64encode(item.content or b"").decode(),
            fields=dict(fields),
            verified=str(verified),
        )["event"]
        return event

    def finish(self, item_id: str, *, receipt: str) -> Event:
        """Record that a levering was received, once."""
        event: Event = self._operator.ask("finish_levering", item_id=item_id, receipt=receipt)["event"]
        return event

    def pending(self) -> list[Item]:
        """Return what is to be sent, deliveries first, without contents."""
        return [outbox.Item(**fields) for fields in self._operator.ask("pending")["items"]]

    def content(self, item_id: str) -> bytes:
        """Return the packed files of a levering; empty where they were received."""
        return base64.b64decode(self._operator.ask("item", item_id=item_id)["content"] or "")

    def event_of(self, item_id: str) -> Event | None:
        """Return the event that a mail is about; None for a reminder."""
        event: Event | None = self._operator.ask("item", item_id=item_id)["event"]
        return event

    def mark_sent(self, item_id: str, *, receipt: str) -> None:
        """Mark a mail as sent."""
        self._operator.ask("mark_sent", item_id=item_id, receipt=receipt)

    def remind(self, vestigingsnummer: str, schooljaar: Schooljaar, *, purpose: str) -> bool:
        """Put out a reminder, once; tells whether it is new."""
        asked = {"vestigingsnummer": vestigingsnummer, "schooljaar": str(schooljaar), "purpose": purpose}
        return bool(self._operator.ask("remind", **asked)["new"])


def head_of(records: Iterable[Record]) -> Anchor:
    """Return number and hash of the last record."""
    last: Record | None = None
    for record in records:
        last = record
    return Anchor(0, FIRST) if last is None else Anchor(last["seq"], last["hash"])
