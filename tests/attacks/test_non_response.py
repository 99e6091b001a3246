"""Item non-response: questions left open are no back door to few pupils, nor seen themselves (D2, D3, D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from export.disclosure import counts, gate
from tests.attacks import attackers
from tests.attacks.random_schools import ITEMS, MANY, SAMPLE, count, school, succeeds

if TYPE_CHECKING:
    from export.disclosure.tally import Tally
    from tests.attacks.random_schools import Pupils

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])


def few_valid_attack(random: np.random.Generator) -> bool:
    """Where most of a leerjaar left a scale open, are the others singled out by what the school is told?"""
    pupils = school(random)
    closed = int(random.integers(len(pupils.cells)))
    here = np.flatnonzero(pupils.place == closed)
    silent = random.choice(here, size=max(len(here) - int(random.integers(0, 10)), 0), replace=False)
    levels = {item: np.where(np.isin(np.arange(pupils.n), silent), 0, pupils.levels[item]) for item in ITEMS}
    pupils = type(pupils)(pupils.cells, pupils.place, {item: levels[item].astype(np.int8) for item in ITEMS})
    counted = pupils.tally()
    units = attackers.told_units(pupils.answers())
    sizes = {**{scale: of.valid for scale, of in counted.scales.items()}, **_valid(counted)}
    return any(
        attackers.small_group(units[what], dict(zip(counted.cells, sizes[what].tolist(), strict=True)))
        for what in units
    )


def _valid(counted: Tally) -> dict[str, np.ndarray]:
    return {item: levels.sum(axis=-1) for item, levels in counted.items.items()}


def silence_attack(random: np.random.Generator) -> bool:
    """One or two pupils more leave a question open, and still fewer than three: does the document tell?

    They are of those who gave the most common answer, whose number is told; of others the answer is.
    """
    pupils = school(random, missing=False)
    item = str(random.choice(ITEMS))
    levels = pupils.levels[item]
    usual = int(np.bincount(levels, minlength=5)[1:].argmax()) + 1
    alike = np.flatnonzero(levels == usual)
    rest = np.sort(np.bincount(levels, minlength=5)[1:])
    # with ten or eleven pupils the minimum itself tells (D2); a tie would make another answer most common
    if pupils.n < 12 or rest[-1] - rest[-2] <= 2:
        return False
    silent = pupils
    for pupil in random.choice(alike, size=int(random.integers(1, 3)), replace=False):
        silent = silent.answering(item, int(pupil), 0)
    return _numbers(pupils, item) != _numbers(silent, item)


def _numbers(pupils: Pupils, item: str) -> Any:
    """Return all numbers of answers that are told, and the table of one item."""
    told = pupils.answers()
    n_valid = [each["n_valid"] for each in (*told["indicators"], *told["items"], *told["kinds"])]
    per_leerjaar = [one["n_valid"] for each in told["indicators"] for one in each["per_leerjaar"]]
    return n_valid, per_leerjaar, [each for each in told["items"] if each["code"] == item]


@pytest.mark.parametrize("schools", [SAMPLE, SLOW])
@pytest.mark.parametrize("attack", [few_valid_attack, silence_attack])
def test_d3_d4_questions_left_open_tell_nothing_of_few_pupils(attack, schools: int):
    assert count(attack, schools=schools, seed=6) == 0


def test_the_attack_succeeds_where_pupils_are_counted_instead_of_answers(monkeypatch: pytest.MonkeyPatch):
    """Twelve pupils of whom two answered: enough pupils, and a mean of two follows from school and others."""
    exact = gate.Disclosure._allowed

    def of_pupils(self, tally, what, wanted, valid):
        return exact(self, tally, what, wanted, np.where(valid > 0, tally.respondents, 0))

    monkeypatch.setattr(gate.Disclosure, "_allowed", of_pupils)
    assert succeeds(few_valid_attack, schools=SAMPLE, seed=6)


def test_the_attack_succeeds_where_the_exact_number_is_told(monkeypatch: pytest.MonkeyPatch):
    """A "29 of 30" says that one of a known thirty left the question open."""
    monkeypatch.setattr(counts, "readable", lambda n_valid, _n_respondents: np.asarray(n_valid))
    assert count(silence_attack, schools=SAMPLE, seed=6) > SAMPLE / 4
