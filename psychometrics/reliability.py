"""How precisely the items of one scale measure together, with the uncertainty of that statement."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.scores import ScoresError, checked_groups, complete_cases

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Reliability:
    """Cronbach's alpha with its interval, and over how many items and complete respondents it is."""

    alpha: float
    ci_low: float
    ci_high: float
    n_items: int
    n_respondents: int
    confidence: float

    def _repr_markdown_(self) -> str:
        interval = f"{self.confidence:.0%} interval {self.ci_low:.3f} to {self.ci_high:.3f}"
        return f"alpha = {self.alpha:.3f} ({interval}); {_over(self.n_items, self.n_respondents)}"


@dataclass(frozen=True, slots=True)
class LowerBound:
    """A lower bound of reliability, and over how many items and complete respondents it is."""

    value: float
    n_items: int
    n_respondents: int

    def _repr_markdown_(self) -> str:
        return f"lower bound = {self.value:.3f}; {_over(self.n_items, self.n_respondents)}"


def cronbach_alpha(scores: pd.DataFrame, *, confidence: float = 0.95) -> Reliability:
    """Return Cronbach's alpha (1951) with its Feldt interval, over complete cases.

    The interval of Feldt, Woodruff and Salih (1987) takes respondents as independent draws; where they share
    a class or school it is too narrow.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, or a confidence outside 0..1.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4], "B": [1, 3, 2, 4], "C": [2, 2, 4, 4]})
        >>> round(cronbach_alpha(scores).alpha, 3)
        0.882
    """
    _check_confidence(confidence)
    complete = complete_cases(scores)
    n_respondents, n_items = complete.shape
    alpha = _alpha(_covariances(complete))
    ci_low, ci_high = _feldt_interval(alpha, n_items, n_respondents, confidence)
    return Reliability(alpha, ci_low, ci_high, n_items, n_respondents, confidence)


def guttman_lambda2(scores: pd.DataFrame) -> LowerBound:
    """Return Guttman's lambda-2 (1945), never below alpha and a closer lower bound of reliability.

    Raises:
        ScoresError: what `psychometrics.scores` refuses.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4], "B": [1, 3, 2, 4], "C": [2, 2, 4, 4]})
        >>> round(guttman_lambda2(scores).value, 3)
        0.894
    """
    complete = complete_cases(scores)
    n_respondents, n_items = complete.shape
    covariances = _covariances(complete)
    between = covariances - np.diag(np.diag(covariances))
    spread = np.sqrt(n_items / (n_items - 1) * np.square(between).sum())
    return LowerBound(float((between.sum() + spread) / covariances.sum()), n_items, n_respondents)


def alpha_per_group(scores: pd.DataFrame, groups: pd.Series, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return alpha per group, with its interval, numbers and `fault`, in the order of the labels.

    Where the scores of a group cannot be used (too few, a constant item), alpha and its interval are NaN and
    `fault` says why; otherwise it is empty.

    Raises:
        ScoresError: labels that do not match the scores, or a confidence outside 0..1.
    """
    labels = checked_groups(groups, scores)
    _check_confidence(confidence)
    names = sorted(labels.unique())
    rows = [_of_group(scores[labels == name], confidence) for name in names]
    return pd.DataFrame(rows, index=pd.Index(names, name=groups.name))


def _of_group(scores: pd.DataFrame, confidence: float) -> dict[str, float | int | str]:
    try:
        return {**asdict(cronbach_alpha(scores, confidence=confidence)), "fault": ""}
    except ScoresError as error:
        n_respondents, n_items = scores.dropna().shape
        nothing = Reliability(math.nan, math.nan, math.nan, n_items, n_respondents, confidence)
        return {**asdict(nothing), "fault": "; ".join(error.faults)}


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ScoresError([f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"])


def _covariances(complete: pd.DataFrame) -> NDArray[np.float64]:
    return np.asarray(np.cov(complete.to_numpy(), rowvar=False), dtype=np.float64)


def _alpha(covariances: NDArray[np.float64]) -> float:
    n_items = len(covariances)
    return float(n_items / (n_items - 1) * (1 - np.trace(covariances) / covariances.sum()))


def _feldt_interval(alpha: float, n_items: int, n_respondents: int, confidence: float) -> tuple[float, float]:
    # (1 - alpha in the population) / (1 - alpha in the sample) follows F with these degrees of freedom
    between, within = n_respondents - 1, (n_respondents - 1) * (n_items - 1)
    tail = (1 - confidence) / 2
    ci_low = 1 - (1 - alpha) * stats.f.ppf(1 - tail, between, within)
    ci_high = 1 - (1 - alpha) * stats.f.ppf(tail, between, within)
    return float(ci_low), float(ci_high)


def _over(n_items: int, n_respondents: int) -> str:
    return f"{n_items} items, {n_respondents:,} respondents without a missing answer"
