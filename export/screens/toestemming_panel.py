"""The station Toestemming en levering: where the school stands, and the six steps by which it agrees."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import ipywidgets as widgets

from export.dutch import day
from export.levering import rulings, stand, termijn, toestemming, toestemming_form
from export.levering.toestemming_form import ToestemmingFaults
from export.screens.report_fetch import ReportFetch
from export.screens.telling import Telling, display, rendered, texts
from export.screens.toestemming_steps import Explained, Steps
from instrument.school import Schooljaar, today
from instrument.store import client
from instrument.store.ledger.ledger_chain import Anchor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from export.levering.summary import Summary
    from instrument.store.ledger.ledger import Event

RULES_REFUSE: Final = "rules_refuse"
FORMS: Final = (toestemming.GEGEVEN, toestemming.GEWIJZIGD)
BERICHT: Final = "bericht"
THINKING_TIME: Final = timedelta(days=14)


class ToestemmingPanel:
    """The station Toestemming en levering."""

    def __init__(self, session: client.Session) -> None:
        self._session = session
        self._texts = texts("toestemming")
        self.title = self._texts["titel"]
        self._report = ReportFetch(self._texts, ask=self._summary, fetched=self._allow_checking)
        self._steps = Steps(
            self._texts,
            days={"akkoord_datum": today(), "leverdatum": _proposed(today())},
            fetch=self._report.box,
            pressed={
                "give": lambda: self._telling.soon(self._give),
                "withdraw": lambda: self._telling.soon(self._withdraw),
            },
        )
        self._telling = Telling(faults=(ToestemmingFaults,), named=self._steps.named)
        self._stand = widgets.HTML()
        self._steps.box.layout.display = display(shown=False)
        self.box = widgets.VBox([self._stand, self._steps.box, self._telling.place])
        self._year: Schooljaar | None = None
        self._events: list[Event] = []
        self._shown: tuple[Schooljaar, int] | None = None
        self._request_id = secrets.token_hex(16)

    async def show(self, state: Mapping[str, Any]) -> None:
        """Show where this school stands; the steps once the afname is closed."""
        afname = state["afname"]
        if afname is None or afname["closed_on"] is None:
            reason = "geen_afname" if afname is None else "nog_open"
            self._say_where([self._texts["uitleg"], self._texts[reason]], [])
            self._steps.box.layout.display = display(shown=False)
            return
        self._year = Schooljaar.parse(afname["schooljaar"])
        await self._telling.told(self._refresh)

    async def _refresh(self) -> None:
        known = await self._call("toestemming")
        if self._year is None:
            return
        self._events, shown = known["events"], (self._year, len(known["events"]))
        is_new, self._shown = shown != self._shown, shown
        given = toestemming.current(self._events, self._year)
        found = stand.stand(self._events, self._year)
        self._say_where(list(_lines(self._texts, self._events, known["sent"], self._year)), self._events)
        is_over = found.is_delivered or found.status == stand.ONDERWEG
        self._steps.box.layout.display = display(shown=not is_over)
        if is_new:
            self._steps.explain(self._explained(self._year, is_given=given is not None))
            self._steps.fill(_recorded(self._events, self._year))

    async def _summary(self) -> Summary:
        summary: Summary = (await self._call("levering_report"))["summary"]
        return summary

    def _allow_checking(self) -> None:
        self._steps.checked.disabled = False

    async def _give(self) -> None:
        fields = {**self._steps.filled_in, "inhoud": self._report.looked_at}
        if not self._steps.checked.value:
            own = {} if self._year is None else rulings.own_akkoord(self._events, self._year)
            found = toestemming_form.reading({**fields, **own}).faults
            raise ToestemmingFaults((*found, self._texts["rapport_nodig"]))
        event = await self._decide("give_toestemming", fields=fields)
        await self._refresh()
        delivered_from = self._texts["vastgelegd"].format(datum=day(date.fromisoformat(event["date"])))
        self._telling.say(delivered_from, self._head_of(event))

    async def _withdraw(self) -> None:
        event = await self._decide("withdraw_toestemming")
        await self._refresh()
        self._telling.say(self._texts["ingetrokken"], self._head_of(event))

    async def _decide(self, op: str, **fields: Any) -> Event:  # noqa: ANN401 - any JSON
        answer = await self._call(op, schooljaar=str(self._year), request_id=self._request_id, **fields)
        self._request_id = secrets.token_hex(16)
        event: Event = answer["event"]
        return event

    def _head_of(self, event: Event) -> str:
        head = Anchor(event["seq"], event["hash"])
        return str(self._texts["kop_uitleg"]).format(seq=event["seq"], kop=head)

    def _say_where(self, lines: Sequence[str], events: Sequence[Event]) -> None:
        self._stand.value = rendered("toestemming_stand.html", texts=self._texts, lines=lines, events=events)

    def _explained(self, year: Schooljaar, *, is_given: bool) -> Explained:
        own = rulings.own_akkoord(self._events, year)
        last = termijn.deadline(year)
        is_late = today() > last
        words = self._texts["datum_herstel" if is_late else "datum_uitleg"]
        return Explained(
            akkoord=_agreed(self._texts, own) if own else "",
            datum=words.format(termijn=day(last)),
            is_given=is_given,
            is_late=is_late,
        )

    async def _call(self, op: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        try:
            return await self._session.call(op, **fields)
        except client.Refused as refusal:
            if refusal.reason != RULES_REFUSE:
                raise
            raise ToestemmingFaults(tuple(refusal.detail["faults"])) from None


def _proposed(on: date) -> date:
    """Return a day that leaves time to change one's mind; the last day where that comes sooner."""
    ahead, last = on + THINKING_TIME, termijn.deadline(Schooljaar.of(on))
    return ahead if on > last else min(ahead, last)


def _lines(
    words: Mapping[str, Any], events: Sequence[Event], sent: Sequence[Mapping[str, Any]], year: Schooljaar
) -> Iterator[str]:
    found, given = stand.stand(events, year), toestemming.current(events, year)
    done = stand.last(stand.of_schooljaar(events, year), stand.GELEVERD)
    if found.since is None:
        yield words["uitleg"]
    elif done is not None:
        yield words["geleverd"].format(datum=day(found.since), ontvangst=done["payload"]["ontvangst"])
    elif found.status == stand.ONDERWEG:
        yield words["begonnen"].format(datum=day(found.since))
    elif given is not None:
        is_over = today() > given.last_day_to_change
        yield words["vastgelegd"].format(datum=day(given.fields.leverdatum))
        yield words["wijzigen_voorbij" if is_over else "wijzigen_tot"].format(
            datum=day(given.last_day_to_change)
        )
    else:
        yield words["ingetrokken"]
    mails = [item for item in sent if item["kind"] == BERICHT]
    if mails:
        waiting = sum(item["sent_at"] is None for item in mails)
        yield words["berichten"].format(verstuurd=len(mails) - waiting, wachtend=waiting)


def _agreed(words: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    return str(words["eigen_akkoord"]).format(
        naam=own["akkoord_naam"],
        functie=own["akkoord_functie"],
        datum=day(date.fromisoformat(own["akkoord_datum"])),
    )


def _recorded(events: Sequence[Event], year: Schooljaar) -> Mapping[str, Any]:
    """Return the last form of this schooljaar, to be changed; empty where none was given."""
    given = [event for event in stand.of_schooljaar(events, year) if event["type"] in FORMS]
    return given[-1]["payload"] if given else {}
