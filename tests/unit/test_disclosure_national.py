"""The gate for a country tells of each school what the gate of that school tells."""

from __future__ import annotations

import numpy as np

from export.disclosure import (
    SCHOOL,
    Cell,
    Disclosure,
    Distribution,
    Released,
    Suppressed,
    Unit,
    national,
    tally,
)
from tests.attacks.random_schools import AFNAME, EDITION, FORM, ITEMS, Pupils, school

SENSITIVE = {item.code for item in EDITION.scored if item.sensitive}


def test_a_country_is_its_schools():
    """One rule, written once: classes, shares, means and audit of 60 schools at once and one by one."""
    schools = [school(np.random.default_rng([9, number])) for number in range(60)]
    found, first_cell = of_country(schools)
    gate = Disclosure(AFNAME)
    for number, pupils in enumerate(schools):
        counted = pupils.tally()
        for item in ITEMS:
            sensitive = item in SENSITIVE
            alone = gate.distribution(counted, item, sensitive=sensitive)
            assert flat(found.items[item], number) == flat_alone(alone, sensitive=sensitive)
        for scale, means in found.scales.items():
            units = [Unit("leerjaar", str(cell.leerjaar)) for cell in pupils.cells]
            alone = gate.means(counted, scale, units=[SCHOOL, *units])
            here = first_cell[number] + np.arange(len(units))
            told = [(means.of_school[number], means.n_of_school[number])]
            told += list(zip(means.of_cell[here], means.n_of_cell[here], strict=True))
            for unit, (mean, n) in zip([SCHOOL, *units], told, strict=True):
                one = alone[unit]
                assert (one.mean, one.n_valid) == (mean, n) if isinstance(one, Released) else np.isnan(mean)


def of_country(schools: list[Pupils]) -> tuple[national.National, np.ndarray]:
    lengths = [len(pupils.cells) for pupils in schools]
    first_cell = np.cumsum([0, *lengths[:-1]])
    cells = tuple(
        Cell(cell.leerjaar, f"school {number}") for number, each in enumerate(schools) for cell in each.cells
    )
    place = np.concatenate([each.place + first for each, first in zip(schools, first_cell, strict=True)])
    levels = {item: np.concatenate([each.levels[item] for each in schools]) for item in ITEMS}
    counted = tally.of_levels(levels, place, cells, FORM)
    return national.aggregates(counted, first_cell, sensitive=SENSITIVE), first_cell


def flat(found: national.Distributions, number: int) -> list[object] | None:
    if not found.shown[number]:
        return None
    if found.nearly_all[number]:
        return ["nearly all", int(found.usual[number]), int(found.n_told[number])]
    n_classes = int(found.group[number].max()) + 1
    return [found.group[number].tolist(), found.share[number][:n_classes].tolist(), int(found.n_told[number])]


def flat_alone(found: Distribution | Suppressed, *, sensitive: bool) -> list[object] | None:
    if isinstance(found, Suppressed):
        return None
    shares = [each.share for each in found.classes]
    if None in shares:
        usual = [each.reads for each in found.classes].index("nearly_all")
        return ["nearly all", usual, found.n_valid]
    if sensitive:
        return [[0, 1], shares, found.n_valid]
    group = [number for number, each in enumerate(found.classes) for _ in each.levels]
    return [group, shares, found.n_valid]
