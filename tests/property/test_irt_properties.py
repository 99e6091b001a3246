"""What holds for every set of ordered answers: a result within its bounds, or a named error."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from psychometrics.cautions import PsychometricWarning
from psychometrics.dif import ordinal_dif
from psychometrics.irt import fit_graded_response, fit_partial_credit
from psychometrics.response.graded_response import log_probabilities
from psychometrics.scores import ScoresError

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIVE = st.integers(min_value=3, max_value=5)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Whole answers of some respondents to three to five items, with more or less in common, and holes."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_respondents, n_items, n_options = draw(st.integers(2, 60)), draw(FIVE), draw(st.integers(2, 5))
    common = draw(st.floats(0, 4)) * random.normal(size=(n_respondents, 1))
    latent = common + random.logistic(size=(n_respondents, n_items))
    answers = np.digitize(latent, np.sort(random.normal(scale=2, size=n_options - 1))).astype(float)
    answers[random.random(answers.shape) < draw(st.sampled_from([0, 0, 0.1]))] = np.nan
    return pd.DataFrame(answers, columns=list("ABCDE")[:n_items])


def quietly(function, *arguments, **options):
    """Call without its warnings; an example that is refused by name is fit for no property."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PsychometricWarning)
        try:
            return function(*arguments, **options)
        except ScoresError:
            reject()


@FEW
@given(frames())
def test_a_graded_response_model_stays_within_its_bounds(scores: pd.DataFrame) -> None:
    fit = quietly(fit_graded_response, scores)
    complete = scores.dropna()
    alone = sum(
        np.log(complete[item].value_counts(normalize=True).loc[complete[item]]).sum() for item in scores
    )
    # items that have nothing in common are one of the models, so none worse is a maximum
    assert alone - 1e-6 <= fit.log_likelihood <= 1e-9
    assert np.isfinite(fit.slopes).all()
    assert np.isfinite(fit.thresholds.to_numpy()).sum() == sum(
        len(given) - 1 for given in fit.options.values()
    )
    assert (fit.intercepts.diff(axis="columns").iloc[:, 1:].fillna(-1) < 0).all(axis=None)
    assert (np.abs(fit.q3.fillna(0)) <= 1 + 1e-9).all(axis=None)
    assert (fit.information([-2.0, 0.0, 2.0]) >= 0).all(axis=None)
    assert np.exp(log_probabilities(fit.curves, np.linspace(-6, 6, 5))).max() <= 1 + 1e-12
    assert fit.converged or fit.warnings
    scored = fit.scores(complete.mask(complete == complete.max(axis=None)))
    assert scored["eap"].between(-6, 6).all()
    assert scored["sd"].between(0, 6).all()


@FEW
@given(frames())
def test_a_partial_credit_model_stays_within_its_bounds(scores: pd.DataFrame) -> None:
    fit = quietly(fit_partial_credit, scores)
    assert np.isfinite(fit.locations).all()
    assert fit.ability_sd >= 0
    assert fit.log_likelihood <= 1e-9
    assert (fit.steps.sum(axis="columns").abs() < 1e-6 * (1 + fit.steps.abs().max(axis=None))).all()


@FEW
@given(
    scores=frames(),
    n_groups=st.integers(2, 4),
    matching=st.sampled_from(["rest", "total"]),
    purify=st.booleans(),
)
def test_dif_stays_within_its_bounds(
    scores: pd.DataFrame, n_groups: int, matching: str, *, purify: bool
) -> None:
    groups = pd.Series(np.arange(len(scores)) % n_groups, scores.index)
    found = quietly(ordinal_dif, scores, groups, matching=matching, purify=purify)
    heights = found.filter(like="log_likelihood").to_numpy()
    assert (np.diff(heights, axis=1) >= -1e-6).all()
    assert (heights <= 1e-9).all()
    assert found["delta_r2"].between(-1e-9, 1 + 1e-9).all()
    p_values = found[["p_uniform", "p_nonuniform", "p_total"]]
    assert ((p_values >= 0) & (p_values <= 1) | p_values.isna()).all(axis=None)
    assert found["class"].isin(["A", "B", "C"]).all()
