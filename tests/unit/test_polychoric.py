"""Truths about tables of answers, the bivariate normal, and polychoric correlations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from psychometrics.cautions import (
    EmptyCellWarning,
    NotConvergedWarning,
    NotPositiveDefiniteWarning,
    PerfectCorrelationWarning,
    UnusedOptionWarning,
)
from psychometrics.ordinal.bivariate_normal import cdf, cells
from psychometrics.ordinal.contingency import MOST_OPTIONS, codes_of, pair_tables
from psychometrics.polychoric import estimate, polychoric
from psychometrics.scores import ScoresError

RANDOM = np.random.default_rng(3)
PERSON = RANDOM.normal(size=400)
SCORES = pd.DataFrame(
    {
        f"I{item}": np.clip(np.round(3 + PERSON + RANDOM.normal(size=400)), 1, 5).astype(int)
        for item in range(4)
    }
)
CORRELATIONS = polychoric(SCORES).correlations


def test_tables_equal_those_of_pandas():
    """Also across the words of 64 respondents, with unequal numbers of options."""
    scores = SCORES.assign(I1=SCORES["I1"].clip(2, 4), I3=SCORES["I3"] > 3).astype(int)
    tables = pair_tables(codes_of(scores))
    pairs = [("I0", "I1"), ("I0", "I2"), ("I0", "I3"), ("I1", "I2"), ("I1", "I3"), ("I2", "I3")]
    for table, (first, second) in zip(tables, pairs, strict=True):
        expected = pd.crosstab(scores[first], scores[second]).to_numpy()
        assert (table[: expected.shape[0], : expected.shape[1]] == expected).all()
        assert table.sum() == len(scores)


@pytest.mark.parametrize("n", [2, 63, 64, 65, 4096 * 64 + 1])
def test_every_respondent_is_counted_once(n):
    """The borders of words and of blocks."""
    answers = np.arange(n) % 3
    tables = pair_tables(codes_of(pd.DataFrame({"A": answers, "B": answers[::-1], "C": 1 - answers % 2})))
    assert (tables.sum(axis=(1, 2)) == n).all()


@pytest.mark.parametrize(
    "dtype", ["int8", "uint8", "int16", "int64", "float32", "float64", "Int64", "Float64"]
)
def test_the_kind_of_number_makes_no_difference(dtype):
    pd.testing.assert_frame_equal(polychoric(SCORES.astype(dtype)).correlations, CORRELATIONS)


@pytest.mark.parametrize("mixed", [{"I1": "float64"}, {"I2": "Int8"}, {"I0": "uint8", "I3": "float32"}])
def test_mixed_kinds_of_number_make_no_difference(mixed):
    pd.testing.assert_frame_equal(polychoric(SCORES.astype(mixed)).correlations, CORRELATIONS)


def test_wide_codes_in_a_narrow_type_do_not_wrap_around():
    """100 - (-100) is more than a signed byte can hold."""
    wide = SCORES.replace({1: -100, 5: 100}).astype("int8")
    with pytest.warns(UnusedOptionWarning):
        found = polychoric(wide)
    pd.testing.assert_frame_equal(found.correlations, CORRELATIONS)


def test_the_normal_distribution_equals_scipys():
    """It integrates one point at a time, with an error of its own of up to 1e-6."""
    points = [(0.3, -1.2, 0.7), (0, 0, -0.4), (0, -0.5, 0.3), (-0.5, 0, 0.9), (2.5, 2.4, 0.99), (-3, 1, -0.8)]
    for x, y, rho in points:
        expected = stats.multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([x, y])
        assert cdf(np.array(x), np.array(y), np.array(rho)) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("rho", [-0.999, -0.5, 0, 0.3, 0.9, 0.9999])
def test_at_the_origin_sheppard_holds(rho):
    expected = 0.25 + np.arcsin(rho) / (2 * np.pi)
    assert cdf(np.array(0.0), np.array(0.0), np.array(rho)) == pytest.approx(expected, abs=1e-14)


def test_the_slope_of_a_cell_is_its_change():
    cuts, step = np.array([[-40.0, -0.7, 0.4, 40.0]]), 1e-6
    low, at, high = (cells(cuts, cuts, np.array([rho])) for rho in (0.5 - step, 0.5, 0.5 + step))
    change = (high.probabilities - low.probabilities) / (2 * step)
    np.testing.assert_allclose(at.slopes, change, atol=1e-9)
    assert at.probabilities.sum() == pytest.approx(1, abs=1e-15)


def test_tetrachoric_of_medians_follows_sheppard():
    """Cut at the median, agreement is 1/2 + arcsin(rho) / pi (1899)."""
    scores = pd.DataFrame({"A": [0] * 50 + [1] * 50, "B": [0] * 40 + [1] * 10 + [0] * 10 + [1] * 40})
    expected = np.sin(np.pi * (0.8 - 0.5))
    assert polychoric(scores).correlations.loc["A", "B"] == pytest.approx(expected, abs=1e-10)


def test_independent_items_have_no_correlation():
    scores = pd.DataFrame(
        [(a, b) for a in range(4) for b in range(3) for _ in range(a + 1)], columns=["A", "B"]
    )
    assert polychoric(scores).correlations.loc["A", "B"] == pytest.approx(0, abs=1e-10)


def test_the_estimate_has_the_greatest_likelihood():
    """No neighbour within 1e-4 does better."""
    found = estimate(codes_of(SCORES[["I0", "I1"]]))
    fits = [
        (found.tables * np.log(cells(found.cuts[:1], found.cuts[1:], found.rho + d).probabilities)).sum()
        for d in (-1e-4, 0, 1e-4)
    ]
    assert fits[1] == max(fits)


@pytest.mark.parametrize(
    ("table", "rho"),
    [
        ([[1, 0, 1], [0, 0, 16], [1, 1, 0]], -0.239877),
        ([[7, 0, 2], [0, 83, 0], [1, 0, 86]], 0.879961),
        ([[7, 0, 1], [0, 18, 0], [0, 0, 3]], 0.805002),
        ([[300, 450, 300, 1], [0, 100, 50, 0], [0, 200, 1800, 100], [1, 0, 50, 150]], 0.859495),
        ([[1, 32, 1], [1, 243, 1], [243, 32, 1]], -0.902495),
        ([[0, 4375, 7], [27, 7, 3], [0, 0, 1]], -0.478266),
        ([[0, 1, 2], [54, 5, 1], [5, 637, 29]], 0.692067),
    ],
)
def test_odd_tables_find_the_greatest_likelihood_too(table, rho):
    """A full step overshoots, often to where given answers are all but impossible.

    Expected is the maximum with every cell integrated by 200 nodes of Gauss and Legendre. lavaan 0.6-14 holds
    cells below 1.5e-8 constant and so ends at -.994, -.999 and .993 in the last three.
    """
    rows, columns = np.indices(np.shape(table))
    number = np.ravel(table)
    answers = pd.DataFrame({"A": np.repeat(rows, number), "B": np.repeat(columns, number)})
    found = estimate(codes_of(answers))
    assert found.converged.all()
    assert found.rho[0] == pytest.approx(rho, abs=2e-6)


def test_thresholds_cut_off_the_shares():
    thresholds = polychoric(SCORES).thresholds
    for item in SCORES:
        shares = SCORES[item].value_counts(normalize=True).sort_index().cumsum().iloc[:-1]
        np.testing.assert_allclose(stats.norm.cdf(thresholds.loc[item]), shares, atol=1e-14)


def test_an_item_with_fewer_options_has_fewer_thresholds():
    scores = SCORES.assign(I2=(SCORES["I2"] > 2).astype(int))
    thresholds = polychoric(scores).thresholds
    assert thresholds.notna().sum(axis=1).tolist() == [4, 4, 1, 4]
    assert thresholds.columns.tolist() == [1, 2, 3, 4]


def test_respondents_may_come_in_any_order():
    shuffled = SCORES.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(polychoric(shuffled).correlations, CORRELATIONS, rtol=0, atol=1e-12)


def test_items_may_come_in_any_order():
    order = ["I2", "I0", "I3", "I1"]
    found = polychoric(SCORES[order]).correlations
    pd.testing.assert_frame_equal(found, CORRELATIONS.loc[order, order], rtol=0, atol=1e-10)


def test_doubled_data_change_nothing_but_the_number():
    found = polychoric(pd.concat([SCORES, SCORES]))
    pd.testing.assert_frame_equal(found.correlations, CORRELATIONS, rtol=0, atol=1e-10)
    assert found.n_respondents == 2 * len(SCORES)


def test_only_the_order_of_options_counts():
    pd.testing.assert_frame_equal(polychoric(SCORES + 7).correlations, CORRELATIONS)


def test_an_item_turned_around_turns_its_correlations():
    found = polychoric(SCORES.assign(I0=6 - SCORES["I0"])).correlations
    np.testing.assert_allclose(found.loc["I0", "I1":], -CORRELATIONS.loc["I0", "I1":], atol=1e-9)


def test_incomplete_respondents_are_left_out():
    holed = SCORES.astype(float).mask(RANDOM.random(SCORES.shape) < 0.1)
    found = polychoric(holed)
    pd.testing.assert_frame_equal(found.correlations, polychoric(holed.dropna()).correlations)
    assert found.n_respondents == len(holed.dropna()) < len(SCORES)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("n_options", [2, 3, 5])
def test_items_that_say_the_same_are_at_the_edge_and_say_so(sign, n_options):
    item = np.arange(60) % n_options
    scores = pd.DataFrame({"A": item, "B": sign * item})
    with pytest.warns(PerfectCorrelationWarning):
        found = polychoric(scores)
    assert found.correlations.loc["A", "B"] == pytest.approx(sign, abs=2e-7)
    assert abs(found.correlations.loc["A", "B"]) <= 1
    assert any("A and B" in warning and "perfect" in warning for warning in found.warnings)


def test_an_unused_option_has_no_threshold_and_says_so():
    scores = SCORES.assign(I1=SCORES["I1"].replace({3: 4}))
    with pytest.warns(UnusedOptionWarning, match="I1"):
        found = polychoric(scores)
    assert found.thresholds.loc["I1"].notna().sum() == 3
    assert len(found.warnings) == 1
    closed = polychoric(SCORES.assign(I1=SCORES["I1"].replace({3: 4}).replace({4: 3, 5: 4})))
    pd.testing.assert_frame_equal(found.correlations, closed.correlations)


def test_the_option_of_an_incomplete_respondent_only_is_not_one():
    """The lowest answer of I0 was given by someone who skipped I1."""
    scores = pd.concat([SCORES, pd.DataFrame({"I0": [0], "I2": [1], "I3": [1]})])
    pd.testing.assert_frame_equal(polychoric(scores).correlations, CORRELATIONS)


def test_an_empty_cell_of_four_is_filled_and_says_so():
    """The table 10 5 / 0 10 becomes 9.5 5.5 / 0.5 9.5."""
    scores = pd.DataFrame({"A": [0] * 15 + [1] * 10, "B": [0] * 10 + [1] * 15})
    with pytest.warns(EmptyCellWarning, match="A and B"):
        found = polychoric(scores)
    doubled = pd.DataFrame({"A": [0] * 30 + [1] * 20, "B": [0] * 19 + [1] * 11 + [0] + [1] * 19})
    expected = polychoric(doubled).correlations.loc["A", "B"]
    assert found.correlations.loc["A", "B"] == pytest.approx(expected, abs=1e-9)


def test_a_table_that_determines_nothing_says_so():
    """Two by four with all but one row in one option: the likelihood rises all the way, ever slower."""
    table = np.array([[2, 89, 0, 0], [0, 7, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]])
    rows, columns = np.nonzero(table)
    number = table[rows, columns]
    with pytest.warns(NotConvergedWarning, match="A and B"):
        polychoric(pd.DataFrame({"A": np.repeat(rows, number), "B": np.repeat(columns, number)}))


def test_correlations_that_cannot_be_together_say_so():
    """Few respondents, many items that each were answered apart."""
    few = pd.DataFrame(np.random.default_rng(1).integers(1, 4, (12, 8)), columns=list("ABCDEFGH"))
    with pytest.warns(NotPositiveDefiniteWarning):
        found = polychoric(few)
    assert np.linalg.eigvalsh(found.correlations)[0] < 0


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (SCORES[["I0"]], "give at least 2 columns"),
        (SCORES.assign(I1=3), 'scores["I1"]: everyone gave the same answer'),
        (SCORES.assign(I1=SCORES["I1"] + 0.5), 'scores["I1"]: holds answers that are no whole numbers'),
        (SCORES.assign(I1=np.inf), 'scores["I1"]: holds answers that are no whole numbers'),
        (SCORES.assign(I1=SCORES["I1"].astype(str)), 'scores["I1"]: not a column of numbers'),
        (SCORES.assign(I1=np.nan), 'scores["I1"]: nobody answered'),
        (SCORES.iloc[:0], "no respondents"),
        (SCORES.assign(I1=np.where(SCORES.index == 0, 999, SCORES["I1"])), "more than 255 apart"),
        (pd.concat([SCORES, SCORES["I0"]], axis="columns"), "stands above two columns"),
        (SCORES.assign(I1=np.arange(len(SCORES)) % (MOST_OPTIONS + 1)), f"at most {MOST_OPTIONS}"),
        (SCORES.where((np.arange(400) % 4)[:, None] == np.arange(4)), "respondent(s) answered every item"),
        (
            SCORES.astype(float).assign(I1=SCORES["I1"].where(SCORES["I0"] == 1)),
            'scores["I0"]: constant among',
        ),
    ],
)
def test_what_cannot_be_is_refused_with_place_and_remedy(scores, words):
    with pytest.raises(ScoresError) as refusal:
        polychoric(scores)
    assert words in str(refusal.value)


def test_as_many_options_as_there_may_be_are_taken():
    scores = pd.DataFrame({"A": np.arange(300) % MOST_OPTIONS, "B": np.arange(300) % 7})
    assert polychoric(scores).thresholds.loc["A"].notna().sum() == MOST_OPTIONS - 1


def test_it_shows_itself_with_its_numbers():
    shown = polychoric(SCORES)._repr_markdown_()
    assert "4 items, 400 respondents" in shown
    assert "| I0 | 1.000 |" in shown
