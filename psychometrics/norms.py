"""Where the mean of a school lies among the means of schools, and how sure that is; never of one pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from psychometrics.levels.group_sums import checked_scale_score
from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PERCENTILES: Final = (10, 25, 50, 75, 90)
FEWEST_SCHOOLS: Final = 20
"""Of fewer, the tenth percentile is the word of two schools."""
FEWEST_IN_SCHOOL: Final = 10
"""The mean of fewer pupils says little of their school, and is not shown anywhere."""


def school_norms(  # noqa: PLR0913 - the confidence has a default that hardly anyone changes
    scale_score: pd.Series,
    schools: pd.Series,
    *,
    percentiles: Sequence[int] = PERCENTILES,
    replications: int = 1000,
    seed: int,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return, per percentile, the mean of a school that lies there: `value`, `ci_low`, `ci_high`.

    Of schools with at least ten scores. The interval is that of the percentiles over draws of whole schools,
    with replacement (Efron and Tibshirani 1993). Means are as observed: chance makes them differ more than
    the schools themselves do. `.attrs` holds `n_schools` and `n_respondents`. The same seed, the same table.

    Raises:
        ScoresError: scores that are no finite numbers, labels that do not match, too few schools, no
            replications, or a percentile or confidence out of range.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> schools = pd.Series(np.repeat(np.arange(21), 10))
        >>> school_norms(schools / 10, schools, percentiles=[50], seed=1)["value"].round(2).tolist()
        [1.0]
    """
    values = checked_scale_score(scale_score)
    labels = checked_groups(schools, scale_score.to_frame())
    present = pd.Series(values, index=scale_score.index).dropna()
    grouped = present.groupby(labels.loc[present.index].to_numpy())
    sizes, means = grouped.size().to_numpy(), grouped.mean().to_numpy()
    kept = means[sizes >= FEWEST_IN_SCHOOL]
    refuse(_faults(kept, percentiles, replications, confidence))
    random = np.random.default_rng(seed)
    drawn = kept[random.integers(len(kept), size=(replications, len(kept)))]
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(np.percentile(drawn, percentiles, axis=1), [tail, 100 - tail], axis=1)
    frame = pd.DataFrame(
        {"value": np.percentile(kept, percentiles), "ci_low": low, "ci_high": high},
        index=pd.Index(list(percentiles), name="percentile"),
    )
    frame.attrs = {"n_schools": len(kept), "n_respondents": int(sizes[sizes >= FEWEST_IN_SCHOOL].sum())}
    return frame


def _faults(
    kept: np.ndarray, percentiles: Sequence[int], replications: int, confidence: float
) -> Iterator[str]:
    if len(kept) < FEWEST_SCHOOLS:
        yield f"schools: {len(kept)} with {FEWEST_IN_SCHOOL} scores; norms need at least {FEWEST_SCHOOLS}"
    for percentile in percentiles:
        if not 0 < percentile < 100:  # noqa: PLR2004 - per cent
            yield f"percentiles: {percentile} is not between 0 and 100; write 10 for the lowest tenth"
    if replications < 1:
        yield f"replications: {replications} are too few; 1000 is common"
    if not 0 < confidence < 1:
        yield f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"
