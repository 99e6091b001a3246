"""The overview: which vestigingen gave toestemming, were delivered, or are missing; at any moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from export.dutch import day
from export.levering import dossier, stand, termijn
from export.levering.sentences import sentence, texts, value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from export.levering.stand import Stand
    from export.levering.toestemming import Event
    from instrument.school import School, Schooljaar


@dataclass(frozen=True, slots=True)
class Line:
    """One vestiging in one schooljaar, in words."""

    vestigingsnummer: str
    school: str
    stand: str
    sinds: str
    leverdatum: str
    niveau: str
    opmerking: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The words in the order of `headings`."""
        return (
            self.vestigingsnummer, self.school, self.stand, self.sinds, self.leverdatum, self.niveau,
            self.opmerking,
        )  # fmt: skip


def headings() -> tuple[str, ...]:
    """Return the heads of the columns."""
    return tuple(texts()["overzicht"]["koppen"])


def lines(
    schools: Iterable[School], events: Mapping[str, Sequence[Event]], schooljaar: Schooljaar, today: date
) -> list[Line]:
    """Return a line for each school; `events` are those of each vestigingsnummer."""
    return [_line(school, events.get(school.vestigingsnummer, ()), schooljaar, today) for school in schools]


def totals(schools: Iterable[School], events: Mapping[str, Sequence[Event]], schooljaar: Schooljaar) -> str:
    """Return in one sentence how many are delivered, planned, and still missing."""
    states = [stand.stand(events.get(school.vestigingsnummer, ()), schooljaar) for school in schools]
    delivered, missing = (
        sum(one.is_delivered for one in states),
        sum(one.lacks_toestemming for one in states),
    )
    return sentence(
        "overzicht",
        "totaal",
        aantal=len(states),
        geleverd=delivered,
        gepland=len(states) - delivered - missing,
        ontbreekt=missing,
    )


def _line(school: School, events: Sequence[Event], schooljaar: Schooljaar, today: date) -> Line:
    found = stand.stand(events, schooljaar)
    return Line(
        vestigingsnummer=school.vestigingsnummer,
        school=sentence("overzicht", "gesimuleerd", school=school.name) if school.simulated else school.name,
        stand=value(found.status),
        sinds=_day(found.since),
        leverdatum=_day(found.leverdatum),
        niveau="" if found.doorleverniveau is None else value(found.doorleverniveau),
        opmerking=_remark(found, events, schooljaar, today),
    )


def _remark(found: Stand, events: Sequence[Event], schooljaar: Schooljaar, today: date) -> str:
    known = dossier.dossier(events, schooljaar)
    if known is not None and not known.is_open:
        return sentence("overzicht", "dossier_gesloten", datum=_day(known.gesloten_op))
    if known is not None:
        return sentence(
            "overzicht", "dossier_open", ontvangen=day(known.ontvangen_op), termijn=day(known.termijn)
        )
    if found.is_delivered or today <= termijn.deadline(schooljaar):
        return ""
    return sentence("overzicht", "te_laat", termijn=day(termijn.deadline(schooljaar)))


def _day(on: date | None) -> str:
    return "" if on is None else day(on)
