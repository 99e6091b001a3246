"""What an attacker can work out from what is told: sums and differences of units, and bounds on counts.

Written without the gate's own code, by other means: floating ranks where the gate counts in fractions, and
whole-number programmes of scipy.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from export.disclosure.units import Cell

FEWEST = 10


def told_units(answers: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return per question the units of which it is told."""
    found: dict[str, set[str]] = {}
    for indicator in answers["indicators"]:
        units = found.setdefault(indicator["code"], set())
        units |= {"school"} if indicator["suppressed"] is None else set()
        units |= {f"leerjaar:{one['leerjaar']}" for one in indicator["per_leerjaar"] if not one["suppressed"]}
    for item in answers["items"]:
        found[item["code"]] = {"school"} if item["suppressed"] is None else set()
    return found


def small_group(units: Iterable[str], sizes: Mapping[Cell, int]) -> bool:
    """Tell whether adding and subtracting units singles out a group of one to nine pupils."""
    cells = [cell for cell in sizes if sizes[cell]]
    rows = np.array([[_covers(unit, cell) for cell in cells] for unit in sorted(units)], dtype=float)
    if not rows.size:
        return False
    whole = np.linalg.matrix_rank(rows)
    for length in range(1, len(cells) + 1):
        for group in combinations(range(len(cells)), length):
            if sum(sizes[cells[place]] for place in group) >= FEWEST:
                continue
            rest = np.delete(rows, group, axis=1)
            if (np.linalg.matrix_rank(rest) if rest.size else 0) < whole:
                return True
    return False


def _covers(unit: str, cell: Cell) -> bool:
    kind, _, key = unit.partition(":")
    return kind == "school" or key == (str(cell.leerjaar) if kind == "leerjaar" else cell.onderwijssoort)


class Programme:
    """Whole numbers of pupils per item and level, and what is told of them as constraints."""

    def __init__(self, items: Sequence[Mapping[str, Any]], n_levels: int) -> None:
        self.places = {item["code"]: place * n_levels for place, item in enumerate(items)}
        self.n_variables = len(items) * n_levels
        self.rows: list[tuple[np.ndarray, float, float]] = []
        for item in items:
            self._tell(item, n_levels)

    def bounds(self, item: str, value: int) -> tuple[int, int] | None:
        """Return the fewest and the most pupils who can have stored this value; None if nothing fits."""
        place = self.places[item] + value - 1
        ends = [self._end(place, sign) for sign in (1, -1)]
        return None if None in ends else (ends[0], -ends[1])

    def add(self, row: np.ndarray, low: float, high: float) -> None:
        """Add what is told of a sum of counts."""
        self.rows.append((row, low, high))

    def _tell(self, item: Mapping[str, Any], n_levels: int) -> None:
        n, first = item["n_valid"], self.places[item["code"]]
        self.add(self._row(first, range(1, n_levels + 1)), n, n)
        step = 1 if n >= 100 else 5
        for option in item["options"]:
            row = self._row(first, option["values"])
            if option["reads"] == "share":
                # by largest remainder a share is less than a step off, or was raised to one step
                least = 3 if option["share"] == step else (option["share"] - step) * n / 100
                self.add(row, max(least, 3), min((option["share"] + step) * n / 100, n - 3))
            elif option["reads"] == "few":
                self.add(row, 0, 2)
            else:
                self.add(row, n - 2, n)

    def _row(self, first: int, values: Iterable[int]) -> np.ndarray:
        row = np.zeros(self.n_variables)
        row[[first + value - 1 for value in values]] = 1
        return row

    def _end(self, place: int, sign: int) -> int | None:
        wanted = np.zeros(self.n_variables)
        wanted[place] = sign
        matrix = np.array([row for row, _, _ in self.rows])
        limits = LinearConstraint(matrix, [low for _, low, _ in self.rows], [high for *_, high in self.rows])
        found = milp(
            wanted, constraints=limits, integrality=np.ones(self.n_variables), bounds=Bounds(0, np.inf)
        )
        return None if not found.success else round(found.fun)
