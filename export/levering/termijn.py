"""The Dutch calendar of a levering: today's date in Amsterdam and the last day without herstel."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from export.levering.sentences import TEXTS
from instrument.school import CALENDAR

if TYPE_CHECKING:
    from instrument.school import Schooljaar


def local(now: datetime) -> datetime:
    """Return a moment in Dutch time; raises `ValueError` for a moment that names no offset."""
    if now.tzinfo is None:
        raise ValueError("now: has no time zone; pass datetime.now(UTC)")
    return now.astimezone(CALENDAR)


def today(now: datetime) -> date:
    """Return the calendar date in Amsterdam at this moment."""
    return local(now).date()


def local_of(at_utc: str) -> datetime:
    """Return a recorded moment in Dutch time."""
    return local(datetime.fromisoformat(at_utc))


def day_of(iso: str) -> date:
    """Return the day of `2027-03-31`."""
    return date.fromisoformat(iso)


def deadline(schooljaar: Schooljaar) -> date:
    """Return the last day on which a levering over this schooljaar is no herstel."""
    table = _table()
    own: date | None = table["schooljaar"].get(str(schooljaar))
    usual = table["elk_schooljaar"]
    return own or date(schooljaar.first + 1, usual["maand"], usual["dag"])


def reminder(schooljaar: Schooljaar, on: date) -> int | None:
    """Return which reminder is due on a day: 6, 3 or 1 weeks before the last; None where none is.

    Only the most urgent one: who starts two weeks before the end sends the one of three weeks.
    """
    last = deadline(schooljaar)
    weeks = sorted(_table()["herinneringen"]["weken"])
    due = [number for number in weeks if last - timedelta(weeks=number) <= on <= last]
    return due[0] if due else None


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((TEXTS / "termijnen.toml").read_text(encoding="utf-8"))
