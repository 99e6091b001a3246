"""Scoring by hand on a scale of six items and one of three."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from instrument import scoring
from instrument.questionnaire import (
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    Edition,
    Item,
    Module,
    Option,
    OptionSet,
    Scale,
)

FOUR = OptionSet("vier", tuple(Option(value, {"nl": str(value)}) for value in (1, 2, 3, 4)))
FIVE = OptionSet("vijf", tuple(Option(value, {"nl": str(value)}) for value in (0, 1, 2, 3, 4)))
SIX_ITEMS = [f"AA0{number}" for number in range(1, 7)]


def make_item(code: str, *, option_set: OptionSet = FOUR, turned: bool = False) -> Item:
    """Make an item; AA belongs to the first scale, BB to the second."""
    scale = "eerste" if code.startswith("AA") else "tweede"
    return Item(code, scale, {"nl": code}, option_set, turned, sensitive=False, explanation=None)


EDITION = Edition(
    code="toets",
    title={"nl": "Toets"},
    sector="po",
    leerjaren=(6,),
    languages=("nl",),
    minimum_answered=2 / 3,
    scales=(Scale("eerste", {"nl": "Eerste"}, "?"), Scale("tweede", {"nl": "Tweede"}, "?")),
    explanations=(),
    items=(
        *(make_item(code) for code in SIX_ITEMS),
        make_item("BB01", option_set=FIVE),
        make_item("BB02", option_set=FIVE, turned=True),
        make_item("BB03", option_set=FIVE),
    ),
)
CODES = [item.code for item in EDITION.items]
THREE = tuple(Option(value, {"nl": str(value)}) for value in (1, 2, 3))
PLACES = OptionSet("waar", THREE, several=True)
ASKED_BESIDE = replace(make_item("CC01", option_set=PLACES), scale=None, module="plekken")
WITH_MODULE = replace(EDITION, items=(*EDITION.items, ASKED_BESIDE), modules=(Module("plekken", {}, "?"),))


def score(**answers: object) -> pd.Series:
    """Return the item scores of one pupil; items not named have no column."""
    return scoring.item_scores(
        pd.DataFrame({code: [value] for code, value in answers.items()}), EDITION
    ).iloc[0]


def first_scale(answers: list[object]) -> float:
    """Return the score on the scale of six items."""
    frame = pd.DataFrame([dict(zip(SIX_ITEMS, answers, strict=True))])
    return float(scoring.scale_scores(scoring.item_scores(frame, EDITION), EDITION)["eerste"].iloc[0])


def test_high_is_favourable_after_scoring() -> None:
    """A reversed item turns round the middle of its own options, here 0 to 4."""
    scores = score(BB01=4, BB02=4)
    assert (scores["BB01"], scores["BB02"]) == (4.0, 0.0)
    assert score(BB02=1)["BB02"] == 3.0


@pytest.mark.parametrize("special", [DONT_KNOW, PREFER_NOT_TO_SAY, None, math.nan, pd.NA])
def test_no_substantive_answer_is_missing(special: object) -> None:
    """Reversed too: 5 - (-1) would be a very high score."""
    scores = score(AA01=special, BB02=special)
    assert math.isnan(scores["AA01"])
    assert math.isnan(scores["BB02"])


def test_an_absent_column_is_no_answer() -> None:
    """Nobody answered an item at the end of a questionnaire that was closed early."""
    assert score(AA01=2).drop("AA01").isna().all()


def test_scores_have_the_items_of_the_edition_in_its_order() -> None:
    """What comes after relies on it."""
    answers = pd.DataFrame({"BB01": [1, 2], "AA01": [3, 4]}, index=["x", "x"])
    scores = scoring.item_scores(answers, EDITION)
    assert list(scores.columns) == CODES
    assert list(scores.index) == ["x", "x"]
    assert set(scores.dtypes) == {np.dtype(float)}


def test_answers_are_left_as_they_were() -> None:
    """A function returns something new or changes something, never both."""
    answers = pd.DataFrame({"AA01": [1, -1], "BB02": [4, None]})
    before = answers.copy(deep=True)
    scoring.item_scores(answers, EDITION)
    pd.testing.assert_frame_equal(answers, before)


def test_a_scale_score_is_the_mean_of_the_items_answered() -> None:
    """Range as the items, so 1 to 4."""
    assert first_scale([1, 2, 3, 4, 4, 4]) == 3.0
    assert first_scale([1, 2, 3, 4, DONT_KNOW, None]) == 2.5


def test_four_of_six_items_are_enough_and_three_are_too_few() -> None:
    """The border of two thirds."""
    assert first_scale([4, 4, 4, 4, DONT_KNOW, PREFER_NOT_TO_SAY]) == 4.0
    assert math.isnan(first_scale([4, 4, 4, DONT_KNOW, PREFER_NOT_TO_SAY, None]))


@pytest.mark.parametrize("share", [1 / 3, 0.5, 0.55, 0.56, 2 / 3, 0.7, 1.0])
def test_rounding_never_asks_for_one_item_more(share: float) -> None:
    """0.56 times 50 is 28.000000000000004: a binary fraction may not cost a pupil a score."""
    for n_items in range(1, 60):
        needed = math.ceil(round(share * n_items, 6))
        items = tuple(make_item(f"AA{number:02d}") for number in range(n_items))
        edition = Edition(
            "x", {}, "po", (6,), ("nl",), share, (Scale("eerste", {}, "?"),), (), items
        )  # fmt: skip
        answers = pd.DataFrame({f"AA{number:02d}": [2, 2] for number in range(n_items)}).astype(float)
        answers.iloc[0, needed:] = np.nan
        answers.iloc[1, needed - 1 :] = np.nan
        scores = scoring.scale_scores(scoring.item_scores(answers, edition), edition)["eerste"]
        assert list(scores.notna()) == [True, False], (share, n_items)


@pytest.mark.parametrize("illegal", [0, 5, -3, 2.5, math.inf, "3", True, 10**400, "", [1], 2 + 0j])
def test_what_is_no_code_of_the_item_is_refused_and_never_shown(illegal: object) -> None:
    """An answer of a pupil never stands in a message; the column and the number of cells do."""
    frame = pd.DataFrame({"AA01": [1, 2, 3], "AA02": pd.Series([illegal, 1, illegal], dtype=object)})
    with pytest.raises(scoring.AnswersError) as refusal:
        scoring.item_scores(frame, EDITION)
    assert refusal.value.faults == (
        'column "AA02": 2 values are no answer code; use 1, 2, 3, 4, -1, -2, or leave the cell empty',
    )


def test_a_column_of_text_is_refused() -> None:
    """A CSV read as text must be converted at its own edge, where its faults can be named."""
    with pytest.raises(scoring.AnswersError, match="3 values are no answer code"):
        scoring.item_scores(pd.DataFrame({"AA01": ["1", "2", "3"]}), EDITION)


def test_a_column_of_truth_values_is_refused() -> None:
    """True counts as 1 in pandas; it was never an answer."""
    with pytest.raises(scoring.AnswersError, match="2 values are no answer code"):
        scoring.item_scores(pd.DataFrame({"AA01": [True, False]}), EDITION)


@pytest.mark.parametrize("dtype", ["int8", "Int64", "Float64", "float32", "object", "category"])
def test_every_way_pandas_holds_whole_numbers_is_read(dtype: Any) -> None:
    """The store, a CSV and a Parquet file each bring their own."""
    frame = pd.DataFrame({"AA01": pd.Series([1, 4, -1]).astype(dtype)})
    scores = scoring.item_scores(frame, EDITION)["AA01"]
    pd.testing.assert_series_equal(scores, pd.Series([1.0, 4.0, np.nan], name="AA01"))


def test_unknown_and_doubled_columns_are_named_at_once() -> None:
    """A background variable among the answers would be scored silently, were it not refused."""
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["AA01", "AA01", "leerjaar", 7])
    with pytest.raises(scoring.AnswersError) as refusal:
        scoring.item_scores(frame, EDITION)
    assert [fault.split(":")[0] for fault in refusal.value.faults] == [
        "column 'leerjaar'", "column '7'", 'column "AA01"',
    ]  # fmt: skip


def test_a_question_of_a_module_is_read_and_never_scored() -> None:
    """A sum over what was ticked is no amount of anything."""
    answers = pd.DataFrame({"AA01": [4, 4], "CC01": [7, DONT_KNOW]})
    scores = scoring.item_scores(answers, WITH_MODULE)
    assert list(scores.columns) == CODES
    pd.testing.assert_frame_equal(scores, scoring.item_scores(answers[["AA01"]], EDITION))


@pytest.mark.parametrize("illegal", [0, 8, 2.5])
def test_several_answers_are_a_sum_of_the_options_there_are(illegal: float) -> None:
    """Three options are ticked in seven ways; too many to list in the remedy."""
    with pytest.raises(scoring.AnswersError) as refusal:
        scoring.item_scores(pd.DataFrame({"CC01": [1, 7, illegal]}), WITH_MODULE)
    assert refusal.value.faults == (
        'column "CC01": 1 values are no answer code; use 1 to 7, -1, -2, or leave the cell empty',
    )


def test_no_pupils_give_no_scores() -> None:
    """An afname nobody answered is closed like any other."""
    scores = scoring.scale_scores(scoring.item_scores(pd.DataFrame(), EDITION), EDITION)
    assert scores.shape == (0, 2)


def test_scale_scores_ask_for_every_item() -> None:
    """A mean over the columns that happen to be there is another score."""
    frame = scoring.item_scores(pd.DataFrame({"AA01": [1]}), EDITION).drop(columns="BB03")
    with pytest.raises(scoring.AnswersError, match='column "BB03": is missing'):
        scoring.scale_scores(frame, EDITION)


def test_a_scale_has_the_range_of_its_items() -> None:
    """Every indicator of the summary carries its lowest and highest value."""
    assert scoring.score_range(EDITION, "eerste") == scoring.ScoreRange(1, 4)
    assert scoring.score_range(EDITION, "tweede") == scoring.ScoreRange(0, 4)
