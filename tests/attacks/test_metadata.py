"""Metadata: order, size and time of what is told say nothing of who answered when, or in which stamgroep."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from export.disclosure import means, tally
from export.results import results
from export.results.served import Served
from instrument.school import School
from instrument.store.results import releases
from tests.attacks.random_schools import AFNAME, ITEMS, MANY, SAMPLE, Pupils, count, rows, school, succeeds

if TYPE_CHECKING:
    from collections.abc import Iterator

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])
SCHOOL = School("99AA00", "Simulatieschool De Volgorde", "po", "BO", simulated=True)


def order_attack(random: np.random.Generator) -> bool:
    """The same pupils in another order: does one byte differ?"""
    pupils = school(random)
    order = random.permutation(pupils.n)
    shuffled = {item: pupils.levels[item][order] for item in ITEMS}
    return pupils.told() != Pupils(pupils.cells, pupils.place[order], shuffled).told()


@pytest.mark.parametrize("schools", [SAMPLE, SLOW])
def test_the_order_of_pupils_is_in_no_byte(schools: int):
    assert count(order_attack, schools=schools, seed=8) == 0


def test_the_attack_succeeds_where_sums_are_floats_and_means_are_not_rounded(monkeypatch: pytest.MonkeyPatch):
    """The last digit of a sum of thirds depends on the order in which they were added."""
    exact = tally._Pupils.counted

    def as_floats(self, item, weights=None):
        if weights is None or weights.max(initial=0) <= 1:
            return exact(self, item, weights)
        index = self.place * 5 + self.levels[item]
        return np.bincount(index, weights * 1.0000001, minlength=self.n_cells * 5).reshape(self.n_cells, 5)[
            :, 1:
        ]

    monkeypatch.setattr(tally._Pupils, "counted", as_floats)
    monkeypatch.setattr(means, "clipped", lambda mean, *_args, **_limits: mean)
    assert succeeds(order_attack, schools=SAMPLE, seed=8)


def test_a_whole_document_is_the_same_whatever_the_order_of_rows_and_answers():
    pupils = school(np.random.default_rng(1))
    given = rows(pupils)
    turned = [{**row, "answers": dict(reversed(row["answers"].items()))} for row in reversed(given)]
    first, second = (releases.canonical(Served()(SCHOOL, AFNAME, each)) for each in (given, turned))
    assert first == second


def test_a_document_holds_no_moment_but_the_days_of_the_afname():
    """When it was made would say who looked, and with a nearby afname who was last."""
    found = results(SCHOOL, AFNAME, rows(school(np.random.default_rng(2))))
    text = json.dumps(found)
    assert not re.search(r"\d{2}:\d{2}", text)
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}", text)) == {"2026-11-02", "2026-11-20"}


def test_the_size_of_a_document_follows_from_what_is_told():
    """No field comes and goes with a count: suppressed or not, every unit and question has its place."""
    random = np.random.default_rng(3)
    shapes = {tuple(keys(results(SCHOOL, AFNAME, rows(school(random))), "options")) for _ in range(6)}
    assert len(shapes) == 1


def keys(value: Any, *without: str) -> Iterator[str]:
    """Yield the names of all fields in order; of listed ones not what is in them."""
    if isinstance(value, dict):
        for name, within in value.items():
            yield name
            if name not in without:
                yield from keys(within, *without)
    elif isinstance(value, list):
        yield str(len(value))
        for within in value:
            yield from keys(within, *without)
