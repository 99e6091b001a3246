"""Item statistics, and the scores they refuse."""

import math

import numpy as np
import pandas as pd
import pytest

from psychometrics.items import answer_shares, item_statistics
from psychometrics.scores import ScoresError, checked, checked_groups

SCORES = pd.DataFrame({"A": [1, 2, 3, 4, None], "B": [1, 3, 2, 4, 2], "C": [2, 2, 4, 4, 1]})


def test_distribution_counts_everyone_who_answered():
    """The fifth respondent skipped A, and still counts in B."""
    table = item_statistics(SCORES)
    assert table["n"].tolist() == [4, 5, 5]
    assert table["missing_rate"].tolist() == [0.2, 0, 0]
    assert table.loc["B", "mean"] == pytest.approx(2.4)
    assert table.loc["B", "sd"] == pytest.approx(np.std([1, 3, 2, 4, 2], ddof=1))


def test_rit_and_rir_are_correlations_over_complete_cases():
    complete = SCORES.dropna()
    total = complete.sum(axis="columns")
    table = item_statistics(SCORES)
    for item in complete:
        assert table.loc[item, "rit"] == pytest.approx(complete[item].corr(total))
        assert table.loc[item, "rir"] == pytest.approx(complete[item].corr(total - complete[item]))


def test_floor_and_ceiling_are_those_of_the_options():
    """Nobody chose 5: without options that cannot be known."""
    assert item_statistics(SCORES)["ceiling_rate"].tolist() == pytest.approx([0.25, 0.2, 0.4])
    table = item_statistics(SCORES, options=range(1, 6))
    assert table["ceiling_rate"].tolist() == [0, 0, 0]
    assert table.loc["C", "floor_rate"] == pytest.approx(0.2)


def test_two_items_have_no_alpha_without_one_of_them():
    """One item left has no inner consistency."""
    assert item_statistics(SCORES[["A", "B"]])["alpha_if_deleted"].isna().all()


def test_an_item_whose_rest_does_not_vary_has_no_rir():
    """B and C cancel out, so nothing is left to go together with A."""
    scores = pd.DataFrame({"A": [1, 2, 3, 2], "B": [1, 2, 1, 3], "C": [3, 2, 3, 1]})
    table = item_statistics(scores)
    assert math.isnan(table.loc["A", "rir"])
    assert math.isnan(table.loc["A", "alpha_if_deleted"])
    assert table.loc[["B", "C"], "rir"].notna().all()


def test_order_of_rows_and_items_changes_nothing():
    shuffled = SCORES.sample(frac=1, random_state=1)[["C", "A", "B"]]
    pd.testing.assert_frame_equal(item_statistics(SCORES), item_statistics(shuffled).loc[["A", "B", "C"]])


def test_shares_are_of_the_answers_to_that_item():
    shares = answer_shares(SCORES, options=(1, 2, 3, 4, 5))
    assert shares.loc["A"].tolist() == [0.25, 0.25, 0.25, 0.25, 0]
    assert shares.sum(axis="columns").tolist() == pytest.approx([1, 1, 1])


def test_an_answer_outside_the_options_is_refused():
    """Raw codes such as -1 have to be scored first."""
    with pytest.raises(
        ScoresError, match=r'scores\["A"\]: 1 answer\(s\) outside the options; score the item'
    ):
        answer_shares(pd.DataFrame({"A": [1, -1, 2], "B": [1, 2, 3]}), options=(1, 2, 3))


UGLY = {
    "one item": (pd.DataFrame({"A": [1, 2]}), "give at least 2 columns"),
    "no rows": (pd.DataFrame({"A": [], "B": []}), "no respondents"),
    "doubled name": (pd.DataFrame([[1, 2], [2, 1]], columns=["A", "A"]), 'scores\\["A"\\]: .* two columns'),
    "constant item": (pd.DataFrame({"A": [2, 2, 2], "B": [1, 2, 3]}), 'scores\\["A"\\]: .* same answer'),
    "halves": (pd.DataFrame({"A": [1.5, 2, 3], "B": [1, 2, 3]}), 'scores\\["A"\\]: .* no whole numbers'),
    "infinity": (pd.DataFrame({"A": [1, 2, np.inf], "B": [1, 2, 3]}), 'scores\\["A"\\]: .* no whole numbers'),
    "words": (pd.DataFrame({"A": ["ja", "nee"], "B": [1, 2]}), 'scores\\["A"\\]: not a column of numbers'),
    "all missing": (pd.DataFrame({"A": [None, None], "B": [1, 2]}), 'scores\\["A"\\]: nobody answered'),
    "nobody complete": (
        pd.DataFrame({"A": [1, 2, None, None], "B": [None, None, 1, 2]}),
        r"0 respondent\(s\) answered every item",
    ),
    "constant where complete": (
        pd.DataFrame({"A": [1, 1, 2], "B": [1, 2, None]}),
        'scores\\["A"\\]: constant among those',
    ),
    "cancelling": (pd.DataFrame({"A": [1, 2, 3], "B": [3, 2, 1]}), "everyone has the same total"),
}


@pytest.mark.parametrize(("scores", "fault"), UGLY.values(), ids=UGLY)
def test_ugly_scores_are_refused_with_column_fault_and_remedy(scores, fault):
    with pytest.raises(ScoresError, match=fault):
        item_statistics(scores)


def test_all_faults_come_at_once():
    """Whoever prepares the data repairs them in one go."""
    scores = pd.DataFrame({"A": [1, 1], "B": [1.5, 2], "C": ["x", "y"], "D": [1, 2]})
    with pytest.raises(ScoresError) as refused:
        checked(scores)
    assert [fault[:11] for fault in refused.value.faults] == ['scores["A"]', 'scores["B"]', 'scores["C"]']


def test_a_fault_never_holds_an_answer():
    """The answer 7.25 may be the only one of its kind, of a pupil somebody knows."""
    with pytest.raises(ScoresError) as refused:
        checked(pd.DataFrame({"A": [7.25, 2, 3], "B": [1, 2, 3]}))
    assert "7.25" not in str(refused.value)


def test_nullable_integers_are_scores():
    """Pandas reads a file with empty cells as Int64."""
    pd.testing.assert_frame_equal(item_statistics(SCORES.astype("Int64")), item_statistics(SCORES))


def test_groups_that_do_not_match_the_scores_are_refused():
    """A label that moved one row down gives a wrong number without a sound."""
    with pytest.raises(ScoresError, match='groups "leerjaar": the index differs'):
        checked_groups(pd.Series([6, 6, 7, 7], name="leerjaar"), SCORES)
    with pytest.raises(ScoresError, match=r"1 respondent\(s\) without a group"):
        checked_groups(pd.Series([6, 6, 7, 7, None], name="leerjaar"), SCORES)
