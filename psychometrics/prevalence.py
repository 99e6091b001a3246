"""How often something happens, with an interval that knows that pupils of one school are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

FEWEST_SCHOOLS: Final = 2
"""One school does not say how schools differ."""


def prevalence(events: pd.DataFrame, schools: pd.Series, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return, per column of events (true, false, missing), its `rate` with `ci_low`, `ci_high` and `n`.

    The variance is that of a ratio over whole schools (Cochran 1977, ch. 6). The interval is exact for as
    many pupils as, drawn one by one, would know as much (Korn and Graubard 1998): it holds for rare events
    too, and does not close around a rate of zero. `design_effect` is how much schools widen the variance.

    Raises:
        ScoresError: labels that do not match, fewer than two schools, a column without answers, or a
            confidence outside 0..1.

    Example:
        >>> import pandas as pd
        >>> events = pd.DataFrame({"pushed": [True, False, False, False, True, False]})
        >>> prevalence(events, pd.Series([1, 1, 2, 2, 3, 3])).round(2)["rate"].tolist()
        [0.33]
    """
    labels = checked_groups(schools, events)
    refuse(_faults(events, labels, confidence))
    numbers = pd.factorize(labels)[0]
    rows = [_of_event(events[name], numbers, confidence) for name in events.columns]
    return pd.DataFrame(rows, index=pd.Index(events.columns, name="event"))


def _of_event(event: pd.Series, numbers: np.ndarray, confidence: float) -> dict[str, float]:
    happened = event.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    asked = ~np.isnan(happened)
    n_schools = int(numbers.max()) + 1
    counts = np.bincount(numbers[asked], minlength=n_schools)
    sums = np.bincount(numbers[asked], weights=happened[asked], minlength=n_schools)
    n, rate = int(counts.sum()), float(sums.sum() / counts.sum())
    n_with = int((counts > 0).sum())
    spread = np.square(sums - rate * counts).sum() / n**2 * n_with / max(n_with - 1, 1)
    alone = rate * (1 - rate) / n
    design_effect = float(spread / alone) if alone > 0 else 1.0
    low, high = _exact_interval(rate, n, n_with, design_effect, confidence)
    return {"n": n, "rate": rate, "ci_low": low, "ci_high": high, "design_effect": design_effect}


def _exact_interval(
    rate: float, n: int, n_schools: int, design_effect: float, confidence: float
) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    # t instead of normal: the variance is known from so many schools only
    wider = (stats.t.ppf(tail, max(n - 1, 1)) / stats.t.ppf(tail, max(n_schools - 1, 1))) ** 2
    n_effective = min(n / max(design_effect, np.finfo(float).tiny) * wider, n)
    happened, rest = n_effective * rate, n_effective * (1 - rate)
    low = 0.0 if rate == 0 else float(stats.beta.ppf(tail, happened, rest + 1))
    high = 1.0 if rate == 1 else float(stats.beta.ppf(1 - tail, happened + 1, rest))
    return low, high


def _faults(events: pd.DataFrame, schools: pd.Series, confidence: float) -> Iterator[str]:
    if schools.nunique() < FEWEST_SCHOOLS:
        yield f"schools: {schools.nunique()} school(s); give at least {FEWEST_SCHOOLS}"
    for name in events.columns[events.isna().all()]:
        yield f'events["{name}"]: nobody answered; leave the column out'
    if not 0 < confidence < 1:
        yield f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"
