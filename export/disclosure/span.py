"""The span audit (D3): whether sums of a small group follow from the sums of units, in exact arithmetic.

A unit is a set of cells, released as a sum over the pupils in them. Adding and subtracting such sums gives
every combination in the span of the units' indicator vectors, and nothing else. A small group is betrayed
where some combination other than zero rests on cells with fewer than ten pupils together: whoever has it
knows something of these pupils alone. That holds for n and for means alike, whose rounding is not counted on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from export.disclosure.units import Cell, Unit

MOST_GROUPS: Final = 4096
"""More small groups are not gone through: such units count as derivable, and are not shown."""


def allowed(
    wanted: Sequence[Unit], sizes: Mapping[Cell, int], *, earlier: Iterable[Unit], fewest: int
) -> frozenset[Unit]:
    """Return the units of `wanted` that may be released beside all that was released `earlier`.

    `sizes` holds the valid answers per cell. Units are taken in the order given: the first have first choice.
    """
    cells = sorted(cell for cell in sizes if sizes[cell])
    # larger cells are all alike to the audit, and to its memory
    numbers = tuple(min(int(sizes[cell]), fewest) for cell in cells)
    taken = [_row(unit, cells) for unit in earlier]
    found = set()
    for unit in wanted:
        row = _row(unit, cells)
        if any(row) and not is_derivable(tuple(sorted({*taken, row})), numbers, fewest):
            taken.append(row)
            found.add(unit)
    return frozenset(found)


@lru_cache(maxsize=65_536)
def is_derivable(rows: tuple[tuple[int, ...], ...], sizes: tuple[int, ...], fewest: int) -> bool:
    """Tell whether the rows betray a group of 1 to `fewest` - 1 pupils.

    A row has a one for each cell in a unit; `sizes` are the pupils of each cell, none of them zero.
    """
    groups = _small_groups(sizes, fewest)
    if len(groups) > MOST_GROUPS:
        return True
    whole = _rank(rows)
    return any(_rank(_without(rows, group)) < whole for group in groups)


def _row(unit: Unit, cells: Sequence[Cell]) -> tuple[int, ...]:
    return tuple(int(unit.covers(cell)) for cell in cells)


def _small_groups(sizes: tuple[int, ...], fewest: int) -> list[frozenset[int]]:
    """Return the largest groups of cells that hold fewer than `fewest` pupils; smaller ones lie in them."""
    groups: list[tuple[int, ...]] = [()]
    # every group once, by adding cells behind its last one
    for group in groups:
        begin = group[-1] + 1 if group else 0
        room = fewest - sum(sizes[place] for place in group)
        groups.extend((*group, place) for place in range(begin, len(sizes)) if sizes[place] < room)
        if len(groups) > MOST_GROUPS:
            return [frozenset(each) for each in groups]
    return [frozenset(group) for group in groups if group and _is_largest(group, sizes, fewest)]


def _is_largest(group: tuple[int, ...], sizes: tuple[int, ...], fewest: int) -> bool:
    room = fewest - sum(sizes[place] for place in group)
    return not any(size < room for place, size in enumerate(sizes) if place not in group)


def _without(rows: tuple[tuple[int, ...], ...], group: frozenset[int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(value for place, value in enumerate(row) if place not in group) for row in rows)


def _rank(rows: tuple[tuple[int, ...], ...]) -> int:
    """Return the rank over the rational numbers; by whole numbers, without division, and so exactly."""
    left = [list(row) for row in rows]
    rank = 0
    for column in range(len(left[0]) if left else 0):
        place = next((place for place in range(rank, len(left)) if left[place][column]), None)
        if place is None:
            continue
        left[rank], left[place] = left[place], left[rank]
        left[rank + 1 :] = [_cleared(row, left[rank], column) for row in left[rank + 1 :]]
        rank += 1
    return rank


def _cleared(row: list[int], pivot: list[int], column: int) -> list[int]:
    factor, whole = row[column], pivot[column]
    return [whole * value - factor * of for value, of in zip(row, pivot, strict=True)] if factor else row
