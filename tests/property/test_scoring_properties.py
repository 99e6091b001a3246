"""What holds for every set of answers to the bundled edition."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from instrument import catalogue, scoring

EDITION = catalogue.edition("po_bovenbouw_2026")
CODES = [item.code for item in EDITION.items]
ANSWERS = st.lists(
    st.lists(st.sampled_from([1, 2, 3, 4, -1, -2, None]), min_size=len(CODES), max_size=len(CODES)),
    max_size=8,
).map(lambda rows: pd.DataFrame(rows, columns=CODES, dtype=object))
FEW = settings(max_examples=60, deadline=None)


def scale_scores(answers: pd.DataFrame) -> pd.DataFrame:
    """Score answers all the way."""
    return scoring.scale_scores(scoring.item_scores(answers, EDITION), EDITION)


@FEW
@given(ANSWERS)
def test_every_score_lies_in_the_range_of_its_scale(answers: pd.DataFrame) -> None:
    """A special code that slipped into a mean would fall outside."""
    for scale, scores in scale_scores(answers).items():
        allowed = scoring.score_range(EDITION, str(scale))
        assert scores.dropna().between(allowed.minimum, allowed.maximum).all()


@FEW
@given(ANSWERS)
def test_special_codes_score_as_no_answer(answers: pd.DataFrame) -> None:
    """They differ in the file and never in a score."""
    emptied = answers.where(~answers.isin([-1, -2]), None)
    pd.testing.assert_frame_equal(scale_scores(answers), scale_scores(emptied))


@FEW
@given(ANSWERS, st.randoms())
def test_the_order_of_pupils_and_columns_changes_no_score(answers: pd.DataFrame, random: object) -> None:
    """Response rows have no order, and scores may not give them one."""
    columns = list(CODES)
    random.shuffle(columns)  # type: ignore[attr-defined]
    turned = answers[columns].iloc[::-1]
    pd.testing.assert_frame_equal(scale_scores(turned).iloc[::-1], scale_scores(answers))


@FEW
@given(ANSWERS)
def test_mirrored_answers_give_mirrored_scores(answers: pd.DataFrame) -> None:
    """5 - value in, 5 - score out, whether an item is reversed or not."""
    mirrored = answers.map(lambda value: 5 - value if value in (1, 2, 3, 4) else value)
    pd.testing.assert_frame_equal(scale_scores(mirrored), 5 - scale_scores(answers))


@FEW
@given(ANSWERS)
def test_a_score_is_missing_exactly_when_too_little_was_answered(answers: pd.DataFrame) -> None:
    """The rule of two thirds, counted in whole numbers."""
    for scale, codes in EDITION.model.items():
        n_answered = answers[codes].isin([1, 2, 3, 4]).sum(axis="columns")
        np.testing.assert_array_equal(scale_scores(answers)[scale].notna(), 3 * n_answered >= 2 * len(codes))


@FEW
@given(
    st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()), max_size=5
    )
)
def test_any_cell_is_scored_or_refused(cells: list[object]) -> None:
    """Nothing a file can hold makes scoring crash, or return what the options cannot give."""
    frame = pd.DataFrame({"VB01": pd.Series(cells, dtype=object)})
    try:
        scores = scoring.item_scores(frame, EDITION)
    except scoring.AnswersError:
        return
    assert scores["VB01"].dropna().isin([1, 2, 3, 4]).all()
