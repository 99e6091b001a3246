"""Span attack: add and subtract what is told of units until a small group is left (D2, D3, D8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export.disclosure import Disclosure, Release, Released, Unit, span
from export.disclosure.units import SCHOOL, Cell, of_leerjaren, of_onderwijssoorten
from tests.attacks import attackers
from tests.attacks.random_schools import AFNAME, MANY, SAMPLE, count, school, succeeds

if TYPE_CHECKING:
    import numpy as np

    from tests.attacks.random_schools import Pupils

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])
SCALES = ("veiligheidsbeleving", "aantasting", "welbevinden")
TRACKS = ("HAVO", "VWO")


def sizes(pupils: Pupils, scale: str) -> dict[Cell, int]:
    """Return the valid answers per cell, which the attacker must not learn of a small group."""
    counted = pupils.tally()
    return dict(zip(counted.cells, counted.scales[scale].valid.tolist(), strict=True))


def span_attack(random: np.random.Generator) -> bool:
    """One school, all that its page tells."""
    pupils = school(random)
    units = attackers.told_units(pupils.answers())
    return any(attackers.small_group(units[scale], sizes(pupils, scale)) for scale in SCALES)


def two_levels_attack(random: np.random.Generator, *, remembered: bool = True) -> bool:
    """One audience is told per leerjaar, another later per onderwijssoort; they put it together."""
    pupils = school(random, soorten=TRACKS)
    counted = pupils.tally()
    levels = [of_leerjaren(counted.cells), of_onderwijssoorten(counted.cells)]
    if random.random() < 0.5:
        levels.reverse()
    released: list[Release] = []
    for level in levels:
        gate = Disclosure(AFNAME, released=tuple(released) if remembered else ())
        for scale in SCALES:
            found = gate.means(counted, scale, units=(SCHOOL, *level))
            released += [Release(unit, scale) for unit in found if isinstance(found[unit], Released)]
    told = {scale: {str(each.unit) for each in released if each.what == scale} for scale in SCALES}
    return any(attackers.small_group(told[scale], sizes(pupils, scale)) for scale in SCALES)


@pytest.mark.parametrize("schools", [SAMPLE, SLOW])
@pytest.mark.parametrize("attack", [span_attack, two_levels_attack])
def test_d3_no_small_group_is_left_by_adding_and_subtracting(attack, schools: int):
    assert count(attack, schools=schools, seed=3) == 0


def at_least_ten_alone(rows: tuple[tuple[int, ...], ...], numbers: tuple[int, ...], fewest: int) -> bool:
    """Look at each unit by itself, as a rule of "n ≥ 10" does."""
    return any(sum(n for n, within in zip(numbers, row, strict=True) if within) < fewest for row in rows)


def test_the_span_attack_succeeds_where_only_each_unit_is_looked_at(monkeypatch: pytest.MonkeyPatch):
    """A rule of "n ≥ 10" alone, which let a small group be derived in 634 of 1,000 schools (TRUST)."""
    monkeypatch.setattr(span, "is_derivable", at_least_ten_alone)
    assert count(span_attack, schools=SAMPLE, seed=3) > SAMPLE / 10


def test_two_audiences_succeed_where_earlier_releases_are_forgotten():
    """D8: each level by itself is safe, both together are not."""

    def forgetful(random: np.random.Generator) -> bool:
        return two_levels_attack(random, remembered=False)

    assert succeeds(forgetful, schools=SAMPLE, seed=3)


def test_d8_a_level_that_was_told_before_counts_although_nobody_asks_for_it_now():
    """After HAVO (30 pupils) the school (31) would leave the one of VWO; leerjaar 8 (11) leaves nobody."""
    cells = {Cell(8, "HAVO"): 10, Cell(8, "VWO"): 1, Cell(7, "HAVO"): 20}
    havo, eight = Unit("onderwijssoort", "HAVO"), Unit("leerjaar", "8")
    assert span.allowed([SCHOOL, eight], cells, earlier=[], fewest=10) == {SCHOOL, eight}
    assert span.allowed([SCHOOL, eight], cells, earlier=[havo], fewest=10) == {eight}
