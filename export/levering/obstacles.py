"""Everything that stands in the way of a levering, each as a Dutch sentence that says what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from export.disclosure import MINIMUM_ANSWERS, DisclosureError
from export.dutch import day
from export.indicators import edition_of
from export.levering import stand, summary, termijn, toestemming
from export.levering.sentences import sentence
from export.levering.summary_text import leerjaar
from export.levering.toestemming_form import ToestemmingFaults
from instrument.catalogue import BankFaults, UnknownEditionError
from instrument.editions import EditionChangedError
from instrument.scoring import AnswersError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from export.indicators import Row
    from export.levering.toestemming import Event, Toestemming
    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.school import School, Schooljaar


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be delivered: an afname of a school, and what the ledger says of that school."""

    school: School
    afname: Afname
    rows: Sequence[Row] | None
    """The responses; None where only dates and toestemming are looked at."""
    events: Sequence[Event]
    now: datetime
    herstel: bool

    @property
    def today(self) -> date:
        """The calendar date in Amsterdam."""
        return termijn.today(self.now)

    @property
    def toestemming(self) -> Toestemming | None:
        """What the school agreed to; raises `ToestemmingFaults` where that was recorded incompletely."""
        return toestemming.fold(self.events, self.afname.schooljaar)


def obstacles(case: Case) -> Iterator[str]:
    """Name every obstacle; with none the case may be delivered."""
    yield from already_begun(case.events, case.afname.schooljaar)
    yield from of_the_afname(case)
    yield from of_the_edition(case)
    yield from _of_the_toestemming(case)
    yield from _of_the_term(case)


def say(key: str, **fields: object) -> str:
    """Return one sentence of a refusal."""
    return sentence("levering", key, **fields)


def already_begun(events: Sequence[Event], schooljaar: Schooljaar) -> Iterator[str]:
    """Say that a levering has begun, after which nothing can change and nothing is delivered again."""
    found = stand.begun(events, schooljaar)
    if found is not None:
        moment = termijn.local_of(str(found["at_utc"]))
        yield say("al_begonnen", schooljaar=schooljaar, datum=day(moment))


def of_the_afname(case: Case) -> Iterator[str]:
    """Name what is wrong with the afname itself: whose it is, when it was, whom it asked."""
    afname, school = case.afname, case.school
    if afname.vestigingsnummer != school.vestigingsnummer:
        yield say("andere_vestiging", afname=afname.vestigingsnummer, school=school.vestigingsnummer)
    if afname.closed_on is None:
        yield say("afname_open")
    elif afname.opened_on not in afname.schooljaar or afname.closed_on not in afname.schooljaar:
        period = {"van": day(afname.opened_on), "tot": day(afname.closed_on)}
        yield say("buiten_schooljaar", **period, schooljaar=afname.schooljaar)
    if afname.n_pupils <= 0:
        yield say("geen_leerlingaantallen")


def of_the_edition(case: Case) -> Iterator[str]:
    """Name what is wrong with the questions, their evidence and the answers."""
    try:
        edition = edition_of(case.afname)
    except UnknownEditionError:
        yield say("editie_onbekend", editie=case.afname.edition)
        return
    except (BankFaults, EditionChangedError):
        yield say("editie_gewijzigd", editie=case.afname.edition)
        return
    yield from _of_the_evidence(case, edition)
    if case.rows is not None and not case.afname.is_open:
        yield from _of_the_answers(case, case.rows)


def _of_the_evidence(case: Case, edition: Edition) -> Iterator[str]:
    """An edition is only delivered for the population it was shown to be valid and reliable for."""
    sector = case.school.sector
    if edition.sector != sector:
        yield say("geen_evidentie_sector", editie=edition.code, editie_sector=edition.sector, sector=sector)
    without = sorted(case.afname.population.keys() - set(edition.leerjaren))
    if without:
        names = ", ".join(leerjaar(number, sector) for number in without)
        yield say("geen_evidentie_leerjaar", editie=edition.code, leerjaren=names)


def _of_the_answers(case: Case, rows: Sequence[Row]) -> Iterator[str]:
    if len(rows) < MINIMUM_ANSWERS:
        yield say("te_weinig_leerlingen", minimum=MINIMUM_ANSWERS)
        return
    try:
        released = summary.release(case.school, case.afname, rows)
    except (AnswersError, DisclosureError):
        yield say("antwoorden", editie=case.afname.edition)
        return
    if all(indicator["gemiddelde"] is None for indicator in released["indicator"]):
        yield say("geen_gemiddelde")


def _of_the_toestemming(case: Case) -> Iterator[str]:
    try:
        found = case.toestemming
    except ToestemmingFaults as refused:
        yield say("toestemming_onleesbaar", fouten="; ".join(refused.faults))
        return
    if found is None:
        yield toestemming.why_absent(case.events, case.afname.schooljaar)
    elif case.today < found.fields.leverdatum:
        yield say("te_vroeg", datum=day(found.fields.leverdatum))


def _of_the_term(case: Case) -> Iterator[str]:
    last = termijn.deadline(case.afname.schooljaar)
    known = {"schooljaar": case.afname.schooljaar, "termijn": day(last)}
    if case.today > last and not case.herstel:
        yield say("termijn_voorbij", **known)
    if case.today <= last and case.herstel:
        yield say("termijn_loopt", **known)
