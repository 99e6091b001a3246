"""Truths about every score in every division into schools and classes."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from psychometrics.agreement import intraclass_correlation
from psychometrics.cautions import PsychometricWarning
from psychometrics.multilevel import SchoolReliability, school_means, school_reliability
from psychometrics.reliability import bootstrap_interval, cronbach_alpha
from psychometrics.representativeness import rake
from psychometrics.scores import ScoresError

PUPIL = st.tuples(
    st.none() | st.integers(1, 20),
    st.integers(0, 5),
    st.integers(0, 2),
)
PUPILS = st.lists(PUPIL, min_size=1, max_size=80)


def columns(pupils: list[tuple[int | None, int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(pupils, columns=["score", "school", "class"])
    return frame.astype({"score": float})


def reliability(frame: pd.DataFrame, *, with_classes: bool) -> SchoolReliability | None:
    """Return the result, or None where the scores were refused, which is an answer too."""
    classes = frame["class"] if with_classes else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PsychometricWarning)
        try:
            return school_reliability(frame["score"], frame["school"], classes=classes)
        except ScoresError:
            return None


@given(PUPILS, st.booleans())
@settings(max_examples=150, deadline=None)
def test_shares_and_variances_stay_within_their_bounds(
    pupils: list[tuple[int | None, int, int]],
    with_classes: bool,  # noqa: FBT001 - hypothesis gives it
):
    result = reliability(columns(pupils), with_classes=with_classes)
    if result is None:
        return
    assert 0 <= result.ci_low <= result.ci_high <= 1
    assert 0 <= result.icc1 < 1
    assert 0 <= result.icc2 < 1
    assert result.between_variance >= 0
    assert result.within_variance > 0
    assert result.class_variance is None or result.class_variance >= 0
    assert result.reliability_per_school.between(0, 1).all()
    assert result.n_respondents + result.n_missing == len(pupils)


@given(PUPILS, st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_shrunken_mean_lies_among_the_scores_and_in_its_interval(
    pupils: list[tuple[int | None, int, int]],
    with_classes: bool,  # noqa: FBT001 - hypothesis gives it
):
    frame = columns(pupils)
    if reliability(frame, with_classes=with_classes) is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PsychometricWarning)
        classes = frame["class"] if with_classes else None
        table = school_means(frame["score"], frame["school"], classes=classes).table
    assert table["shrunken_mean"].between(frame["score"].min() - 1e-9, frame["score"].max() + 1e-9).all()
    assert (table["ci_low"] <= table["shrunken_mean"]).all()
    assert (table["shrunken_mean"] <= table["ci_high"]).all()
    assert table.index.is_monotonic_increasing


@given(PUPILS)
@settings(max_examples=60, deadline=None)
def test_the_order_of_pupils_does_not_matter(pupils: list[tuple[int | None, int, int]]):
    one = reliability(columns(pupils), with_classes=False)
    other = reliability(columns(pupils[::-1]), with_classes=False)
    assert (one is None) == (other is None)
    if one and other:
        assert np.isclose(one.icc1, other.icc1, rtol=1e-6, atol=1e-9)


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_agreement_is_at_most_one_and_lies_in_its_interval(pairs: list[tuple[int, int]]):
    try:
        result = intraclass_correlation(pd.DataFrame(pairs, columns=["first", "second"]))
    except ScoresError:
        return
    assert result.icc <= 1 + 1e-12
    assert result.ci_low <= result.icc + 1e-9
    assert result.icc <= result.ci_high + 1e-9


@given(st.lists(st.tuples(*[st.integers(1, 3)] * 3, st.integers(0, 6)), min_size=2, max_size=60))
@settings(max_examples=60, deadline=None)
def test_an_interval_over_draws_of_schools_ends_at_one(rows: list[tuple[int, ...]]):
    frame = pd.DataFrame(rows, columns=["A", "B", "C", "school"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PsychometricWarning)
        try:
            result = bootstrap_interval(
                cronbach_alpha, frame[["A", "B", "C"]], schools=frame["school"], replications=50, seed=1
            )
        except ScoresError:
            return
    assert result.low <= result.high <= 1 + 1e-12


@given(
    st.lists(st.tuples(st.integers(6, 8), st.sampled_from("ab")), min_size=1, max_size=50),
    st.lists(st.integers(1, 90), min_size=5, max_size=5),
)
@settings(max_examples=80, deadline=None)
def test_weights_are_positive_and_one_on_average(respondents: list[tuple[int, str]], counts: list[int]):
    frame = pd.DataFrame(respondents, columns=["leerjaar", "kind"])
    levels = sorted(frame["leerjaar"].unique())
    margin = dict(zip(levels, counts, strict=False))
    result = rake(frame, {"leerjaar": margin})
    assert result.converged
    assert (result.weights > 0).all()
    assert np.isclose(result.weights.mean(), 1)
    assert result.design_effect >= 1 - 1e-12
