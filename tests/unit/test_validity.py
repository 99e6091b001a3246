"""Truths about scales that should differ: between groups, and from one another."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

from psychometrics.scores import ScoresError
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
from psychometrics.validity import average_variance_extracted, htmt, known_groups

RANDOM = np.random.default_rng(6)
GROUPS = pd.Series(np.repeat(["never", "often", "once"], [90, 30, 60]), name="bullied")
SCORE = pd.Series(
    RANDOM.normal(np.repeat([3.4, 2.6, 3.0], [90, 30, 60]), np.repeat([0.5, 0.9, 0.6], [90, 30, 60]))
)
MODEL = {"V": list("ABC"), "W": list("DEF")}


def two_factors(correlation, *, loadings=None, n_respondents=5000):
    """Answers to six items of two factors."""
    between = pd.DataFrame([[1, correlation], [correlation, 1]], index=["V", "W"], columns=["V", "W"])
    cuts = {item: [-0.8, 0.1, 1.0] for item in "ABCDEF"}
    true = OrdinalModel(MODEL, loadings or dict.fromkeys("ABCDEF", 0.7), cuts, between)
    groups = balanced_groups(n_schools=1, n_classes=1, n_respondents=n_respondents)
    return simulate_answers(true, groups, seed=9)


def test_of_two_groups_welch_is_the_t_test_with_unequal_variances():
    two = GROUPS != "once"
    result = known_groups(SCORE[two], GROUPS[two])
    t = stats.ttest_ind(SCORE[GROUPS == "never"], SCORE[GROUPS == "often"], equal_var=False)
    assert result.welch_f == pytest.approx(t.statistic**2)
    assert result.df_within == pytest.approx(t.df)
    assert result.p_value == pytest.approx(t.pvalue)


def test_of_three_groups_welch_is_that_of_scipy():
    result = known_groups(SCORE, GROUPS)
    parts = [SCORE[name == GROUPS] for name in ("never", "often", "once")]
    expected = stats.f_oneway(*parts, equal_var=False)
    assert result.welch_f == pytest.approx(expected.statistic)
    assert result.p_value == pytest.approx(expected.pvalue)
    assert result.df_between == 2


def test_hedges_g_follows_its_definition():
    """Difference over the pooled standard deviation, times 1 - 3 / (4n - 9)."""
    high, low = SCORE[GROUPS == "never"], SCORE[GROUPS == "often"]
    pooled = math.sqrt((89 * high.var() + 29 * low.var()) / 118)
    row = known_groups(SCORE, GROUPS).contrasts.iloc[0]
    assert (row["first"], row["second"]) == ("never", "often")
    assert row["difference"] == pytest.approx(high.mean() - low.mean())
    assert row["hedges_g"] == pytest.approx((high.mean() - low.mean()) / pooled * (1 - 3 / (4 * 120 - 9)))


def test_the_interval_of_g_is_that_of_pingouin_before_rounding():
    row = known_groups(SCORE, GROUPS).contrasts.iloc[0]
    theirs = pingouin.compute_esci(row["hedges_g"], nx=90, ny=30, eftype="hedges", decimals=6)
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(theirs.tolist(), abs=0.01)


def test_means_have_the_interval_of_students_t():
    row, never = known_groups(SCORE, GROUPS).groups.loc["never"], SCORE[GROUPS == "never"]
    expected = stats.t.interval(0.95, 89, loc=never.mean(), scale=stats.sem(never))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(expected)
    assert (row["n"], row["mean"], row["sd"]) == pytest.approx((90, never.mean(), never.std()))


def test_eta_squared_is_the_share_of_groups_in_the_variance():
    means = SCORE.groupby(GROUPS).transform("mean")
    expected = means.var(ddof=0) / SCORE.var(ddof=0)
    assert known_groups(SCORE, GROUPS).eta_squared == pytest.approx(expected)


def test_groups_stand_in_order_of_label_and_in_every_pair():
    result = known_groups(SCORE, GROUPS)
    assert result.groups.index.tolist() == ["never", "often", "once"]
    pairs = list(zip(result.contrasts["first"], result.contrasts["second"], strict=True))
    assert pairs == [("never", "often"), ("never", "once"), ("often", "once")]


def test_respondents_without_a_score_are_left_out_and_counted():
    holes = SCORE.mask(np.arange(len(SCORE)) % 9 == 0)
    result, complete = known_groups(holes, GROUPS), known_groups(holes.dropna(), GROUPS[holes.notna()])
    assert result.welch_f == complete.welch_f
    assert (result.n_respondents, result.n_missing) == (160, 20)


@pytest.mark.parametrize(
    ("score", "groups", "words"),
    [
        (SCORE, GROUPS.iloc[::-1], "align them row by row"),
        (SCORE, GROUPS.mask(GROUPS == "once"), r"60 respondent\(s\) without a group"),
        (SCORE, GROUPS.replace({"often": "never", "once": "never"}), r"1 group\(s\) with scores"),
        (SCORE, GROUPS.where(GROUPS.index > 0, "other"), r'1 respondent\(s\) in "other"'),
        (SCORE.mask(GROUPS == "once", 3.0), GROUPS, 'everyone in "once" has the same score'),
        (SCORE.astype(str), GROUPS, "not a column of numbers"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(score, groups, words):
    with pytest.raises(ScoresError, match=words):
        known_groups(score, groups)


def test_a_confidence_that_is_no_share_is_refused():
    with pytest.raises(ScoresError, match=r"write 0\.95 for 95 %"):
        known_groups(SCORE, GROUPS, confidence=95)


def test_htmt_of_parallel_items_is_the_correlation_of_the_factors():
    """With equal loadings the ratio is exact; sampling error of 5,000 respondents remains."""
    assert htmt(two_factors(0.6), MODEL).loc["V", "W"] == pytest.approx(0.6, abs=0.03)


def test_one_factor_called_two_has_a_htmt_of_one():
    assert htmt(two_factors(0.999), MODEL).loc["V", "W"] == pytest.approx(1, abs=0.03)


def test_htmt_follows_its_definition():
    """Mean correlation between over the root of the mean correlations within, without sign."""
    scores = two_factors(0.5, loadings=dict(zip("ABCDEF", [0.9, 0.6, 0.5, 0.8, -0.7, 0.4], strict=True)))
    r = scores.corr().abs()
    within = [np.mean([r.loc[a, b], r.loc[a, c], r.loc[b, c]]) for a, b, c in MODEL.values()]
    expected = r.loc[MODEL["V"], MODEL["W"]].to_numpy().mean() / math.sqrt(within[0] * within[1])
    found = htmt(scores, MODEL, correlations="pearson")
    assert [found.loc["V", "W"], found.loc["W", "V"]] == pytest.approx([expected] * 2, abs=1e-12)
    assert found.loc["V", "V"] == 1


def test_polychoric_ratios_do_not_suffer_from_few_options():
    """Answers cut down to two options have the same normal variables under them."""
    scores = (two_factors(0.6, n_respondents=50_000) > 2).astype(int)
    assert htmt(scores, MODEL).loc["V", "W"] == pytest.approx(0.6, abs=0.02)


def test_items_that_do_not_correlate_have_a_ratio_of_nothing():
    first = pd.DataFrame({"A": [1, 1, 2, 2] * 9, "B": [1, 1, 2, 2] * 9})
    scores = first.assign(C=[1, 2, 1, 2] * 9, D=[1, 2, 1, 2] * 9)
    model = {"V": ["A", "B"], "W": ["C", "D"]}
    for means in ("arithmetic", "geometric"):
        found = htmt(scores, model, correlations="pearson", means=means)
        assert found.loc["V", "W"] == pytest.approx(0, abs=1e-12)


def test_numbers_travel_along():
    found = htmt(two_factors(0.6, n_respondents=300), MODEL)
    assert (found.attrs["n_items"], found.attrs["n_respondents"]) == (6, 300)
    assert found.attrs["warnings"] == ()
    assert "180 respondents" in known_groups(SCORE, GROUPS)._repr_markdown_()


@pytest.mark.parametrize(
    ("model", "options", "words"),
    [
        ({"V": list("ABC")}, {}, r"1 factor\(s\); give at least 2"),
        ({"V": list("ABC"), "W": ["D", "Z"]}, {}, '"Z" is no column of scores'),
        ({"V": list("ABC"), "W": ["D"]}, {}, r"1 item\(s\)"),
        (MODEL, {"correlations": "kendall"}, 'use "polychoric" or "pearson"'),
        (MODEL, {"means": "harmonic"}, 'use "arithmetic" or "geometric"'),
    ],
)
def test_models_without_a_ratio_are_refused(model, options, words):
    with pytest.raises(ScoresError, match=words):
        htmt(two_factors(0.6, n_respondents=300), model, **options)


def test_average_variance_extracted_is_the_mean_square_of_the_loadings():
    loadings = pd.DataFrame({"factor": ["W", "V", "W"], "item": list("ABC"), "loading": [0.6, -0.5, 0.8]})
    found = average_variance_extracted(SimpleNamespace(loadings=loadings))
    assert found.to_dict() == pytest.approx({"W": 0.5, "V": 0.25})
    assert found.index.tolist() == ["W", "V"]
