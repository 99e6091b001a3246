"""One round of `weerglas levering run`: what is due is begun, what was begun is sent, what was sent is told.

Each step is recorded before the next: a round that is killed anywhere goes on where it was. First of all
every link and signature of the ledger is checked; a broken ledger stops the round with nothing written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from export.levering import adapter, berichten, mailing, stand, termijn, toestemming, transport
from export.levering.adapter import MANIFEST, Origin
from export.levering.parcel import Parcel
from export.levering.verslag import Report
from instrument.school import Schooljaar
from instrument.store.ledger.ledger_chain import Anchor
from instrument.store.ledger.ledger_client import head_of
from instrument.store.ledger.outbox import BERICHT, LEVERING, Item
from instrument.store.refusals import Refused, RuleFaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from export.levering.configuration import Configuration
    from export.levering.transport import Transport
    from instrument.school import School
    from instrument.store.ledger.ledger import Event
    from instrument.store.ledger.ledger_chain import Record
    from instrument.store.ledger.ledger_client import LedgerClient

    Watch: TypeAlias = Callable[[str, Sequence[Any]], Iterable[Any]]

Key: TypeAlias = tuple[str, str]
"""Vestigingsnummer and schooljaar."""


class LedgerBroken(RuleFaults):
    """The ledger does not verify; `faults` says what is wrong where. Nothing was begun, sent or told."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger that was checked, its events by vestiging and schooljaar, and its head."""

    events: Mapping[Key, list[Event]]
    head: Anchor


