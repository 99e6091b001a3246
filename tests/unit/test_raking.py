"""Weights that give respondents the margins of their population (EIS-B)."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import NotConvergedWarning
from psychometrics.representativeness import CountsError, rake

RANDOM = np.random.default_rng(3)
RESPONDENTS = pd.DataFrame(
    {
        "leerjaar": RANDOM.choice([6, 7, 8], size=300, p=[0.5, 0.3, 0.2]),
        "onderwijssoort": RANDOM.choice(["BO", "SBO"], size=300, p=[0.9, 0.1]),
    },
    index=range(1000, 1300),
)
MARGINS = {"leerjaar": {6: 400, 7: 350, 8: 250}, "onderwijssoort": {"BO": 800, "SBO": 200}}


def test_weighted_shares_are_those_of_the_population():
    result = rake(RESPONDENTS, MARGINS)
    for column, margin in MARGINS.items():
        shares = result.weights.groupby(RESPONDENTS[column]).sum() / 300
        assert shares.to_dict() == pytest.approx({level: count / 1000 for level, count in margin.items()})
    assert result.converged
    assert result.largest_deviation < 1e-8


def test_weights_are_aligned_and_one_on_average():
    weights = rake(RESPONDENTS, MARGINS).weights
    assert weights.index.equals(RESPONDENTS.index)
    assert weights.mean() == pytest.approx(1)
    assert (weights > 0).all()


def test_one_margin_is_weighting_by_strata():
    """Share in the population over share among respondents."""
    result = rake(pd.DataFrame({"leerjaar": [6, 6, 6, 7]}), {"leerjaar": {6: 50, 7: 50}})
    assert result.weights.tolist() == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2])
    assert result.n_rounds == 1


def test_respondents_that_fit_already_weigh_one():
    counts = RESPONDENTS["leerjaar"].value_counts().to_dict()
    result = rake(RESPONDENTS, {"leerjaar": counts})
    assert result.weights.to_numpy() == pytest.approx(np.ones(300))
    assert result.design_effect == pytest.approx(1)
    assert result.n_effective == pytest.approx(300)


def test_raking_keeps_the_odds_ratios():
    """Weights are a factor per level, so that associations within the sample stay as they are."""
    result = rake(RESPONDENTS, MARGINS)
    weighted = RESPONDENTS.assign(weight=result.weights)
    table = weighted.pivot_table(index="leerjaar", columns="onderwijssoort", values="weight")
    ratios = table["BO"] / table["SBO"]
    assert ratios.to_numpy() == pytest.approx(np.full(3, ratios.iloc[0]), rel=1e-8)


def test_the_design_effect_is_that_of_kish():
    result = rake(RESPONDENTS, MARGINS)
    weights = result.weights
    assert result.n_effective == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert result.design_effect == pytest.approx(300 / result.n_effective)


def test_order_of_rows_and_margins_changes_nothing():
    shuffled = RESPONDENTS.sample(frac=1, random_state=1)
    other = rake(shuffled, dict(reversed(MARGINS.items()))).weights[RESPONDENTS.index]
    assert other.to_numpy() == pytest.approx(rake(RESPONDENTS, MARGINS).weights.to_numpy(), abs=1e-7)


def test_a_level_without_pupils_needs_no_respondents():
    margins = {"leerjaar": {5: 0, **MARGINS["leerjaar"]}}
    assert rake(RESPONDENTS, margins).weights.to_numpy() == pytest.approx(
        rake(RESPONDENTS, {"leerjaar": MARGINS["leerjaar"]}).weights.to_numpy()
    )


def test_margins_that_exclude_each_other_are_warned_about():
    """All of groep 6 are BO and all others SBO, and the margins say otherwise."""
    respondents = pd.DataFrame({"leerjaar": [6, 6, 7, 7], "onderwijssoort": ["BO", "BO", "SBO", "SBO"]})
    margins = {"leerjaar": {6: 50, 7: 50}, "onderwijssoort": {"BO": 80, "SBO": 20}}
    with pytest.warns(NotConvergedWarning, match="merge levels"):
        result = rake(respondents, margins)
    assert not result.converged
    assert result.largest_deviation == pytest.approx(0.3)
    assert len(result.warnings) == 1


@pytest.mark.parametrize(
    ("margins", "words"),
    [
        ({}, "margins: none"),
        ({"klas": {6: 10}}, '"klas" is no column of the respondents'),
        ({"leerjaar": {6: 10, 7: 10}}, 'respondents of "8", but no count; add it'),
        ({"leerjaar": {**MARGINS["leerjaar"], 5: 10}}, 'nobody of "5"; merge it with another level'),
        ({"leerjaar": {6: 10, 7: 10, 8: -1}}, '"8": a count cannot be negative'),
        ({"leerjaar": {6: 0, 7: 0, 8: 0}}, "nobody in it; give the registered number"),
        ({"leerjaar": {"6": 10, "7": 10, "8": 10}}, 'respondents of "6", but no count'),
        (
            {"leerjaar": MARGINS["leerjaar"], "onderwijssoort": {"BO": 800, "SBO": 201}},
            r"totals differ \(leerjaar 1000, onderwijssoort 1001\)",
        ),
    ],
)
def test_margins_that_respondents_cannot_get_are_refused(margins, words):
    with pytest.raises(CountsError, match=words):
        rake(RESPONDENTS, margins)


def test_a_respondent_without_a_value_is_refused():
    holes = RESPONDENTS.assign(onderwijssoort=RESPONDENTS["onderwijssoort"].mask(RESPONDENTS.index == 1004))
    with pytest.raises(CountsError, match=r'respondents\["onderwijssoort"\]: 1 without a value'):
        rake(holes, MARGINS)


def test_nobody_cannot_be_weighted():
    with pytest.raises(CountsError, match="respondents: nobody in it"):
        rake(RESPONDENTS.head(0), {"leerjaar": {}})


def test_all_faults_come_at_once():
    with pytest.raises(CountsError) as refused:
        rake(RESPONDENTS, {"klas": {6: -1}, "leerjaar": {6: 10}})
    assert len(str(refused.value).splitlines()) == 6


def test_the_result_shows_what_weights_cost():
    assert "300 respondents count as" in rake(RESPONDENTS, MARGINS)._repr_markdown_()
