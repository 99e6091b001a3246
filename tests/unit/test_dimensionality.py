"""Truths about the number of factors and what they are."""

import warnings

import numpy as np
import pandas as pd
import pytest

from psychometrics.cautions import HeywoodWarning, NotPositiveDefiniteWarning
from psychometrics.dimensionality import (
    bartlett_sphericity,
    exploratory_factors,
    kmo,
    minimum_average_partial,
    parallel_analysis,
)
from psychometrics.ordinal.item_correlations import (
    MANY,
    NothingCommonWarning,
    item_correlations,
    option_values,
)
from psychometrics.polychoric import polychoric
from psychometrics.scores import ScoresError

KINDS = ("pearson", "polychoric")
STATISTICS = {
    "parallel": lambda scores, kind: parallel_analysis(scores, correlations=kind, replications=10, seed=1),
    "factors": lambda scores, kind: exploratory_factors(scores, n_factors=1, correlations=kind),
    "kmo": lambda scores, kind: kmo(scores, correlations=kind),
    "bartlett": lambda scores, kind: bartlett_sphericity(scores, correlations=kind),
    "partials": lambda scores, kind: minimum_average_partial(scores, correlations=kind),
}


def answers(n_respondents: int, *, seed: int = 5) -> pd.DataFrame:
    """Answers to six items of two factors that correlate .4."""
    random = np.random.default_rng(seed)
    between = np.linalg.cholesky([[1, 0.4], [0.4, 1]])
    factors = np.repeat(random.standard_normal((n_respondents, 2)) @ between.T, 3, axis=1)
    behind = 0.75 * factors + 0.66 * random.standard_normal((n_respondents, 6))
    return pd.DataFrame(np.digitize(behind, [-0.8, 0.2, 1]) + 1, columns=list("ABCDEF"))


SCORES = answers(600)
UNRELATED = pd.DataFrame(np.random.default_rng(1).integers(1, 5, (400, 6)), columns=list("ABCDEF"))


@pytest.mark.parametrize("kind", KINDS)
def test_two_factors_are_two_by_parallel_analysis(kind):
    """Velicer's averages may not show it: he takes out components, and three items make a poor one."""
    assert parallel_analysis(SCORES, correlations=kind, seed=1).n_factors == 2


@pytest.mark.parametrize("kind", KINDS)
def test_unrelated_items_have_no_factor(kind):
    """The quantile is of the first eigenvalue of unrelated items, which this is one of."""
    assert parallel_analysis(UNRELATED, correlations=kind, quantile=0.99, seed=1).n_factors == 0
    assert bartlett_sphericity(UNRELATED).p_value > 0.05
    assert kmo(UNRELATED, correlations=kind).value == pytest.approx(0.5, abs=0.05)


def test_a_factor_counts_only_before_the_first_that_is_chance():
    """A later eigenvalue above its reference, under one that is not, is no factor."""
    found = parallel_analysis(SCORES, seed=1)
    above = (found.observed > found.reference).to_numpy()
    assert above[: found.n_factors].all()
    assert not above[found.n_factors]


def test_eigenvalues_add_up_to_the_number_of_items():
    found = parallel_analysis(SCORES, replications=5, seed=1)
    assert found.observed.sum() == pytest.approx(6)
    assert found.observed.is_monotonic_decreasing
    assert found.reference.is_monotonic_decreasing


