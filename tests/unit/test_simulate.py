"""The simulation of ordinal answers: the same each time, and no model that cannot exist."""

import pandas as pd
import pytest

from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

FACTORS = {"f": ["A", "B"], "g": ["C", "D"]}
ITEMS = [item for items in FACTORS.values() for item in items]
THRESHOLDS = {item: [-1.0, 0.0, 1.0] for item in ITEMS}
CORRELATIONS = pd.DataFrame([[1, 0.5], [0.5, 1]], index=["f", "g"], columns=["f", "g"])
GROUPS = balanced_groups(n_schools=3, n_classes=2, n_respondents=50)


def model(**changes: object) -> OrdinalModel:
    fields = {
        "factors": FACTORS,
        "loadings": dict.fromkeys(ITEMS, 0.7),
        "thresholds": THRESHOLDS,
        "factor_correlations": CORRELATIONS,
    }
    return OrdinalModel(**{**fields, **changes})


def test_a_seed_gives_the_same_answers():
    first, again = (simulate_answers(model(), GROUPS, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(simulate_answers(model(), GROUPS, seed=6))


def test_there_is_one_option_more_than_thresholds():
    scores = simulate_answers(model(thresholds={**THRESHOLDS, "D": [0.2]}), GROUPS, seed=1)
    assert sorted(scores["A"].unique()) == [1, 2, 3, 4]
    assert sorted(scores["D"].unique()) == [1, 2]
    assert scores.columns.tolist() == ITEMS


def test_rows_are_those_of_the_groups():
    groups = GROUPS.set_index(GROUPS.index + 1000)
    assert simulate_answers(model(), groups, seed=1).index.equals(groups.index)


def test_a_class_of_the_same_name_in_another_school_is_another_class():
    """All variance between classes: within a class everyone's factor is nearly the same."""
    only_classes = model(class_variance=0.99, loadings=dict.fromkeys(ITEMS, 0.99))
    scores = simulate_answers(
        only_classes, balanced_groups(n_schools=40, n_classes=1, n_respondents=20), seed=3
    )
    assert scores["A"].groupby(scores.index // 20).mean().std() > 0.5


BROKEN = {
    "loading": ({"loadings": {**dict.fromkeys(ITEMS, 0.7), "A": 1.0}}, r'loadings\["A"\]'),
    "no loading": ({"loadings": {"A": 0.5, "B": 0.5, "C": 0.5}}, r'loadings\["D"\]'),
    "falling": ({"thresholds": {**THRESHOLDS, "B": [1, 0]}}, r'thresholds\["B"\]'),
    "none": ({"thresholds": {**THRESHOLDS, "B": []}}, r'thresholds\["B"\]'),
    "twice": ({"factors": {"f": ["A", "B"], "g": ["A", "C"]}}, "an item stands twice"),
    "variances": ({"school_variance": 0.6, "class_variance": 0.4}, "together below 1"),
    "no factor": ({"factor_correlations": CORRELATIONS.loc[["f"], ["f"]]}, "name every factor"),
    "lopsided": ({"factor_correlations": CORRELATIONS.assign(f=[1, 0.4])}, "symmetric"),
    "impossible": ({"factor_correlations": CORRELATIONS.replace(0.5, 1.0)}, "no such factors"),
}


@pytest.mark.parametrize(("change", "fault"), BROKEN.values(), ids=BROKEN)
def test_a_model_that_cannot_exist_is_refused(change, fault):
    with pytest.raises(ScoresError, match=fault):
        model(**change)
