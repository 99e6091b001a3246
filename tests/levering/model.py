"""What a levering should do, written a second time: plain values, an own calendar, no code of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FIRST = date(2027, 8, 1)
END = date(2028, 7, 31)
LAST = date(2028, 6, 30)
"""Of schooljaar 2027-2028, which holds a leap day."""


def amsterdam(moment: datetime) -> datetime:
    """Return the time on Dutch clocks by the European rule: an hour, and two in summer."""
    year = moment.year
    begin, end = (_last_sunday(year, month).replace(hour=1) for month in (3, 10))
    return moment.replace(tzinfo=None) + timedelta(hours=2 if begin <= moment < end else 1)


def midnight(day: date) -> datetime:
    """Return the moment at which a day begins in the Netherlands."""
    guess = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)
    while amsterdam(guess).date() >= day:
        guess -= timedelta(hours=1)
    while amsterdam(guess).date() < day:
        guess += timedelta(hours=1)
    return guess


def _last_sunday(year: int, month: int) -> datetime:
    found = datetime(year, month, 31, tzinfo=UTC)
    while found.weekday() != 6:
        found -= timedelta(days=1)
    return found


@dataclass
class Wish:
    """A toestemming as somebody fills it in."""

    leverdatum: date
    level: str
    akkoord: date
    herstel: bool
    named: bool


@dataclass
class School:
    """One school in one schooljaar; `closed` is None where there is no afname."""

    closed: bool | None
    standing: Wish | None = None
    begun: bool = False
    delivered: bool = False
    own_akkoord: date | None = None
    dossier: date | None = None
    events: int = 0
    mails: int = 0

    def lapsed(self, today: date) -> bool:
        return self.standing is not None and not self.begun and today > LAST and not self.standing.herstel

    def current(self, today: date) -> Wish | None:
        return None if self.lapsed(today) else self.standing

    def may_give(self, wish: Wish, today: date) -> bool:
        held = self.current(today)
        agreed = self.own_akkoord or wish.akkoord
        return (
            not self.begun
            and self.closed is True
            and wish.named
            and FIRST <= agreed <= today
            and (agreed <= END or wish.herstel)
            and max(today, FIRST) <= wish.leverdatum
            and (wish.leverdatum > LAST) == wish.herstel
            and (held is None or today < held.leverdatum)
            and (self.dossier is None or wish.leverdatum <= self.dossier)
        )

    def give(self, wish: Wish, today: date) -> str:
        kind = "gegeven" if self.current(today) is None else "gewijzigd"
        self.standing = wish
        self.events, self.mails = self.events + 1, self.mails + 1
        return kind

    def may_withdraw(self, today: date) -> bool:
        held = self.current(today)
        return not self.begun and held is not None and today < held.leverdatum

    def withdraw(self) -> None:
        self.standing = None
        self.events, self.mails = self.events + 1, self.mails + 1

    def may_begin(self, today: date) -> bool:
        held = self.standing
        if self.begun or self.closed is not True or held is None or today < held.leverdatum:
            return False
        return (today > LAST) == held.herstel

    def status(self) -> str:
        """Return what an overview should say, apart from a toestemming that was withdrawn."""
        if self.delivered:
            return "herstel" if self.standing is not None and self.standing.herstel else "geleverd"
        if self.begun:
            return "onderweg"
        return "gepland" if self.standing is not None else "zonder"
