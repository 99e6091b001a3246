"""Differences that were planted are found, at the step where they belong; others are not."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from psychometrics.invariance import measurement_invariance
from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers

FACTORS = {"V": ["V1", "V2", "V3", "V4"], "W": ["W1", "W2", "W3", "W4"]}
LOADINGS = dict(zip([*FACTORS["V"], *FACTORS["W"]], (0.6, 0.7, 0.8, 0.7, 0.65, 0.75, 0.7, 0.6), strict=True))
THRESHOLDS = dict.fromkeys(LOADINGS, (-1.0, -0.2, 0.7))
CORRELATIONS = pd.DataFrame([[1.0, 0.5], [0.5, 1.0]], list(FACTORS), list(FACTORS))
MEAN, SPREAD = 0.4, 1.3
"""Of the factors in the second group, where the first has 0 and 1: no lack of invariance."""


def _second(
    loadings: dict[str, float], thresholds: dict[str, tuple[float, ...]], school_variance: float
) -> OrdinalModel:
    """Return the second group's model: the same errors, other factors, responses of variance one again."""
    scale = {
        item: 1 / np.sqrt((loading * SPREAD) ** 2 + 1 - LOADINGS[item] ** 2)
        for item, loading in loadings.items()
    }
    return OrdinalModel(
        FACTORS,
        {item: loading * SPREAD * scale[item] for item, loading in loadings.items()},
        {
            item: [scale[item] * (cut - loadings[item] * MEAN) for cut in cuts]
            for item, cuts in thresholds.items()
        },
        CORRELATIONS,
        school_variance=school_variance,
    )


def _steps(
    seed: int,
    *,
    loadings: dict[str, float] | None = None,
    thresholds: dict[str, tuple[float, ...]] | None = None,
    n: int = 1500,
    schools: bool = False,
) -> pd.DataFrame:
    """Return the steps for two groups of `n`, with these changes in the second."""
    share = 0.15 if schools else 0.0
    pupils = balanced_groups(n_schools=n // 25, n_classes=1, n_respondents=25)
    first = OrdinalModel(FACTORS, LOADINGS, THRESHOLDS, CORRELATIONS, school_variance=share)
    second = _second({**LOADINGS, **(loadings or {})}, {**THRESHOLDS, **(thresholds or {})}, share)
    answers = [simulate_answers(model, pupils, seed=2 * seed + k) for k, model in enumerate((first, second))]
    group = pd.Series(np.repeat(["first", "second"], n))
    units = pd.concat([pupils["school"], pupils["school"] + n], ignore_index=True) if schools else None
    return measurement_invariance(pd.concat(answers, ignore_index=True), FACTORS, group, schools=units)


def test_other_means_and_variances_are_no_lack_of_invariance():
    steps = _steps(1)
    assert (steps["p_difference"].dropna() > 0.05).all()
    assert (steps["delta_cfi"].dropna().abs() < 0.005).all()


def test_a_planted_loading_is_found_at_the_loadings():
    steps = _steps(2, loadings={"V3": 0.45})
    assert steps.loc["thresholds", "p_difference"] > 0.05
    assert steps.loc["loadings", "p_difference"] < 1e-6
    assert steps.loc["loadings", "delta_cfi"] < -0.003


def test_a_planted_intercept_is_found_at_the_intercepts():
    """All thresholds of one item moved alike: the second group finds it easier, at the same factor score."""
    steps = _steps(3, thresholds={"W2": (-1.4, -0.6, 0.3)})
    assert steps.loc["thresholds", "p_difference"] > 0.05
    assert steps.loc["loadings", "p_difference"] > 0.05
    assert steps.loc["intercepts", "p_difference"] < 1e-6


def test_a_planted_threshold_is_found_at_the_thresholds():
    """One threshold of three moved: no change of mean and scale undoes it."""
    steps = _steps(4, thresholds={"W2": (-1.0, 0.2, 0.7)})
    assert steps.loc["thresholds", "p_difference"] < 1e-6


def _share_rejected(values: pd.Series) -> float:
    return float((values < 0.05).mean())


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("schools", [False, True])
def test_without_a_difference_every_p_value_is_as_likely_as_another(schools):
    """300 samples: 5 % are rejected, give or take, and no part of 0..1 is preferred."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        samples = [_steps(100 + seed, n=1000, schools=schools)["p_difference"] for seed in range(300)]
    for step in ("thresholds", "loadings", "intercepts"):
        values = pd.Series([sample[step] for sample in samples])
        assert 0.02 <= _share_rejected(values) <= 0.09, step
        assert stats.kstest(values, "uniform").pvalue > 0.001, step
