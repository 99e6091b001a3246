"""An afname: one edition, put to the stamgroepen of one vestiging in one schooljaar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from instrument.school import Schooljaar


@dataclass(frozen=True, slots=True)
class Stamgroep:
    """A class with its number of registered pupils; its name never leaves the school."""

    name: str
    leerjaar: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Afname:
    """What was asked, of whom and when; open until `closed_on` is set, and then frozen."""

    afname_id: str
    vestigingsnummer: str
    schooljaar: Schooljaar
    edition: str
    fingerprint: str
    stamgroepen: tuple[Stamgroep, ...]
    opened_on: date
    closed_on: date | None = None
    modules: tuple[str, ...] = ()
    """Codes of the edition's modules that this school added to the scales."""

    @property
    def is_open(self) -> bool:
        """Whether pupils can still answer; nothing is shown of an open afname (D1)."""
        return self.closed_on is None

    @property
    def n_pupils(self) -> int:
        """Registered pupils, the population of this afname."""
        return sum(group.pupils for group in self.stamgroepen)

    @property
    def population(self) -> dict[int, int]:
        """Registered pupils per leerjaar."""
        return _per_leerjaar({group.name: group.pupils for group in self.stamgroepen}, self)

    def respondents(self, used: dict[str, int]) -> dict[int, int]:
        """Add up counts per stamgroep to counts per leerjaar."""
        return _per_leerjaar(used, self)


def _per_leerjaar(counts: dict[str, int], afname: Afname) -> dict[int, int]:
    total = dict.fromkeys(sorted({group.leerjaar for group in afname.stamgroepen}), 0)
    for group in afname.stamgroepen:
        total[group.leerjaar] += counts.get(group.name, 0)
    return total
