"""What was planted in a simulation is found, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from psychometrics.dif import ordinal_dif

ITEMS = list("ABCDEFGH")
SHIFT = 0.8


def answers(random: np.random.Generator, *, n_respondents: int = 500, shift: float = 0.0) -> pd.DataFrame:
    """Eight items of one scale; those of the second half to H lie `shift` logits higher."""
    latent = 1.5 * random.normal(size=(n_respondents, 1)) + random.logistic(size=(n_respondents, 8))
    latent[n_respondents // 2 :, 7] += shift
    return pd.DataFrame(np.digitize(latent, [-1.5, 0, 1.2]) + 1, columns=ITEMS)


def halves(scores: pd.DataFrame) -> pd.Series:
    return pd.Series(np.arange(len(scores)) >= len(scores) // 2, scores.index)


def test_where_nothing_differs_one_test_in_twenty_says_so():
    """Of 480 tests at 5 %, 24 are expected; between 12 and 40 is the range of chance for dependent tests."""
    random = np.random.default_rng(1)
    found = [ordinal_dif(frame, halves(frame)) for frame in (answers(random) for _ in range(60))]
    for test in ("uniform", "nonuniform", "total"):
        assert 0.025 < float(np.mean([frame[f"p_{test}"] < 0.05 for frame in found])) < 0.085


@pytest.mark.parametrize("matching", ["rest", "total"])
def test_the_size_of_what_was_planted_is_recovered(matching):
    """On the scale of the logit at the same score; matching on a rest with error takes little away."""
    scores = answers(np.random.default_rng(2), n_respondents=20_000, shift=SHIFT)
    found = ordinal_dif(scores, halves(scores), matching=matching, purify=True)
    assert found.loc["H", "log_odds_True"] == pytest.approx(SHIFT, abs=0.25)
    assert found["delta_r2"].idxmax() == "H"
    assert found.drop(index="H")["delta_r2"].max() < 0.002
