"""Truths about the variance of schools and about their means."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from psychometrics.levels.group_sums import summed
from psychometrics.levels.variance_components import ZeroVarianceWarning, criterion, variance_components
from psychometrics.multilevel import reliability_of_mean, school_means, school_reliability
from psychometrics.scores import ScoresError


def nested(seed, *, sizes):
    """Scores of pupils in classes of the given sizes; every inner list is a school."""
    random = np.random.default_rng(seed)
    flat = [(school, size) for school, of_school in enumerate(sizes) for size in of_school]
    schools = np.array([school for school, _ in flat])
    names = [chr(ord("a") + place) for of_school in sizes for place in range(len(of_school))]
    effects = 0.6 * random.normal(size=len(sizes))[schools] + 0.4 * random.normal(size=len(flat))
    classes = pd.DataFrame({"school": schools, "class": names, "effect": effects})
    pupils = classes.loc[np.repeat(classes.index, [size for _, size in flat])].reset_index(drop=True)
    return pupils.assign(score=pupils["effect"] + random.normal(size=len(pupils)))


UNEQUAL = nested(5, sizes=[[9, 14], [20, 11, 8], [5], [12, 13], [7, 18, 9], [15, 4]])
EQUAL = nested(8, sizes=[[10, 10, 10]] * 12)
TWO = (UNEQUAL["score"], UNEQUAL["school"])


def dense_criterion(pupils, school_variance, class_variance, pupil_variance):
    """Minus twice the restricted log-likelihood, from the n x n matrix that the module avoids."""
    same_school = np.equal.outer(pupils["school"].to_numpy(), pupils["school"].to_numpy())
    same_class = same_school & np.equal.outer(pupils["class"].to_numpy(), pupils["class"].to_numpy())
    covariance = school_variance * same_school + class_variance * same_class
    covariance = covariance + pupil_variance * np.eye(len(pupils))
    inverse, ones, y = np.linalg.inv(covariance), np.ones(len(pupils)), pupils["score"].to_numpy()
    mean = ones @ inverse @ y / (ones @ inverse @ ones)
    return (
        np.linalg.slogdet(covariance)[1]
        + np.log(ones @ inverse @ ones)
        + (y - mean) @ inverse @ (y - mean)
        + (len(y) - 1) * np.log(2 * np.pi)
    )


@pytest.mark.parametrize(("icc1", "reliability"), [(0.01, 0.38), (0.05, 0.76)])
def test_sixty_pupils_are_as_reliable_as_the_domain_says(icc1, reliability):
    """EIS-C3: a tiny ICC(1) gives a mean of modest reliability (DOMAIN.md)."""
    assert round(reliability_of_mean(icc1, n_respondents=60), 2) == reliability


def test_one_pupil_is_as_reliable_as_icc1():
    assert reliability_of_mean(0.05, n_respondents=1) == pytest.approx(0.05)


def test_the_criterion_is_the_restricted_likelihood():
    found = variance_components(summed(*TWO, classes=UNEQUAL["class"]))
    dense = dense_criterion(UNEQUAL, found.between_variance, found.class_variance, found.within_variance)
    assert found.criterion == pytest.approx(dense, abs=1e-9)


@pytest.mark.parametrize("step", [(1.02, 1, 1), (0.98, 1, 1), (1, 1.02, 1), (1, 0.98, 1), (1, 1, 1.01)])
def test_no_other_variances_are_more_likely(step):
    found = variance_components(summed(*TWO, classes=UNEQUAL["class"]))
    estimates = (found.between_variance, found.class_variance, found.within_variance)
    moved = [variance * factor for variance, factor in zip(estimates, step, strict=True)]
    assert dense_criterion(UNEQUAL, *moved) > found.criterion


def test_of_equal_schools_the_components_are_those_of_the_means_of_squares():
    """Balanced: (MSB - MSW) / n and MSW, in closed form."""
    by_school = EQUAL.groupby("school")["score"]
    within = by_school.var().mean()
    result = school_reliability(EQUAL["score"], EQUAL["school"])
    assert result.within_variance == pytest.approx(within, rel=1e-9)
    assert result.between_variance == pytest.approx(by_school.mean().var() - within / 30, rel=1e-9)


def test_of_equal_classes_the_components_are_those_of_the_nested_means_of_squares():
    of_class = EQUAL.groupby(["school", "class"])["score"]
    within, class_means = of_class.var().mean(), of_class.mean()
    class_variance = class_means.groupby("school").var().mean() - within / 10
    between = class_means.groupby("school").mean().var() - (class_variance + within / 10) / 3
    result = school_reliability(EQUAL["score"], EQUAL["school"], classes=EQUAL["class"])
    assert result.within_variance == pytest.approx(within, rel=1e-9)
    assert result.class_variance == pytest.approx(class_variance, rel=1e-8)
    assert result.between_variance == pytest.approx(between, rel=1e-8)
    assert (result.n_schools, result.n_classes, result.n_respondents) == (12, 36, 360)


def test_of_equal_schools_the_interval_is_that_of_searle():
    """(F / F quantile - 1) / (F / F quantile - 1 + n), for both quantiles."""
    by_school = EQUAL.groupby("school")["score"]
    ratio = 30 * by_school.mean().var() / by_school.var().mean()
    low, high = (ratio / stats.f.ppf(share, 11, 348) - 1 for share in (0.975, 0.025))
    result = school_reliability(EQUAL["score"], EQUAL["school"])
    assert result.ci_low == pytest.approx(low / (low + 30), rel=1e-9)
    assert result.ci_high == pytest.approx(high / (high + 30), rel=1e-9)


def test_the_profile_interval_ends_where_the_likelihood_rejects():
    """At both ends the criterion lies the quantile of chi-square above its lowest."""
    result = school_reliability(*TWO, classes=UNEQUAL["class"])
    sums = summed(*TWO, classes=UNEQUAL["class"])
    lowest = variance_components(sums).criterion
    ratios = np.geomspace(1e-4, 1e2, 20_000)
    assert result.ci_low == 0
    at_high = [criterion(sums, result.ci_high * (1 + r) / (1 - result.ci_high), r) for r in ratios]
    assert min(at_high) - lowest == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-4)


@pytest.mark.parametrize("classes", [None, UNEQUAL["class"]], ids=["two levels", "three levels"])
def test_more_confidence_is_a_wider_interval_around_the_estimate(classes):
    narrow = school_reliability(*TWO, classes=classes, confidence=0.5)
    wide = school_reliability(*TWO, classes=classes, confidence=0.99)
    assert wide.ci_low <= narrow.ci_low < narrow.icc1 < narrow.ci_high < wide.ci_high <= 1


def test_order_and_names_change_nothing():
    shuffled = UNEQUAL.sample(frac=1, random_state=3)
    names = shuffled["school"].map(dict(enumerate("zyxwvu")))
    one = school_reliability(*TWO, classes=UNEQUAL["class"])
    other = school_reliability(shuffled["score"], names, classes=shuffled["class"])
    assert other.icc1 == pytest.approx(one.icc1, rel=1e-9)
    assert other.class_variance == pytest.approx(one.class_variance, rel=1e-9)
    assert other.reliability_per_school.index.tolist() == sorted("zyxwvu")
    assert other.reliability_per_school["z"] == pytest.approx(one.reliability_per_school[0], rel=1e-9)


def test_points_of_another_size_change_variances_and_no_shares():
    one, other = school_reliability(*TWO), school_reliability(1000 + 10 * TWO[0], TWO[1])
    assert other.between_variance == pytest.approx(100 * one.between_variance, rel=1e-8)
    assert other.smallest_detectable_difference == pytest.approx(10 * one.smallest_detectable_difference)
    assert (other.icc1, other.ci_low) == pytest.approx((one.icc1, one.ci_low), rel=1e-8)


def test_a_class_label_counts_within_its_school():
    unique = UNEQUAL["school"].astype(str) + UNEQUAL["class"]
    one = school_reliability(*TWO, classes=UNEQUAL["class"])
    assert school_reliability(*TWO, classes=unique).class_variance == one.class_variance
    assert one.n_classes == 13


def test_pupils_without_a_score_are_left_out_and_counted():
    holes = UNEQUAL["score"].mask(np.random.default_rng(2).random(len(UNEQUAL)) < 0.2)
    result, complete = school_reliability(holes, UNEQUAL["school"]), UNEQUAL[holes.notna()]
    assert result.icc1 == school_reliability(complete["score"], complete["school"]).icc1
    assert result.n_missing == holes.isna().sum() > 0
    assert result.n_respondents + result.n_missing == len(UNEQUAL)


def test_a_school_without_scores_is_no_school():
    empty = UNEQUAL["score"].mask(UNEQUAL["school"] == 3)
    result = school_reliability(empty, UNEQUAL["school"])
    assert result.n_schools == 5
    assert 3 not in result.reliability_per_school.index


def test_ignoring_classes_overstates_the_reliability_of_a_school():
    """Pupils of one class are alike, and a school has few classes."""
    ignored = school_reliability(EQUAL["score"], EQUAL["school"])
    modelled = school_reliability(EQUAL["score"], EQUAL["school"], classes=EQUAL["class"])
    assert (modelled.reliability_per_school < ignored.reliability_per_school).all()
    assert modelled.icc2 < ignored.icc2
    assert modelled.icc_class > modelled.icc1


def test_icc2_is_the_reliability_at_the_average_size():
    result = school_reliability(*TWO)
    expected = reliability_of_mean(result.icc1, n_respondents=len(UNEQUAL) / 6)
    assert result.icc2 == pytest.approx(expected, rel=1e-12)


def test_two_schools_must_differ_more_than_two_means_do_by_chance():
    result = school_reliability(*TWO)
    error = result.within_variance / (len(UNEQUAL) / 6)
    assert result.smallest_detectable_difference == pytest.approx(1.96 * np.sqrt(2 * error))


def test_schools_that_differ_less_than_chance_have_zero_variance_and_say_so():
    """Every school has the same mean; the interval still allows for a difference."""
    score, schools = pd.Series([1.0, 2.0, 3.0, 4.0] * 5), pd.Series(np.repeat(range(5), 4))
    with pytest.warns(ZeroVarianceWarning, match="schools differ no more than chance"):
        result = school_reliability(score, schools)
    assert (result.icc1, result.icc2, result.ci_low) == (0, 0, 0)
    assert len(result.warnings) == 1
    assert (result.reliability_per_school == 0).all()


def test_classes_that_differ_less_than_chance_have_zero_variance_and_say_so():
    score, schools = pd.Series([1.0, 2.0, 1.0, 2.0, 4.0, 5.0, 4.0, 5.0]), pd.Series([1] * 4 + [2] * 4)
    with pytest.warns(ZeroVarianceWarning, match="the classes differ no more"):
        result = school_reliability(score, schools, classes=pd.Series(list("aabbaabb")))
    assert result.class_variance == 0
    assert result.icc1 == pytest.approx(school_reliability(score, schools).icc1)


def test_shrunken_means_lie_between_the_own_mean_and_that_of_all():
    result = school_means(*TWO)
    table = result.table
    expected = table["reliability"] * table["mean"] + (1 - table["reliability"]) * result.grand_mean
    assert table["shrunken_mean"].to_numpy() == pytest.approx(expected.to_numpy(), abs=1e-12)
    assert table["mean"].to_numpy() == pytest.approx(TWO[0].groupby(TWO[1]).mean().to_numpy())
    assert table["n"].tolist() == TWO[1].value_counts(sort=False).sort_index().tolist()
    assert ((table["ci_low"] < table["shrunken_mean"]) & (table["shrunken_mean"] < table["ci_high"])).all()


def test_a_small_school_shrinks_most_and_is_least_certain():
    table = school_means(*TWO).table
    assert table["reliability"].idxmin() == table["n"].idxmin()
    assert (table["ci_high"] - table["ci_low"]).idxmax() == table["n"].idxmin()


def test_schools_stand_in_order_of_label_and_never_of_mean():
    names = UNEQUAL["school"].map(dict(enumerate("fbdace")))
    assert school_means(UNEQUAL["score"], names).table.index.tolist() == list("abcdef")


def test_intervals_do_not_collapse_where_the_variance_is_estimated_as_zero():
    """An estimate of zero is no knowledge that schools are equal."""
    score, schools = pd.Series([1.0, 2.0, 3.0, 4.0] * 5), pd.Series(np.repeat(range(5), 4))
    with pytest.warns(ZeroVarianceWarning):
        table = school_means(score, schools).table
    assert (table["shrunken_mean"] == 2.5).all()
    standard_error = score.std() / np.sqrt(len(score))
    assert (table["ci_high"] - table["ci_low"] > 2 * 1.96 * standard_error).all()


def test_with_classes_a_mean_weighs_them_by_their_precision():
    """A class of 4 next to one of 15 says more than 4 / 19 of the school, for classes differ too."""
    result = school_means(*TWO, classes=UNEQUAL["class"])
    found = variance_components(summed(*TWO, classes=UNEQUAL["class"]))
    means = UNEQUAL[UNEQUAL["school"] == 5].groupby("class")["score"].agg(["mean", "size"])
    weights = 1 / (found.class_variance + found.within_variance / means["size"])
    own = (weights * means["mean"]).sum() / weights.sum()
    reliability = result.table.loc[5, "reliability"]
    expected = reliability * own + (1 - reliability) * result.grand_mean
    assert result.table.loc[5, "shrunken_mean"] == pytest.approx(expected)


@pytest.mark.parametrize("function", [school_reliability, school_means])
@pytest.mark.parametrize(
    ("score", "schools", "words"),
    [
        (pd.Series(list("abcd")), pd.Series([1, 1, 2, 2]), "not a column of numbers"),
        (pd.Series([1, 2, np.inf, 3]), pd.Series([1, 1, 2, 2]), "infinite"),
        (pd.Series([1, 2, 3, 4]), pd.Series([1, 1, 2, 2], index=[3, 2, 1, 0]), "align them row by row"),
        (pd.Series([1, 2, 3, 4]), pd.Series([1, 1, 2, None]), r"1 respondent\(s\) without a group"),
        (pd.Series([1, 2, 3, 4]), pd.Series([1, 1, 1, 1]), "at least 2 are needed"),
        (pd.Series([1.0, None, None, None]), pd.Series([1, 1, 2, 2]), "at least 2 are needed"),
        (pd.Series([None] * 4, dtype=float), pd.Series([1, 1, 2, 2]), r"scores of 0 school\(s\)"),
        (pd.Series([1, 2, 3, 4]), pd.Series([1, 2, 3, 4]), "one score in every school"),
        (pd.Series([1, 1, 3, 3]), pd.Series([1, 1, 2, 2]), "no spread within any school"),
        (pd.Series([2, 2, 2, 2]), pd.Series([1, 1, 2, 2]), "no spread within any school"),
    ],
)
def test_what_gives_no_variance_is_refused(function, score, schools, words):
    with pytest.raises(ScoresError, match=words):
        function(score, schools)


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (list("aabb"), "one class in every school"),
        (list("abab"), "one score in every class"),
        (["a", "a", "b", None], r"1 respondent\(s\) without a group"),
    ],
)
def test_classes_that_cannot_be_told_from_schools_or_pupils_are_refused(classes, words):
    with pytest.raises(ScoresError, match=words):
        school_reliability(pd.Series([1, 2, 4, 4]), pd.Series([1, 1, 2, 2]), classes=pd.Series(classes))


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_no_share_is_refused(confidence):
    for function in (school_reliability, school_means):
        with pytest.raises(ScoresError, match=r"write 0\.95 for 95 %"):
            function(*TWO, confidence=confidence)


def test_impossible_numbers_have_no_reliability():
    with pytest.raises(ScoresError, match=r"icc1: 1\.5 is not between 0 and 1"):
        reliability_of_mean(1.5, n_respondents=10)
    with pytest.raises(ScoresError, match="not above 0"):
        reliability_of_mean(0.1, n_respondents=0)


def test_numbers_travel_along():
    assert f"{len(UNEQUAL)} respondents, 6 schools" in school_reliability(*TWO)._repr_markdown_()
    shown = school_means(*TWO)._repr_markdown_()
    assert "| school | n | mean | shrunken_mean |" in shown
    assert f"{len(UNEQUAL)} respondents, 6 schools" in shown
