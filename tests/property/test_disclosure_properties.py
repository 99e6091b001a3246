"""Truths about every release, whatever pupils answer."""

from __future__ import annotations

import math
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from export.disclosure import MINIMUM_ANSWERS, Disclosure, Released, Suppressed
from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar

GATE = Disclosure(
    Afname(
        afname_id="a",
        vestigingsnummer="99AA00",
        schooljaar=Schooljaar(2026),
        edition="po_bovenbouw_2026",
        fingerprint="sha256:0",
        stamgroepen=(Stamgroep("6a", 6, 300),),
        opened_on=date(2026, 11, 2),
        closed_on=date(2026, 11, 20),
    )
)
SCORES = st.floats(min_value=1, max_value=4)
ANSWERS = st.lists(SCORES | st.just(math.nan), max_size=120)
END = st.sampled_from([1.0, 4.0])


@given(ANSWERS)
def test_a_mean_is_shown_exactly_where_ten_answered(answers: list[float]):
    n_valid = sum(not math.isnan(answer) for answer in answers)
    found = GATE.mean(answers, low=1, high=4)
    assert isinstance(found, Released) == (n_valid >= MINIMUM_ANSWERS)


@given(st.lists(SCORES, min_size=10, max_size=120))
def test_a_mean_has_one_decimal_and_keeps_three_pupils_from_the_ends(scores: list[float]):
    found = GATE.mean(scores, low=1, high=4)
    assert isinstance(found, Released)
    margin = 3 / len(scores)
    assert found.mean == round(found.mean, 1)
    assert 1 + margin - 1e-9 <= found.mean <= 4 - margin + 1e-9


@given(st.lists(SCORES, min_size=10, max_size=120))
def test_a_mean_is_off_by_rounding_and_margin_at_most(scores: list[float]):
    """Disclosure control must not become another result: 3/n at the ends, and the rounding."""
    found = GATE.mean(scores, low=1, high=4)
    assert isinstance(found, Released)
    assert abs(found.mean - sum(scores) / len(scores)) <= 3 / len(scores) + 0.1 + 1e-9


@given(END, st.integers(12, 300), SCORES, st.integers(0, 2))
def test_one_pupil_among_unanimous_others_is_not_seen(end: float, n: int, other: float, missing: int):
    """The neighbour attack: whatever the last pupil answers, the release is the same."""
    others = [end] * (n - 1 - missing) + [math.nan] * missing
    assert GATE.mean([*others, end], low=1, high=4) == GATE.mean([*others, other], low=1, high=4)


@given(END, st.integers(12, 300), st.integers(0, 2))
def test_up_to_two_pupils_who_leave_a_question_open_are_not_seen(end: float, n: int, missing: int):
    with_missing = [end] * (n - missing) + [math.nan] * missing
    assert GATE.mean([end] * n, low=1, high=4) == GATE.mean(with_missing, low=1, high=4)


@given(st.lists(SCORES, min_size=10, max_size=60), st.randoms())
def test_the_order_of_the_rows_is_not_seen(scores: list[float], random: object):
    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert GATE.mean(scores, low=1, high=4) == GATE.mean(shuffled, low=1, high=4)


@given(st.lists(SCORES, max_size=9), st.lists(SCORES, max_size=9))
def test_too_few_pupils_all_read_the_same(some: list[float], others: list[float]):
    assert GATE.mean(some, low=1, high=4) == GATE.mean(others, low=1, high=4) == Suppressed()
