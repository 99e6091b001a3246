"""The school's mandate to deliver, folded from the ledger; not the consent of the AVG, and without pupils."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.dutch import day
from export.levering import termijn, toestemming_form
from export.levering.sentences import sentence
from export.levering.toestemming_form import UNREADABLE, Fields, ToestemmingFaults
from instrument.school import FIRST_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from instrument.school import Schooljaar

GEGEVEN: Final = "gegeven"
GEWIJZIGD: Final = "gewijzigd"
INGETROKKEN: Final = "ingetrokken"

Event: TypeAlias = "Mapping[str, Any]"
"""One row of the ledger: seq, vestigingsnummer, schooljaar, type, payload, at_utc."""


@dataclass(frozen=True, slots=True)
class Toestemming:
    """What a school agreed to for one schooljaar, as it stands after every change."""

    schooljaar: str
    fields: Fields
    recorded_at: datetime
    seq: int = 0
    """Number of the event that it rests on."""
    in_own_login: bool = False
    """Whether the bevoegd gezag agreed itself, and is not only named by the school."""

    @property
    def last_day_to_change(self) -> date:
        """Until this day it can be changed or withdrawn: the day before the delivery."""
        return self.fields.leverdatum - timedelta(days=1)


def fold(events: Iterable[Event], schooljaar: Schooljaar) -> Toestemming | None:
    """Return the toestemming that counts for this schooljaar, or None; last year's does not count.

    Raises `ToestemmingFaults` where what was recorded is incomplete or names a date that cannot be.
    """
    event = _standing(events, schooljaar)
    if event is None:
        return None
    recorded_at = datetime.fromisoformat(str(event["at_utc"]))
    fields = toestemming_form.read(event["payload"])
    faults = tuple(_date_faults(fields, schooljaar))
    if faults:
        raise ToestemmingFaults(faults)
    own = bool(event["payload"].get("akkoord_eigen_login"))
    return Toestemming(str(schooljaar), fields, recorded_at, int(event["seq"]), own)


def current(events: Iterable[Event], schooljaar: Schooljaar) -> Toestemming | None:
    """Return what `fold` returns, and None too where what was recorded cannot be read: it is given anew."""
    try:
        return fold(events, schooljaar)
    except ToestemmingFaults:
        return None


def why_absent(events: Iterable[Event], schooljaar: Schooljaar) -> str:
    """Return in one Dutch sentence why `fold` found no toestemming, and what to do about it."""
    given = [event for event in events if event["type"] in (GEGEVEN, GEWIJZIGD, INGETROKKEN)]
    if any(event["schooljaar"] == str(schooljaar) for event in given):
        return sentence("levering", "toestemming_ingetrokken", schooljaar=schooljaar)
    if not given:
        return sentence("levering", "geen_toestemming", schooljaar=schooljaar)
    others = ", ".join(sorted({str(event["schooljaar"]) for event in given}))
    return sentence("levering", "toestemming_ander_schooljaar", gegeven=others, schooljaar=schooljaar)


def give(
    fields: Mapping[str, Any],
    *,
    vestigingsnummer: str,
    schooljaar: Schooljaar,
    today: date,
    current: Toestemming | None = None,
) -> dict[str, Any]:
    """Return the event to record for a new toestemming, or for a change of the `current` one.

    Raises `ToestemmingFaults` with every fault of the form and of its dates at once.
    """
    reading = toestemming_form.reading(fields)
    dates = (*_clock_faults(reading.fields, today), *_date_faults(reading.fields, schooljaar))
    faults = (*_too_late(current, today), *reading.faults, *dates)
    if faults:
        raise ToestemmingFaults(faults)
    kind = GEGEVEN if current is None else GEWIJZIGD
    return _event(vestigingsnummer, schooljaar, kind, toestemming_form.write(reading.fields))


def withdraw(
    current: Toestemming | None, *, vestigingsnummer: str, schooljaar: Schooljaar, today: date
) -> dict[str, Any]:
    """Return the event that withdraws the `current` toestemming; possible until the day before delivery."""
    if current is None:
        raise ToestemmingFaults((sentence("toestemming", "niets_in_te_trekken", schooljaar=schooljaar),))
    faults = tuple(_too_late(current, today))
    if faults:
        raise ToestemmingFaults(faults)
    return _event(vestigingsnummer, schooljaar, INGETROKKEN, {})


def _standing(events: Iterable[Event], schooljaar: Schooljaar) -> Event | None:
    standing: Event | None = None
    of_year = [event for event in events if event["schooljaar"] == str(schooljaar)]
    for event in sorted(of_year, key=lambda event: int(event["seq"])):
        # a change cannot revive what was withdrawn
        if event["type"] == GEGEVEN or (event["type"] == GEWIJZIGD and standing is not None):
            standing = event
        elif event["type"] == INGETROKKEN:
            standing = None
    return standing


def _event(number: str, schooljaar: Schooljaar, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"vestigingsnummer": number, "schooljaar": str(schooljaar), "type": kind, "payload": payload}


def _too_late(current: Toestemming | None, today: date) -> Iterable[str]:
    if current is not None and today > current.last_day_to_change:
        yield sentence("toestemming", "niet_meer_wijzigen", datum=day(current.last_day_to_change))


def _clock_faults(fields: Fields, today: date) -> Iterable[str]:
    if fields.akkoord.day > today:
        yield _fault("in_toekomst", "akkoord_datum", datum=day(fields.akkoord.day))
    if UNREADABLE < fields.leverdatum < today:
        yield _fault("in_verleden", "leverdatum", datum=day(fields.leverdatum))


def _date_faults(fields: Fields, schooljaar: Schooljaar) -> Iterable[str]:
    if fields.akkoord.day != UNREADABLE:
        yield from _akkoord_faults(fields, schooljaar)
    if fields.leverdatum != UNREADABLE:
        yield from _leverdatum_faults(fields, schooljaar)


def _akkoord_faults(fields: Fields, schooljaar: Schooljaar) -> Iterable[str]:
    agreed = fields.akkoord.day
    # a herstel runs past the end of the schooljaar
    is_too_late = agreed > schooljaar.ends_on and not fields.herstel
    if agreed < _first_day(schooljaar) or is_too_late:
        yield _fault("buiten_schooljaar", "akkoord_datum", datum=day(agreed), schooljaar=schooljaar)


def _leverdatum_faults(fields: Fields, schooljaar: Schooljaar) -> Iterable[str]:
    chosen, last = fields.leverdatum, termijn.deadline(schooljaar)
    if chosen < _first_day(schooljaar):
        yield _fault("buiten_schooljaar", "leverdatum", datum=day(chosen), schooljaar=schooljaar)
    if chosen > last and not fields.herstel:
        yield _fault("na_termijn", "leverdatum", datum=day(chosen), termijn=day(last))
    if chosen <= last and fields.herstel:
        yield _fault("binnen_termijn", "leverdatum", datum=day(chosen), termijn=day(last))


def _first_day(schooljaar: Schooljaar) -> date:
    return date(schooljaar.first, FIRST_MONTH, 1)


def _fault(kind: str, field: str, **fields: object) -> str:
    return sentence("toestemming", kind, veld=field, **fields)
