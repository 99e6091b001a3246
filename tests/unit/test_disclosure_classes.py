"""Which answers are told together, and how: by hand, and on every small table there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from export.disclosure import (
    FEW,
    NEARLY_ALL,
    SCHOOL,
    SHARE,
    AnswerClass,
    Disclosure,
    DisclosureError,
    Distribution,
    Suppressed,
    classes,
    counts,
    shares,
)
from tests.attacks.random_schools import AFNAME, Cell, Pupils, school

if TYPE_CHECKING:
    from collections.abc import Iterator

GATE = Disclosure(AFNAME)


def told(*numbers: int, sensitive: bool = False, missing: int = 0) -> Distribution | Suppressed:
    """Return what is told of so many pupils at level 1, 2, 3 and 4 of one item."""
    levels = np.repeat([1, 2, 3, 4, 0], [*numbers, missing]).astype(np.int8)
    base = school(np.random.default_rng(0))
    pupils = Pupils((Cell(7),), np.zeros(len(levels), dtype=np.intp), dict.fromkeys(base.levels, levels))
    return GATE.distribution(pupils.tally(), "VB01", unit=SCHOOL, sensitive=sensitive)


def read(found: Distribution | Suppressed) -> list[tuple[tuple[int, ...], str, int | None]]:
    assert isinstance(found, Distribution)
    return [(each.levels, each.reads, each.share) for each in found.classes]


def test_answers_that_many_gave_are_told_one_by_one():
    assert read(told(10, 10, 10, 10)) == [((level,), SHARE, 25) for level in (1, 2, 3, 4)]


def test_d4_an_answer_that_fewer_than_three_gave_is_told_with_the_next():
    """Two, one and none at the far end read the same."""
    for few in (0, 1, 2):
        assert read(told(few, 12 - few, 8, 20)) == [((1, 2), SHARE, 30), ((3,), SHARE, 20), ((4,), SHARE, 50)]


def test_d4_what_is_left_over_goes_with_the_class_below():
    assert read(told(12, 8, 2, 20)) == [((1,), SHARE, 30), ((2, 3), SHARE, 25), ((4,), SHARE, 45)]


@pytest.mark.parametrize("others", [(0, 0, 0), (1, 0, 0), (0, 1, 1), (2, 0, 0)])
def test_d4_all_but_fewer_than_three_reads_as_all(others: tuple[int, int, int]):
    """Unanimity does not show: nobody can tell that all pupils gave this answer."""
    found = read(told(*others, 30 - sum(others)))
    assert found == [((1,), FEW, None), ((2,), FEW, None), ((3,), FEW, None), ((4,), NEARLY_ALL, None)]


def test_d6_a_sensitive_item_is_told_in_two_classes():
    assert read(told(5, 5, 10, 20, sensitive=True)) == [((1, 2, 3), SHARE, 50), ((4,), SHARE, 50)]
    assert read(told(0, 1, 1, 28, sensitive=True)) == [((1, 2, 3), FEW, None), ((4,), NEARLY_ALL, None)]


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((5, 5, 10, 20), AnswerClass((1, 2, 3), SHARE, 50)),
        ((0, 1, 1, 28), AnswerClass((1, 2, 3), FEW, None)),
        ((10, 10, 9, 1), AnswerClass((1, 2, 3), NEARLY_ALL, None)),
        ((1, 0, 28, 1), AnswerClass((1, 2, 3), NEARLY_ALL, None)),
    ],
)
def test_what_happened_follows_from_the_classes_alone(numbers: tuple[int, ...], expected: AnswerClass):
    """A second table of the same answers would betray what the first holds back."""
    found = told(*numbers)
    assert isinstance(found, Distribution)
    assert found.below_best == expected


def test_d2_nine_answers_are_too_few_and_ten_are_enough():
    assert told(0, 0, 4, 5) == Suppressed()
    assert isinstance(told(0, 0, 5, 5), Distribution)
    assert told(0, 0, 4, 5, missing=20) == Suppressed()


def test_d4_two_who_left_it_open_read_as_none():
    assert told(0, 9, 8, 13) == told(0, 9, 8, 11, missing=2)
    assert told(0, 9, 8, 13) != told(0, 9, 8, 10, missing=3)


def test_a_distribution_cannot_be_made_elsewhere():
    with pytest.raises(DisclosureError, match=r"Disclosure\.distribution"):
        Distribution((), 10, object())


def tables(n_levels: int, n: int) -> Iterator[tuple[int, ...]]:
    """Yield every way in which n pupils can answer an item."""
    if n_levels == 1:
        yield (n,)
        return
    for number in range(n + 1):
        for rest in tables(n_levels - 1, n - number):
            yield (number, *rest)


SIZES = [(2, 10), (2, 17), (4, 10), (4, 11), (4, 16), (5, 10), (5, 13)]


@pytest.mark.parametrize(("n_levels", "n"), SIZES)
def test_d4_in_every_small_table_none_one_and_two_are_possible_for_who_knows_all_classes(
    n_levels: int, n: int
):
    """Stronger than what is printed: the attacker is given the rule, and the exact size of every class."""
    every = np.array(list(tables(n_levels, n)))
    possible: dict[object, list[set[int]]] = {}
    for table, known in zip(every.tolist(), what_is_known(every), strict=True):
        seen = possible.setdefault(known, [set() for _ in table])
        for numbers, number in zip(seen, table, strict=True):
            numbers.add(number)
    betrayed = [
        (known, numbers)
        for known, seen in possible.items()
        for numbers in seen
        if min(numbers) < 3 and not {0, 1, 2} <= numbers
    ]
    assert betrayed == []


def what_is_known(every: np.ndarray) -> Iterator[object]:
    """Yield what each table tells: the classes with their sizes, or who nearly all are, or nothing."""
    group = classes.grouped(every)
    sizes = classes.sizes(every, group)
    nearly_all, nothing = classes.is_nearly_all(every), classes.is_one(group)
    for place, table in enumerate(every):
        if nearly_all[place]:
            yield "nearly all", int(table.argmax())
        elif nothing[place]:
            yield "nothing"
        else:
            yield tuple(group[place].tolist()), tuple(sizes[place].tolist())


@pytest.mark.parametrize(("n_levels", "n"), SIZES)
def test_d4_a_share_stands_for_three_and_leaves_out_three(n_levels: int, n: int):
    every = np.array(list(tables(n_levels, n)))
    group = classes.grouped(every)
    in_classes = ~classes.is_one(group)
    sizes = classes.sizes(every, group)[in_classes]
    assert in_classes.any()
    assert ((sizes == 0) | (sizes >= 3) & (n - sizes >= 3)).all()


def test_an_item_of_three_answers_is_told_in_two_classes():
    """With three, (7, 3, 0) would be told as nothing, and that only where the last is not three or more."""
    assert classes.told(np.array([4, 3, 5]), sensitive=False).tolist() == [7, 5]


@pytest.mark.parametrize(("n", "step"), [(10, 5), (99, 5), (100, 1), (2000, 1)])
def test_d5_shares_come_in_steps_and_add_up_to_a_hundred(n: int, step: int):
    random = np.random.default_rng(n)
    sizes = 3 + random.multinomial(n - 9, [0.7, 0.25, 0.05], size=200)
    found = shares.rounded(sizes)
    assert (found.sum(axis=-1) == 100).all()
    assert (found % step == 0).all()
    assert (found >= step).all()
    assert (np.abs(found - 100 * sizes / n) <= np.maximum(step, 2 * step - 300 / n)).all()


def test_readable_hides_up_to_two():
    assert counts.readable(np.array([27, 28, 30]), np.array([30, 30, 30])).tolist() == [27, 30, 30]
