"""Bounds by whole-number programming: nobody can tell 0, 1 and 2 pupils apart, by whatever reasoning (D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from export.disclosure import classes
from tests.attacks.attackers import Programme
from tests.attacks.random_schools import BEST, EDITION, MANY, SAMPLE, count, each_alone, school, succeeds

if TYPE_CHECKING:
    from tests.attacks.random_schools import Pupils

SLOW = pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])


def bounds_attack(random: np.random.Generator) -> bool:
    """The items of one scale and its mean together: is a count below three known to be more, or less?

    Nobody left a question open, and the attacker knows that.
    """
    pupils = school(random, missing=False)
    answers = pupils.answers()
    indicator = answers["indicators"][random.integers(3)]
    items = [item for item in answers["items"] if item["scale"] == indicator["code"]]
    if indicator["suppressed"] or any(item["suppressed"] for item in items):
        return False
    target = _target(random, pupils, items)
    if target is None:
        return False
    item, value = target
    told = Programme(items, BEST)
    _tell_mean(told, indicator, items)
    found = told.bounds(item, value)
    assert found is not None, "the truth does not fit what is told"
    return found[0] > 0 or found[1] < 2


def _target(
    random: np.random.Generator, pupils: Pupils, items: list[dict[str, Any]]
) -> tuple[str, int] | None:
    """Choose an answer that fewer than three gave; of a sensitive item only "it happened" can be one."""
    few = [
        (item["code"], option["values"][0])
        for item in items
        for option in item["options"]
        if option["reads"] == "few" or (option["reads"] == "share" and len(option["values"]) > 1)
    ]
    rare = [(code, value) for code, value in few if _number(pupils, code, value) < 3]
    return None if not rare else rare[random.integers(len(rare))]


def _number(pupils: Pupils, code: str, value: int) -> int:
    level = BEST + 1 - value if EDITION.item(code).reversed else value
    return int((pupils.levels[code] == level).sum())


def _tell_mean(told: Programme, indicator: dict[str, Any], items: list[dict[str, Any]]) -> None:
    """Add the mean of the scale: half a step of rounding, the clip, and what few pupils may weigh in it."""
    n = indicator["n_valid"]
    row = np.zeros(told.n_variables)
    for item in items:
        values = range(1, BEST + 1)
        scores = [BEST + 1 - value if item["favourable"] == "low" else value for value in values]
        row[[told.places[item["code"]] + value - 1 for value in values]] = scores
    slack = sum(
        2 * BEST for item in items if any(option["reads"] == "nearly_all" for option in item["options"])
    )
    margin = np.ceil(30 / n) / 10
    whole = n * len(items)
    mean = indicator["mean"]
    least = mean - 0.05 if mean > indicator["low"] + margin + 1e-9 else indicator["low"]
    most = mean + 0.05 if mean < indicator["high"] - margin - 1e-9 else indicator["high"]
    told.add(row, least * whole - slack - 1e-6, most * whole + slack + 1e-6)


@pytest.mark.parametrize("schools", [SAMPLE // 3, SLOW])
def test_d4_no_bound_tells_fewer_than_three_apart(schools: int):
    assert count(bounds_attack, schools=schools, seed=5) == 0


def test_the_bounds_attack_succeeds_where_each_answer_is_told_by_itself(monkeypatch: pytest.MonkeyPatch):
    """30 %, 30 % and 30 % of ten pupils, and "minder dan 3": it is one pupil, and nobody printed that."""
    monkeypatch.setattr(classes, "is_nearly_all", lambda counts: np.zeros(counts.shape[:-1], dtype=bool))
    monkeypatch.setattr(classes, "grouped", each_alone)
    assert succeeds(lone_bounds_attack, schools=6, seed=5)


def lone_bounds_attack(random: np.random.Generator) -> bool:
    """One item whose rare answers are told as "minder dan 3" beside the shares of the others."""
    pupils = school(random, missing=False)
    plain = [item for item in pupils.answers()["items"] if not item["suppressed"] and not item["sensitive"]]
    for item in plain:
        for option in item["options"]:
            option["reads"] = "few" if _number(pupils, item["code"], option["values"][0]) < 3 else "share"
    return any(
        found is not None and (found[0] > 0 or found[1] < 2)
        for item in plain
        for option in item["options"]
        if option["reads"] == "few"
        for found in [Programme([item], BEST).bounds(item["code"], option["values"][0])]
    )
