"""Whatever ordered answers and groups come in: steps within their bounds, or a named error or warning."""

import re
import warnings

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psychometrics.cautions import PsychometricWarning
from psychometrics.invariance import measurement_invariance
from psychometrics.scores import ScoresError

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHARES = ["p_value_scaled", "p_difference", "cfi", "cfi_scaled"]
SIZES = ["chi2", "chi2_scaled", "chi2_difference", "df", "df_difference", "rmsea", "rmsea_scaled", "srmr"]


@st.composite
def pupils(draw: st.DrawFn) -> pd.DataFrame:
    """Whole answers to three to six items, with more or less in common and holes; a group and a school."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n_pupils, n_items, n_options = (draw(st.integers(*ends)) for ends in ((4, 250), (3, 6), (2, 5)))
    common = draw(st.floats(0, 4)) * random.normal(size=(n_pupils, 1))
    latent = common + random.logistic(size=(n_pupils, n_items))
    answers = np.digitize(latent, np.sort(random.normal(scale=1.5, size=n_options - 1))).astype(float)
    answers[random.random(answers.shape) < draw(st.sampled_from([0, 0, 0.05]))] = np.nan
    frame = pd.DataFrame(answers, columns=list("ABCDEF")[:n_items])
    n_groups, n_schools = draw(st.integers(1, 3)), draw(st.integers(1, 40))
    return frame.assign(group=np.arange(n_pupils) % n_groups, school=random.integers(0, n_schools, n_pupils))


def in_range(steps: pd.DataFrame) -> None:
    """Every share in 0..1 and every size at least 0; NaN where a step has no such test, and says so."""
    told = "\n".join(steps.attrs["warnings"])
    assert steps.index.tolist() == ["configural", "thresholds", "loadings", "intercepts"]
    assert (steps[SHARES].isna() | (steps[SHARES] >= 0) & (steps[SHARES] <= 1)).all(axis=None)
    assert (steps[SIZES].isna() | (steps[SIZES] >= 0)).all(axis=None)
    without = [bool(re.search(rf"{step}: [^\n]*it has no tests", told)) for step in steps.index]
    assert steps["chi2"].isna().tolist() == without


@FEW
@given(pupils(), st.booleans(), st.booleans())
def test_steps_are_in_range_or_refused(everyone: pd.DataFrame, nested, two_factors):
    items = list(everyone.columns[:-2])
    model = {"F": items[:3], "G": items[3:]} if two_factors and len(items) > 4 else {"F": items}
    schools = everyone["school"] if nested else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            steps = measurement_invariance(everyone[items], model, everyone["group"], schools=schools)
        except ScoresError:
            return
    in_range(steps)
    assert all(issubclass(one.category, PsychometricWarning) for one in caught)
    assert tuple(str(one.message) for one in caught) == steps.attrs["warnings"]
