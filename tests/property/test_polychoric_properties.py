"""Whatever whole numbers come in: an answer within its bounds, or an error or warning with a name."""

import warnings

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from psychometrics.cautions import PsychometricWarning
from psychometrics.confirmatory import fit_ordinal_cfa
from psychometrics.ordinal.contingency import codes_of, pair_tables, pairs
from psychometrics.polychoric import polychoric
from psychometrics.scores import ScoresError

OPTIONS = st.integers(1, 5)
ANSWERS = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, min_side=4, max_side=30), elements=OPTIONS)
HOLED = arrays(np.float64, (25, 4), elements=OPTIONS.map(float) | st.just(float("nan")))


def frame(answers: np.ndarray) -> pd.DataFrame:
    """Scores with items named I0, I1, ...; the first six columns at most."""
    return pd.DataFrame(answers[:, :6]).add_prefix("I")


@settings(max_examples=150, deadline=None)
@given(ANSWERS | HOLED)
def test_correlations_are_in_bounds_or_refused(answers):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = polychoric(frame(answers))
        except ScoresError:
            return
    values = found.correlations.to_numpy()
    assert (np.abs(values) <= 1).all()
    assert (np.diag(values) == 1).all()
    assert (values == values.T).all()
    assert all(np.all(np.diff(row[~np.isnan(row)]) > 0) for row in found.thresholds.to_numpy())
    assert all(issubclass(one.category, PsychometricWarning) for one in caught)
    assert tuple(str(one.message) for one in caught) == found.warnings


@settings(max_examples=100, deadline=None)
@given(ANSWERS)
def test_tables_count_what_is_there(answers):
    scores = frame(answers)
    try:
        codes = codes_of(scores)
    except ScoresError:
        return
    tables = pair_tables(codes)
    for table, first, second in zip(tables, *pairs(codes.n_items), strict=True):
        expected = pd.crosstab(scores.iloc[:, first], scores.iloc[:, second]).to_numpy()
        assert (table[: expected.shape[0], : expected.shape[1]] == expected).all()


@settings(max_examples=100, deadline=None)
@given(ANSWERS, st.booleans())
def test_fit_is_in_range_or_refused(answers, nested):
    scores = frame(answers)
    model = {"F": list(scores.columns[:3]), "G": list(scores.columns[3:])} if scores.shape[1] > 4 else None
    schools = pd.Series(np.arange(len(scores)) // 2) if nested else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            fit = fit_ordinal_cfa(scores, model or {"F": list(scores.columns)}, schools=schools)
        except ScoresError:
            return
    assert all(issubclass(one.category, PsychometricWarning) for one in caught)
    assert fit.chi2 >= 0
    assert 0 <= fit.cfi <= 1
    assert 0 <= fit.cfi_scaled <= 1
    assert min(fit.rmsea, fit.rmsea_scaled, fit.srmr) >= 0
    assert fit.df == 0 or 0 <= fit.p_value_scaled <= 1
    assert not (fit.loadings["se"] < 0).any()
    beyond = fit.loadings["loading"].abs().max() > 1
    assert beyond <= any("loading of" in warning for warning in fit.warnings)
