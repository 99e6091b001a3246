"""Neighbour and unanimity attacks: who knows all pupils but one learns nothing of that one (D4, EIS-F)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from export.disclosure import classes, means
from tests.attacks.random_schools import (
    BEST,
    ITEMS,
    MANY,
    SAMPLE,
    Pupils,
    count,
    each_alone,
    school,
    succeeds,
)

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])


def rare(random: np.random.Generator, pupils: Pupils) -> Pupils:
    """Let every second item be one that happened to nobody or one of the pupils."""
    levels = dict(pupils.levels)
    for item in ITEMS[:: int(random.integers(1, 3))]:
        levels[item] = np.where(levels[item] > 0, BEST, 0).astype(np.int8)
        if random.random() < 0.5:
            levels[item][random.integers(pupils.n)] = random.integers(1, BEST)
    return replace(pupils, levels=levels)


def is_rare(pupils: Pupils, item: str) -> bool:
    return int(np.isin(pupils.levels[item], range(1, BEST)).sum()) <= 1


def neighbour_attack(random: np.random.Generator) -> bool:
    """Something happened to one pupil more, and still to fewer than three: does any byte tell?"""
    pupils = rare(random, school(random))
    item = str(random.choice([item for item in ITEMS if is_rare(pupils, item)]))
    unhurt = np.flatnonzero(pupils.levels[item] == BEST)
    if not len(unhurt):
        return False
    changed = pupils.answering(item, int(random.choice(unhurt)), int(random.integers(1, BEST)))
    return pupils.told() != changed.told()


def unanimity_attack(random: np.random.Generator) -> bool:
    """All pupils answer alike, but for none, one or two: can anybody see whether all do?"""
    pupils = school(random, missing=False)
    usual = {item: int(random.integers(1, BEST + 1)) for item in ITEMS}
    if random.random() < 0.5:
        usual = dict.fromkeys(ITEMS, int(random.integers(1, BEST + 1)))
    alike = {item: np.full(pupils.n, level, dtype=np.int8) for item, level in usual.items()}
    others = {item: levels.copy() for item, levels in alike.items()}
    for pupil in random.choice(pupils.n, size=min(pupils.n, int(random.integers(1, 3))), replace=False):
        for item in ITEMS:
            others[item][pupil] = random.integers(1, BEST + 1)
    return replace(pupils, levels=alike).told() != replace(pupils, levels=others).told()


@pytest.mark.parametrize("schools", [SAMPLE, SLOW])
@pytest.mark.parametrize("attack", [neighbour_attack, unanimity_attack])
def test_d4_fewer_than_three_pupils_change_no_byte(attack, schools: int):
    assert count(attack, schools=schools, seed=4) == 0


def without_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tell each answer by itself, however few gave it."""
    monkeypatch.setattr(classes, "is_nearly_all", lambda counts: np.zeros(counts.shape[:-1], dtype=bool))
    monkeypatch.setattr(classes, "grouped", each_alone)


def without_flattened_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add up what everybody answered, be it one pupil beside others who agree."""

    def plain(counts: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return (weights * np.arange(1, counts.shape[-1] + 1)).sum(axis=-1)

    monkeypatch.setattr(means, "flattened", plain)


@pytest.mark.parametrize("without", [without_classes, without_flattened_means])
@pytest.mark.parametrize("attack", [neighbour_attack, unanimity_attack])
def test_the_attack_succeeds_without_the_rule(attack, without, monkeypatch: pytest.MonkeyPatch):
    """Means alone betray one pupil in some schools only: where they lie at a border of rounding."""
    without(monkeypatch)
    assert succeeds(attack, schools=2 * SAMPLE, seed=4)
