"""Random schools for the attacks, and everything that is told of one; no school of these exists.

They are meaner than real ones: leerjaren of a handful of pupils, questions left open by half of them, and
kinds of aantasting that happened to one or two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from export.disclosure import Disclosure, Release, tally
from export.disclosure.units import Cell
from export.results import document
from instrument import catalogue, editions
from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar
from instrument.store.results import releases

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDITION: Final = catalogue.edition("po_bovenbouw_2026")
FORM: Final = tally.Form.of(EDITION)
ITEMS: Final = tuple(FORM.n_levels)
BEST: Final = 4
SAMPLE: Final = 40
"""Schools in `make test`."""
MANY: Final = 10_000
"""Schools in the slow suite."""
AFNAME: Final = Afname(
    afname_id="a",
    vestigingsnummer="99AA00",
    schooljaar=Schooljaar(2026),
    edition=EDITION.code,
    fingerprint=editions.fingerprint(EDITION),
    stamgroepen=tuple(
        Stamgroep(f"{leerjaar}{letter}", leerjaar, 40) for leerjaar in range(5, 9) for letter in "ab"
    ),
    opened_on=date(2026, 11, 2),
    closed_on=date(2026, 11, 20),
)


@dataclass(frozen=True)
class Pupils:
    """A school: the cell of each pupil, and per item the level of the answer (1 worst, 4 best, 0 none)."""

    cells: tuple[Cell, ...]
    place: NDArray[np.intp]
    levels: dict[str, NDArray[np.int8]]

    @property
    def n(self) -> int:
        return len(self.place)

    def tally(self) -> tally.Tally:
        return tally.of_levels(self.levels, self.place, self.cells, FORM)

    def answering(self, item: str, pupil: int, level: int) -> Pupils:
        """Return the same school, but that one pupil gave another answer to one item."""
        changed = self.levels[item].copy()
        changed[pupil] = level
        return replace(self, levels={**self.levels, item: changed})

    def answers(self, *, history: tuple[Release, ...] = ()) -> dict[str, Any]:
        """Return all that is told of answers."""
        gate = Disclosure(AFNAME, released=history)
        return document.answers(gate, EDITION, self.tally(), n_stamgroepen=len(self.cells))

    def told(self) -> str:
        """Return the bytes of all that is told of answers, as text."""
        return releases.canonical(self.answers())


def rows(pupils: Pupils) -> list[dict[str, Any]]:
    """Return responses as the store has them, each leerjaar in stamgroepen a and b."""
    codes = [item.code for item in EDITION.scored]
    of_pupil = {
        code: 5 - pupils.levels[code] if EDITION.item(code).reversed else pupils.levels[code]
        for code in codes
    }
    return [
        {
            "stamgroep": f"{pupils.cells[place].leerjaar}{'ab'[pupil % 2]}",
            "answers": {code: int(of_pupil[code][pupil]) for code in codes if pupils.levels[code][pupil]},
        }
        for pupil, place in enumerate(pupils.place.tolist())
    ]


def school(random: np.random.Generator, *, missing: bool = True, soorten: tuple[str, ...] = ("",)) -> Pupils:
    """Draw a school of some leerjaren (and onderwijssoorten), from a handful of pupils to forty in each."""
    leerjaren = random.choice(np.arange(5, 9), size=random.integers(2, 5), replace=False)
    cells = tuple(Cell(int(leerjaar), soort) for leerjaar in sorted(leerjaren) for soort in soorten)
    sizes = np.where(random.random(len(cells)) < 0.5, random.integers(1, 13, len(cells)), 0)
    sizes = np.where(sizes > 0, sizes, random.integers(10, 41, len(cells)))
    place = np.repeat(np.arange(len(cells)), sizes)
    left_open = random.choice([0.0, 0.02, 0.1, 0.4]) if missing else 0.0
    levels = {item: _levels(random, len(place), left_open) for item in ITEMS}
    return Pupils(cells, place, levels)


def _levels(random: np.random.Generator, n: int, left_open: float) -> NDArray[np.int8]:
    # most answers the best one, or spread over all four, or nearly all alike
    shares = random.dirichlet(random.choice([0.2, 1.0, 5.0]) * np.array([0.3, 0.5, 1.0, 3.0]))
    levels = random.choice(np.arange(1, BEST + 1), size=n, p=shares)
    return np.where(random.random(n) < left_open, 0, levels).astype(np.int8)


def count(attack: Callable[[np.random.Generator], bool], *, schools: int, seed: int) -> int:
    """Return in how many of so many random schools an attack succeeds."""
    return sum(attack(np.random.default_rng([seed, number])) for number in range(schools))


def succeeds(attack: Callable[[np.random.Generator], bool], *, schools: int, seed: int) -> bool:
    """Tell whether an attack succeeds in any of so many random schools; stops at the first."""
    return any(attack(np.random.default_rng([seed, number])) for number in range(schools))


def each_alone(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put every answer into a class of its own: what `classes.grouped` is there to prevent."""
    return np.broadcast_to(np.arange(counts.shape[-1]), counts.shape)
