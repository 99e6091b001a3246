"""How far the levering of one vestiging and schooljaar has come, folded from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from export.levering import toestemming
from export.levering.toestemming import INGETROKKEN
from instrument.school import CALENDAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from export.levering.toestemming import Event, Toestemming
    from instrument.school import Schooljaar

LEVERING_GESTART: Final = "levering_gestart"
GELEVERD: Final = "geleverd"
HERSTEL: Final = "herstel"
GEEN: Final = "geen"
GEPLAND: Final = "gepland"
ONDERWEG: Final = "onderweg"
STANDEN: Final = (GEEN, INGETROKKEN, GEPLAND, ONDERWEG, GELEVERD, HERSTEL)
"""No toestemming, withdrawn, given for a day, being sent, delivered, delivered as herstel."""


@dataclass(frozen=True, slots=True)
class Stand:
    """One vestiging in one schooljaar: its state, since when, and what was agreed."""

    status: str
    since: date | None
    leverdatum: date | None = None
    doorleverniveau: str | None = None
    seq: int | None = None

    @property
    def lacks_toestemming(self) -> bool:
        """Whether the school still has to decide: nothing given, or withdrawn."""
        return self.status in (GEEN, INGETROKKEN)

    @property
    def is_delivered(self) -> bool:
        """Whether the inspectorate's side acknowledged the files."""
        return self.status in (GELEVERD, HERSTEL)


def stand(events: Iterable[Event], schooljaar: Schooljaar) -> Stand:
    """Return the state after these events; those of another schooljaar do not count."""
    own = of_schooljaar(events, schooljaar)
    given = toestemming.current(own, schooljaar)
    if (done := last(own, GELEVERD)) is not None:
        return _of_event(str(done["payload"].get("status", GELEVERD)), done, given)
    if (begun := last(own, LEVERING_GESTART)) is not None:
        return _of_event(ONDERWEG, begun, given)
    if given is not None:
        level, planned = given.fields.doorleverniveau, given.fields.leverdatum
        return Stand(GEPLAND, given.recorded_at.astimezone(CALENDAR).date(), planned, level, given.seq)
    gone = last(own, INGETROKKEN)
    return Stand(GEEN, None) if gone is None else _of_event(INGETROKKEN, gone, None)


def begun(events: Iterable[Event], schooljaar: Schooljaar) -> Event | None:
    """Return the event with which a levering of this schooljaar began, or None."""
    return last(of_schooljaar(events, schooljaar), LEVERING_GESTART)


def until(events: Iterable[Event], moment: datetime) -> list[Event]:
    """Return the events that were recorded by some moment, for the state as it was then."""
    return [event for event in events if datetime.fromisoformat(str(event["at_utc"])) <= moment]


def of_schooljaar(events: Iterable[Event], schooljaar: Schooljaar) -> list[Event]:
    """Return the events of one schooljaar in their order."""
    own = [event for event in events if event["schooljaar"] == str(schooljaar)]
    return sorted(own, key=lambda event: int(event["seq"]))


def last(events: Sequence[Event], kind: str) -> Event | None:
    """Return the last event of a type."""
    return next((event for event in reversed(events) if event["type"] == kind), None)


def _of_event(status: str, event: Event, given: Toestemming | None) -> Stand:
    since = datetime.fromisoformat(str(event["at_utc"])).astimezone(CALENDAR).date()
    planned = None if given is None else given.fields.leverdatum
    level = None if given is None else given.fields.doorleverniveau
    return Stand(status, since, planned, level, int(event["seq"]))