@dataclass(frozen=True, slots=True)
class Begun:
    """A levering that was begun, and what was lacking in its evidence."""

    parcel: Parcel
    warnings: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The files that are delivered."""
        return sorted(self.parcel.files)


@dataclass(frozen=True, slots=True)
class Ronde:
    """One round at one broker; `watch` may show the progress of a list by its name."""

    client: LedgerClient
    configuration: Configuration
    now: datetime
    options: Mapping[str, Any] = field(default_factory=dict)
    watch: Watch = field(default=lambda _name, items: items)

    def run(self, way: Transport | None = None) -> Report:
        """Do everything that is due."""
        report, ledger = Report(), self.checked()
        self._remind(ledger, report)
        for key in self.watch("Beginning", self.due(ledger)):
            _tried(report, key[0], partial(self._begun, key, ledger))
        pending = self.client.pending()
        self._send([item for item in pending if item.kind == LEVERING], way, report)
        mails = [item for item in self.client.pending() if item.kind == BERICHT]
        mailing.send(mails, self.client, self.configuration, report, watch=self.watch)
        return report

    def rehearse(self) -> Report:
        """Say what a round would do, and change nothing."""
        report, ledger = Report(), self.checked()
        for key in self.watch("Looking", self.due(ledger)):
            _tried(report, key[0], partial(self._would, key))
        report.done += [
            f"{item.vestigingsnummer}: would send {item.item_id}" for item in self.client.pending()
        ]
        for school, weeks in self._reminders(ledger):
            report.done.append(f"{school.vestigingsnummer}: would be reminded ({weeks} weeks)")
        return report

    def checked(self) -> Ledger:
        """Return the ledger, every link and signature checked; raises `LedgerBroken`."""
        records = list(self.client.records())
        if faults := self.client.faults(records):
            raise LedgerBroken(tuple(map(str, faults)))
        return Ledger(by_matter(records), head_of(records))

    def due(self, ledger: Ledger) -> list[Key]:
        """Return whose day has come, and whose levering has not begun."""
        return [key for key, events in sorted(ledger.events.items()) if self._is_due(key, events)]

    def deliver(self, key: Key, way: Transport) -> Begun:
        """Deliver one vestiging now, on a way that somebody chose; goes on with one that was begun."""
        ledger = self.checked()
        waiting = [item for item in self.client.pending() if item.kind == LEVERING and key == _key(item)]
        if waiting:
            content = self.client.content(waiting[0].item_id)
            found = Begun(Parcel.unpack(waiting[0].item_id, content))
        else:
            found = self.begin(key, ledger)
        with way as opened:
            self.client.finish(found.parcel.name, receipt=opened.put(found.parcel))
        return found

    def begin(self, key: Key, ledger: Ledger) -> Begun:
        """Compute one levering and begin it; raises `RuleFaults` or `Refused` with every reason."""
        number, year = key[0], Schooljaar.parse(key[1])
        found = self.client.summary(number, year, self.options)
        given = next(event for event in ledger.events[key] if event["seq"] == found["toestemming"])
        origin = Origin(given["seq"], given["hash"], self.client.key)
        parcel = adapter.parcel(found["summary"], origin)
        item = Item(parcel.name, LEVERING, LEVERING, number, key[1], content=parcel.pack())
        self.client.start(item, _started(found, parcel), verified=ledger.head)
        return Begun(parcel, tuple(found["warnings"]))

    def _begun(self, key: Key, ledger: Ledger) -> str:
        found = self.begin(key, ledger)
        return "\n".join([f"begun {found.parcel.name}", *found.warnings])

    def _is_due(self, key: Key, events: Sequence[Event]) -> bool:
        year = Schooljaar.parse(key[1])
        given = toestemming.current(events, year)
        waits = given is not None and stand.begun(events, year) is None
        return waits and given is not None and given.fields.leverdatum <= self._today

    @property
    def _today(self) -> date:
        return termijn.today(self.now)

    def _would(self, key: Key) -> str:
        found = self.client.summary(key[0], Schooljaar.parse(key[1]), self.options)
        return f"would deliver {adapter.name_of(found['summary'])} as {found['summary']['status']}"

    def _send(self, items: Sequence[Item], way: Transport | None, report: Report) -> None:
        if not items:
            return
        try:
            with way or transport.of(self.configuration) as opened:
                for item in self.watch("Sending", items):
                    parcel = Parcel.unpack(item.item_id, self.client.content(item.item_id))
                    receipt = opened.put(parcel)
                    self.client.finish(item.item_id, receipt=receipt)
                    report.done.append(f"{item.vestigingsnummer}: delivered {item.item_id}")
        except transport.NotDelivered as fault:
            report.refuse("not sent", fault)

    def _remind(self, ledger: Ledger, report: Report) -> None:
        year = Schooljaar.of(self._today)
        for school, weeks in self._reminders(ledger):
            purpose = f"{berichten.HERINNERING}-{weeks}"
            if self.client.remind(school.vestigingsnummer, year, purpose=purpose):
                report.done.append(f"{school.vestigingsnummer}: reminder of {weeks} weeks put out")

    def _reminders(self, ledger: Ledger) -> Iterator[tuple[School, int]]:
        year = Schooljaar.of(self._today)
        weeks = termijn.reminder(year, self._today)
        for school in self.client.schools() if weeks is not None else ():
            events = ledger.events.get((school.vestigingsnummer, str(year)), [])
            if weeks is not None and stand.stand(events, year).lacks_toestemming:
                yield school, weeks


def by_matter(records: Iterable[Record]) -> dict[Key, list[Event]]:
    """Return events, their payloads read, by vestiging and schooljaar."""
    found: dict[Key, list[Event]] = defaultdict(list)
    for record in records:
        event = {**record, "payload": json.loads(record["payload"])}
        found[event["vestigingsnummer"], event["schooljaar"]].append(event)
    return dict(found)


def _key(item: Item) -> Key:
    return item.vestigingsnummer, item.schooljaar


def _tried(report: Report, place: str, work: Callable[[], str]) -> None:
    """Keep what was done, or every reason why not; one school's fault does not stop another's levering."""
    try:
        report.done += [f"{place}: {line}" for line in work().splitlines()]
    except (RuleFaults, Refused) as fault:
        report.refuse(place, fault)


def _started(found: Mapping[str, Any], parcel: Parcel) -> dict[str, Any]:
    return {
        "status": found["summary"]["status"],
        "schema_version": found["summary"]["schema_version"],
        "toestemming": found["toestemming"],
        "afname_id": found["afname_id"],
        "gemaakt_op": found["summary"]["gegenereerd_op"],
        "pakket": parcel.name,
        "manifest": parcel.hashes[MANIFEST],
        "sha256": parcel.hashes,
    }
