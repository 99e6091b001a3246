"""Variances between schools that were put into a simulation come back out of it, and intervals cover them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from psychometrics.levels.group_sums import summed
from psychometrics.levels.variance_components import criterion, variance_components
from psychometrics.multilevel import school_means, school_reliability
from psychometrics.reliability import bootstrap_interval, cronbach_alpha, guttman_lambda2
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

BETWEEN, OF_CLASS, WITHIN = 0.05, 0.04, 0.91


def pupils(
    seed: int, *, n_schools: int, between: float = BETWEEN, of_class: float = OF_CLASS
) -> pd.DataFrame:
    """Normal scores of variance one in schools of two to four classes of 10 to 30; `effect` of a school."""
    random = np.random.default_rng(seed)
    n_classes = random.integers(2, 5, size=n_schools)
    school_of_class = np.repeat(np.arange(n_schools), n_classes)
    class_of_pupil = np.repeat(np.arange(len(school_of_class)), random.integers(10, 31, len(school_of_class)))
    schools = random.normal(size=n_schools) * np.sqrt(between)
    classes = random.normal(size=len(school_of_class)) * np.sqrt(of_class)
    own = random.normal(size=len(class_of_pupil)) * np.sqrt(1 - between - of_class)
    school = school_of_class[class_of_pupil]
    return pd.DataFrame(
        {
            "school": school,
            "class": class_of_pupil,
            "effect": schools[school],
            "score": schools[school] + classes[class_of_pupil] + own,
        }
    )


def test_variances_of_school_class_and_pupil_are_recovered():
    sample = pupils(1, n_schools=3000)
    result = school_reliability(sample["score"], sample["school"], classes=sample["class"])
    assert result.between_variance == pytest.approx(BETWEEN, abs=0.005)
    assert result.class_variance == pytest.approx(OF_CLASS, abs=0.005)
    assert result.within_variance == pytest.approx(WITHIN, abs=0.01)
    assert result.ci_low < BETWEEN < result.ci_high


def test_without_classes_the_variance_of_schools_is_overstated():
    """The variance of a class lands partly with its school."""
    sample = pupils(1, n_schools=3000)
    ignored = school_reliability(sample["score"], sample["school"])
    assert ignored.icc1 == pytest.approx(BETWEEN + OF_CLASS / 3, abs=0.008)
    assert ignored.ci_low > BETWEEN


def test_the_reliability_of_a_school_is_how_well_its_mean_tells_its_effect():
    """The squared correlation of a school's mean with its true effect."""
    sample = pupils(2, n_schools=3000, of_class=0)
    result = school_reliability(sample["score"], sample["school"])
    means = sample.groupby("school")[["score", "effect"]].mean()
    squared = means["score"].corr(means["effect"]) ** 2
    assert result.reliability_per_school.mean() == pytest.approx(squared, abs=0.02)


def test_shrunken_means_are_nearer_to_the_truth_than_means():
    sample = pupils(3, n_schools=400)
    table = school_means(sample["score"], sample["school"], classes=sample["class"]).table
    truth = sample.groupby("school")["effect"].first()
    assert ((table["shrunken_mean"] - truth) ** 2).mean() < 0.9 * ((table["mean"] - truth) ** 2).mean()


def test_two_equal_schools_differ_less_than_the_smallest_detectable_difference():
    """In 95 of 100 pairs; what two means differ is taken apart from what their schools truly differ."""
    sample = pupils(4, n_schools=4000, of_class=0)
    result = school_reliability(sample["score"], sample["school"])
    by_school = sample.groupby("school")
    errors = (by_school["score"].mean() - by_school["effect"].first()).to_numpy()
    chance = np.abs(errors[::2] - errors[1::2])
    assert (chance < result.smallest_detectable_difference).mean() == pytest.approx(0.95, abs=0.02)


ITEMS = list("ABCDEF")
LOADING, SCHOOL_SHARE, CLASS_SHARE = 0.7, 0.08, 0.06
BINARY = OrdinalModel(
    factors={"f": ITEMS},
    loadings=dict.fromkeys(ITEMS, LOADING),
    thresholds={item: [0.0] for item in ITEMS},
    factor_correlations=pd.DataFrame([[1.0]], index=["f"], columns=["f"]),
    school_variance=SCHOOL_SHARE,
    class_variance=CLASS_SHARE,
)


def covariance(correlation: float) -> float:
    """Covariance of two normals of that correlation, cut at zero (Sheppard 1899)."""
    return float(np.arcsin(correlation) / (2 * np.pi))


def test_icc_of_ordinal_answers_is_the_one_of_theory():
    """The sum of six parallel binary items: every pair of items of two pupils of a school goes together."""
    groups = balanced_groups(n_schools=2500, n_classes=3, n_respondents=15)
    total = simulate_answers(BINARY, groups, seed=6).sum(axis="columns")
    result = school_reliability(total, groups["school"], classes=groups["class"])
    variance = 6 * 0.25 + 30 * covariance(LOADING**2)
    of_school = 36 * covariance(LOADING**2 * SCHOOL_SHARE)
    of_both = 36 * covariance(LOADING**2 * (SCHOOL_SHARE + CLASS_SHARE))
    assert result.icc1 == pytest.approx(of_school / variance, abs=0.006)
    assert result.icc_class == pytest.approx(of_both / variance, abs=0.008)


def test_alpha_of_theory_lies_in_its_interval_over_schools():
    groups = balanced_groups(n_schools=200, n_classes=2, n_respondents=15)
    scores = simulate_answers(BINARY, groups, seed=7)
    phi = covariance(LOADING**2) / 0.25
    for statistic in (cronbach_alpha, guttman_lambda2):
        interval = bootstrap_interval(statistic, scores, schools=groups["school"], seed=1)
        assert interval.low < 6 * phi / (1 + 5 * phi) < interval.high


@pytest.mark.parametrize("seed", range(300, 325))
def test_the_lowest_of_all_valleys_is_found(seed: int):
    """Few schools of very unequal classes: the likelihood is flat, may have two tops, or none above zero."""
    random = np.random.default_rng(seed)
    n_classes = random.integers(1, 5, size=random.integers(3, 9))
    school_of_class = np.repeat(np.arange(len(n_classes)), n_classes)
    classes = np.repeat(np.arange(len(school_of_class)), random.choice([2, 5, 30, 200], len(school_of_class)))
    schools = school_of_class[classes]
    spread = random.choice([0, 0.1, 1, 5], size=2)
    score = spread[0] * random.normal(size=len(n_classes))[schools] + random.normal(size=len(classes))
    score = score + spread[1] * random.normal(size=len(school_of_class))[classes]
    sums = summed(pd.Series(score), pd.Series(schools), classes=pd.Series(classes))
    ratios = np.concatenate([[0], np.geomspace(1e-4, 1e3, 29)])
    lowest = min(criterion(sums, school, of_class) for school in ratios for of_class in ratios)
    assert variance_components(sums).criterion <= lowest + 1e-9
