"""Intervals of 95 % hold the truth in 93 to 97 of 100 samples of pupils in classes in schools."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from psychometrics.multilevel import school_means, school_reliability
from psychometrics.reliability import bootstrap_interval, cronbach_alpha
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::psychometrics.cautions.PsychometricWarning"),
]
ITEMS = list("ABCDEF")
LOADING, SCHOOL_SHARE, CLASS_SHARE = 0.7, 0.1, 0.06
LOW, HIGH = 0.93, 0.97


def covariance(correlation: float) -> float:
    """Covariance of two normals of that correlation, cut at zero (Sheppard 1899)."""
    return float(np.arcsin(correlation) / (2 * np.pi))


PHI = covariance(LOADING**2) / 0.25
ALPHA = 6 * PHI / (1 + 5 * PHI)


def icc_of_theory(school_share: float) -> float:
    """Every pair of items of two pupils of a school goes together; over the variance of six items."""
    return 36 * covariance(LOADING**2 * school_share) / (6 * 0.25 + 30 * covariance(LOADING**2))


def model(*, class_share: float) -> OrdinalModel:
    """Six parallel items of two options, cut at zero."""
    return OrdinalModel(
        factors={"f": ITEMS},
        loadings=dict.fromkeys(ITEMS, LOADING),
        thresholds={item: [0.0] for item in ITEMS},
        factor_correlations=pd.DataFrame([[1.0]], index=["f"], columns=["f"]),
        school_variance=SCHOOL_SHARE,
        class_variance=class_share,
    )


def unequal_groups(seed: int, *, n_schools: int, n_classes: int) -> pd.DataFrame:
    """Schools of whole classes of 10 to 30 pupils, as schools are."""
    random = np.random.default_rng(seed)
    groups = balanced_groups(n_schools=n_schools, n_classes=n_classes, n_respondents=30)
    n_pupils = np.repeat(random.integers(10, 31, size=n_schools * n_classes), 30)
    return groups[np.arange(len(groups)) % 30 < n_pupils].reset_index(drop=True)


def coverage(hits: list[bool] | list[float]) -> float:
    """Share of samples whose interval holds the truth; printed for the record of `make test-slow -s`."""
    found = float(np.mean(hits))
    print(f"covered {found:.4f} of {len(hits)}")  # noqa: T201 - the result is written down
    return found


def test_the_bootstrap_over_schools_covers_alpha():
    groups, hits = balanced_groups(n_schools=60, n_classes=2, n_respondents=15), []
    for seed in range(1500):
        scores = simulate_answers(model(class_share=CLASS_SHARE), groups, seed=seed)
        interval = bootstrap_interval(cronbach_alpha, scores, schools=groups["school"], seed=seed)
        hits.append(interval.low <= ALPHA <= interval.high)
    assert LOW <= coverage(hits) <= HIGH


def test_the_exact_interval_covers_icc1():
    """Two levels, 40 schools of 20 to 60 pupils."""
    truth, hits = icc_of_theory(SCHOOL_SHARE), []
    for seed in range(1500):
        groups = unequal_groups(seed, n_schools=40, n_classes=2)
        total = simulate_answers(model(class_share=0.0), groups, seed=seed).sum(axis="columns")
        result = school_reliability(total, groups["school"])
        hits.append(result.ci_low <= truth <= result.ci_high)
    assert LOW <= coverage(hits) <= HIGH


def test_the_profile_interval_covers_icc1_with_classes():
    """Three levels, 50 schools of three classes."""
    truth, hits = icc_of_theory(SCHOOL_SHARE), []
    for seed in range(800):
        groups = unequal_groups(seed, n_schools=50, n_classes=3)
        total = simulate_answers(model(class_share=CLASS_SHARE), groups, seed=seed).sum(axis="columns")
        result = school_reliability(total, groups["school"], classes=groups["class"])
        hits.append(result.ci_low <= truth <= result.ci_high)
    assert LOW <= coverage(hits) <= HIGH


def test_intervals_of_shrunken_means_cover_the_true_means_of_schools():
    """On average over 40 schools; normal scores, of which the true means are known."""
    shares = []
    for seed in range(400):
        random = np.random.default_rng(seed)
        school = np.repeat(np.arange(40), random.integers(15, 90, size=40))
        effect = 0.25 * random.normal(size=40)
        score = effect[school] + random.normal(size=len(school))
        table = school_means(pd.Series(score), pd.Series(school)).table
        shares.append(float(((table["ci_low"] <= effect) & (effect <= table["ci_high"])).mean()))
    assert LOW <= coverage(shares) <= HIGH
