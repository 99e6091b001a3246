"""Of whom something may be told: the school, one leerjaar or one onderwijssoort, and never two at once (D7).

A stamgroep is no unit: of it only the used codes are shown, by the store (D1, D6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.disclosure.rules import DisclosureError

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS: Final = ("school", "onderwijssoort", "leerjaar")
"""In the order in which they are served: where not all can be shown, the smaller give way."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """Where leerjaar and onderwijssoort cross: counted inside, never shown (D7)."""

    leerjaar: int
    onderwijssoort: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Unit:
    """A group of pupils of which something may be told, such as `leerjaar:7`."""

    kind: str
    key: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no unit, such as a stamgroep."""
        if self.kind not in KINDS or (self.kind == "school") != (not self.key):
            raise DisclosureError(f'unit "{self}": use school, leerjaar:7 or onderwijssoort:HAVO (D6, D7)')

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read what `str` writes; raises `DisclosureError` where it is no unit."""
        kind, _, key = text.partition(":")
        return cls(kind, key)

    def __str__(self) -> str:
        """Return kind and key, as the ledger of releases keeps them."""
        return f"{self.kind}:{self.key}" if self.key else self.kind

    def covers(self, cell: Cell) -> bool:
        """Tell whether the pupils of a cell belong to this unit."""
        if self.kind == "leerjaar":
            return str(cell.leerjaar) == self.key
        return self.kind == "school" or cell.onderwijssoort == self.key


SCHOOL: Final = Unit("school")


def of_leerjaren(cells: Iterable[Cell]) -> tuple[Unit, ...]:
    """Return the leerjaren among cells, rising."""
    return tuple(Unit("leerjaar", str(leerjaar)) for leerjaar in sorted({cell.leerjaar for cell in cells}))


def of_onderwijssoorten(cells: Iterable[Cell]) -> tuple[Unit, ...]:
    """Return the onderwijssoorten among cells, in the order of their names."""
    return tuple(Unit("onderwijssoort", each) for each in sorted({cell.onderwijssoort for cell in cells}))