def test_the_same_seed_gives_the_same_reference():
    first, same, other = (parallel_analysis(SCORES, replications=5, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_series_equal(first.reference, same.reference)
    assert (first.reference != other.reference).all()


def test_a_higher_quantile_asks_more():
    low, high = (parallel_analysis(SCORES, quantile=quantile, seed=1) for quantile in (0.5, 0.99))
    assert (low.reference < high.reference).all()


@pytest.mark.parametrize("kind", KINDS)
def test_from_many_respondents_on_the_reference_is_that_of_the_limit(kind):
    """Below the border answers are dealt anew; above it correlations are drawn. There is no jump."""
    skewed = pd.DataFrame(
        np.random.default_rng(3).integers(0, 20, (MANY, 4)).clip(0, 2), columns=list("ABCD")
    )
    below = parallel_analysis(skewed[:-1], correlations=kind, replications=100, quantile=0.9, seed=1)
    above = parallel_analysis(skewed, correlations=kind, replications=1000, quantile=0.9, seed=1)
    excess = np.abs(below.reference - 1)
    assert (np.abs(above.reference - below.reference) < 0.2 * excess.max()).all()


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("kind", KINDS)
def test_order_of_rows_and_items_changes_nothing(statistic, kind):
    shuffled = SCORES.sample(frac=1, random_state=3)[list("DAFCBE")]
    first, second = STATISTICS[statistic](SCORES, kind), STATISTICS[statistic](shuffled, kind)
    if statistic == "parallel":
        np.testing.assert_allclose(first.observed, second.observed, atol=1e-9)
        assert first.n_factors == second.n_factors
    if statistic == "factors":
        pd.testing.assert_frame_equal(first.loadings, second.loadings.loc[list("ABCDEF")], atol=1e-5)
    if statistic == "kmo":
        assert first.value == pytest.approx(second.value, abs=1e-9)
        pd.testing.assert_series_equal(first.per_item, second.per_item[list("ABCDEF")], atol=1e-9)
    if statistic == "bartlett":
        assert first.chi2 == pytest.approx(second.chi2, rel=1e-9)
    if statistic == "partials":
        np.testing.assert_allclose(first.average_squared, second.average_squared, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_recoded_categories_change_nothing(kind):
    """Points further apart, and for polychoric correlations any codes that rise."""
    recoded = SCORES * 2 + 3 if kind == "pearson" else SCORES.replace({4: 9})
    first, second = (item_correlations(scores, kind).matrix for scores in (SCORES, recoded))
    np.testing.assert_allclose(first, second, atol=1e-12)


@pytest.mark.filterwarnings("ignore:.*not chosen")
def test_product_moment_correlations_are_those_of_numpy():
    """Of the scores as they are, also where an option was never chosen."""
    scores = SCORES.replace({4: 9})
    found = item_correlations(scores, "pearson").matrix
    np.testing.assert_allclose(found, np.corrcoef(scores, rowvar=False), atol=1e-12)


def test_polychoric_correlations_are_those_of_polychoric():
    found = item_correlations(SCORES, "polychoric").matrix
    np.testing.assert_array_equal(found, polychoric(SCORES).correlations)


def test_codes_stand_for_the_scores_that_were_given():
    scores = pd.DataFrame({"A": [None, 1, 9, 4], "B": [7, 0, 0, 1]}, dtype="Int64")
    found = item_correlations(scores, "pearson")
    assert option_values(scores, found.codes).tolist() == [[1, 4, 9], [0, 1, 0]]
    assert found.n_respondents == 3


def test_doubled_data_keep_factors_and_make_the_test_surer():
    doubled = pd.concat([SCORES, SCORES], ignore_index=True)
    first, second = (exploratory_factors(scores, n_factors=2) for scores in (SCORES, doubled))
    pd.testing.assert_frame_equal(first.loadings, second.loadings, atol=1e-6)
    assert bartlett_sphericity(doubled).chi2 > 1.9 * bartlett_sphericity(SCORES).chi2


@pytest.mark.parametrize("rotation", ["none", "varimax", "oblimin", "promax"])
def test_what_the_factors_explain_adds_up(rotation):
    found = exploratory_factors(SCORES, n_factors=2, rotation=rotation)
    assert found.variance_explained["sum_of_squares"].sum() == pytest.approx(found.communalities.sum())
    assert found.variance_explained["share"].sum() == pytest.approx(found.communalities.mean())
    assert found.variance_explained["share_of_common"].sum() == pytest.approx(1)
    np.testing.assert_allclose(found.communalities + found.uniquenesses, 1)
    implied = found.loadings @ found.factor_correlations @ found.loadings.T
    np.testing.assert_allclose(np.diag(implied), found.communalities, atol=1e-9)
    lower = found.residuals.to_numpy()[np.tril_indices(6, -1)]
    assert found.rmsr == pytest.approx(np.sqrt(np.mean(lower**2)))


def test_items_go_together_as_they_were_made():
    found = exploratory_factors(SCORES, n_factors=2).loadings
    groups = found.abs().idxmax(axis="columns")
    assert groups["A"] == groups["B"] == groups["C"] != groups["D"] == groups["E"] == groups["F"]


def test_of_two_items_kmo_is_one_half():
    """Without other items partial correlation is correlation."""
    assert kmo(SCORES[["A", "B"]]).value == pytest.approx(0.5)


def test_average_squared_partial_of_nothing_taken_out_is_the_mean_squared_correlation():
    found = minimum_average_partial(SCORES, correlations="pearson")
    off = np.corrcoef(SCORES, rowvar=False)[np.tril_indices(6, -1)]
    assert found.average_squared[0] == pytest.approx(np.mean(off**2))
    assert found.average_squared[5] == pytest.approx(1)


def test_velicer_would_take_out_nothing_from_unrelated_items():
    with pytest.warns(NothingCommonWarning, match="no component leaves less in common"):
        found = minimum_average_partial(UNRELATED)
    assert found.n_factors == 1
    assert found.warnings


def test_a_heywood_case_is_warned_of_and_travels():
    """A and B are all but the same, and little else: a factor of their own leaves them nothing unique."""
    random = np.random.default_rng(2)
    scores = UNRELATED.assign(B=UNRELATED["A"].where(random.random(400) > 0.02, UNRELATED["B"]))
    with pytest.warns(HeywoodWarning, match="no unique variance is left"):
        found = exploratory_factors(scores, n_factors=2)
    assert any("no unique variance" in warning for warning in found.warnings)
    assert "no unique variance" in found._repr_markdown_()


@pytest.mark.filterwarnings("ignore:the matrix of correlations is not positive definite")
def test_a_matrix_without_inverse_gives_no_number_and_a_warning():
    """An item that stands twice."""
    twice = SCORES.assign(G=SCORES["A"])
    with pytest.warns(NotPositiveDefiniteWarning, match="KMO does not exist"):
        adequacy = kmo(twice, correlations="pearson")
    with pytest.warns(NotPositiveDefiniteWarning, match="Bartlett's test does not exist"):
        sphericity = bartlett_sphericity(twice, correlations="pearson")
    assert np.isnan([adequacy.value, *adequacy.per_item, sphericity.chi2, sphericity.p_value]).all()
    assert adequacy.warnings
    assert sphericity.warnings


def test_an_item_that_correlates_with_no_other_has_no_adequacy():
    """Every answer to A goes with every answer to B equally often."""
    scores = pd.DataFrame({"A": [1, 1, 2, 2], "B": [1, 2, 1, 2]})
    with pytest.warns(NothingCommonWarning, match="correlates with no other"):
        found = kmo(scores, correlations="pearson")
    assert np.isnan(found.value)


@pytest.mark.filterwarnings("ignore::psychometrics.cautions.PsychometricWarning")
def test_identical_items_have_one_factor():
    same = pd.DataFrame(dict.fromkeys("ABCD", SCORES["A"]))
    assert parallel_analysis(same, seed=1).n_factors == 1
    assert minimum_average_partial(same, correlations="pearson").n_factors == 1
    assert exploratory_factors(same, n_factors=1).loadings["F1"].min() > 0.99


def test_more_factors_than_there_are_is_refused():
    same = pd.DataFrame(dict.fromkeys("ABCDE", SCORES["A"]))
    with (
        warnings.catch_warnings(action="ignore"),
        pytest.raises(ScoresError, match=r"only 1 factor\(s\); ask for fewer"),
    ):
        exploratory_factors(same, n_factors=2, correlations="pearson")


@pytest.mark.parametrize("statistic", STATISTICS)
def test_an_unknown_kind_of_correlations_is_refused(statistic):
    with pytest.raises(ScoresError, match='"spearman" is not known here; use one of: polychoric, pearson'):
        STATISTICS[statistic](SCORES, "spearman")


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("kind", KINDS)
def test_scores_that_cannot_be_used_are_refused(statistic, kind):
    with pytest.raises(ScoresError, match="same answer"):
        STATISTICS[statistic](SCORES.assign(A=1), kind)
    with pytest.raises(ScoresError, match="give at least 2 columns"):
        STATISTICS[statistic](SCORES[["A"]], kind)


@pytest.mark.parametrize(
    ("options", "words"), [({"replications": 0}, "too few"), ({"quantile": 95}, "0 and 1")]
)
def test_draws_that_say_nothing_are_refused(options, words):
    with pytest.raises(ScoresError, match=words):
        parallel_analysis(SCORES, **options)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("kind", KINDS)
def test_missing_answers_are_left_out_and_numbers_travel_along(statistic, kind):
    holes = SCORES.astype("Int64")
    holes.loc[:99, "C"] = pd.NA
    found = STATISTICS[statistic](holes, kind)
    assert (found.n_items, found.n_respondents) == (6, 500)
    assert "6 items, 500 respondents" in found._repr_markdown_()
