"""Schools and schooljaren as the register writes them; refuses what the register could not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from stdnum.exceptions import ValidationError
from stdnum.nl import brin as brin_register

SECTORS: Final = ("po", "so", "vso", "vo")
ONDERWIJSSOORTEN: Final = (
    "BO", "SBO", "SO", "VSO", "PRO", "VMBO-B", "VMBO-K", "VMBO-GT", "HAVO", "VWO",
)  # fmt: skip
CALENDAR: Final = ZoneInfo("Europe/Amsterdam")
"""Whose days count for a Dutch school."""
FIRST_MONTH: Final = 8
"""A schooljaar runs from 1 August to 31 July."""


def today() -> date:
    """Return the calendar day of Dutch schools, wherever the machine stands."""
    return datetime.now(CALENDAR).date()


class RegisterError(ValueError):
    """A number or year that is out of form; the message names the fault and the form."""


@dataclass(frozen=True, slots=True, order=True)
class Schooljaar:
    """A Dutch school year, 1 August to 31 July, written `2026-2027`."""

    first: int

    @classmethod
    def parse(cls, text: str) -> Schooljaar:
        """Read `2026-2027`; raises `RegisterError` where the second year is not the next."""
        match = re.fullmatch(r"([0-9]{4})-([0-9]{4})", text.strip())
        if match is None or int(match[2]) != int(match[1]) + 1:
            raise RegisterError(f'schooljaar "{text}": write two following years, as in 2026-2027')
        return cls(int(match[1]))

    @classmethod
    def of(cls, day: date) -> Schooljaar:
        """Return the schooljaar in which a day falls."""
        return cls(day.year if day.month >= FIRST_MONTH else day.year - 1)

    def __contains__(self, day: date) -> bool:
        """Tell whether a day falls in this schooljaar."""
        return Schooljaar.of(day) == self

    @property
    def ends_on(self) -> date:
        """The last day, 31 July."""
        return date(self.first + 1, FIRST_MONTH - 1, 31)

    def __str__(self) -> str:
        """Return the form of the register, `2026-2027`."""
        return f"{self.first}-{self.first + 1}"


def check_vestigingsnummer(text: str) -> str:
    """Return a vestigingsnummer (BRIN and two digits, `02QZ00`) in capitals, or raise `RegisterError`."""
    try:
        number = str(brin_register.validate(text))
    except ValidationError as fault:
        raise RegisterError(
            f'vestigingsnummer "{text}": write a BRIN and two digits, as in 02QZ00'
        ) from fault
    if len(number) != len("02QZ00"):
        raise RegisterError(
            f'vestigingsnummer "{text}": add the two digits of the vestiging, as in {number}00'
        )
    return number


def check_bevoegd_gezag(number: str) -> str:
    """Return a bevoegd_gezag_nummer (five digits), or raise `RegisterError`."""
    if re.fullmatch("[0-9]{5}", number) is None:
        raise RegisterError(f'bevoegd_gezag_nummer "{number}": write five digits, as in 41234')
    return number


@dataclass(frozen=True, slots=True)
class School:
    """One vestiging; `simulated` schools are named as such wherever they are shown."""

    vestigingsnummer: str
    name: str
    sector: str
    onderwijssoort: str
    simulated: bool
    bevoegd_gezag_nummer: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the register could not hold."""
        check_vestigingsnummer(self.vestigingsnummer)
        _check_member("sector", self.sector, SECTORS)
        _check_member("onderwijssoort", self.onderwijssoort, ONDERWIJSSOORTEN)
        if self.bevoegd_gezag_nummer is not None:
            check_bevoegd_gezag(self.bevoegd_gezag_nummer)

    @property
    def brin(self) -> str:
        """The BRIN, two digits and two letters."""
        return self.vestigingsnummer[:4]


def _check_member(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise RegisterError(f'{field} "{value}" is unknown; use one of: {", ".join(known)}')
