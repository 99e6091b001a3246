"""How precisely the items of one scale measure together, with the uncertainty of that statement."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.ordinal.composite_reliability import categorical_omega, omega_hierarchical, ordinal_alpha
from psychometrics.sampling import bootstrap
from psychometrics.scores import ScoresError, checked_groups, complete_cases

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from psychometrics.sampling.bootstrap import BootstrapInterval

__all__ = [
    "LowerBound",
    "Reliability",
    "StandardError",
    "alpha_per_group",
    "bootstrap_interval",
    "categorical_omega",
    "cronbach_alpha",
    "guttman_lambda2",
    "omega_hierarchical",
    "ordinal_alpha",
    "standard_error_of_measurement",
]


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


@dataclass(frozen=True, slots=True)
class StandardError:
    """How far sum scores lie from their true values: `value`, in points of the sum of `n_items` items."""

    value: float
    reliability: float
    standard_deviation: float
    n_items: int
    n_respondents: int

    def _repr_markdown_(self) -> str:
        return (
            f"standard error of measurement = {self.value:.2f} points of the sum score (reliability "
            f"{self.reliability:.3f}); {_over(self.n_items, self.n_respondents)}"
        )


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
    alpha = float(_alpha(_covariances(complete)))
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
    return LowerBound(float(_lambda2(_covariances(complete))), n_items, n_respondents)


def standard_error_of_measurement(scores: pd.DataFrame, *, reliability: float | None = None) -> StandardError:
    """Return the standard deviation of the sum score times the root of what is not reliable of it.

    Without `reliability` it is Cronbach's alpha, a lower bound, so that the error is an upper bound (Lord and
    Novick 1968, ch. 4). Of a mean score it is `value / n_items`.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, or a reliability above 1.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4], "B": [1, 3, 2, 4], "C": [2, 2, 4, 4]})
        >>> round(standard_error_of_measurement(scores).value, 3)
        1.155
    """
    complete = complete_cases(scores)
    n_respondents, n_items = complete.shape
    covariances = _covariances(complete)
    share = float(_alpha(covariances)) if reliability is None else reliability
    if not share <= 1:
        raise ScoresError([f"reliability: {reliability} is above 1; give a share of the variance"])
    spread = math.sqrt(covariances.sum())
    # of identical items alpha may be 1 + 2e-16
    return StandardError(spread * math.sqrt(max(1 - share, 0)), share, spread, n_items, n_respondents)


def bootstrap_interval(  # noqa: PLR0913 - the confidence has a default that hardly anyone changes
    statistic: Callable[[pd.DataFrame], Any],
    scores: pd.DataFrame,
    *,
    schools: pd.Series,
    replications: int = 1000,
    seed: int,
    confidence: float = 0.95,
) -> BootstrapInterval:
    """Return the percentile interval of a statistic over draws of whole schools, with replacement.

    The percentiles are expanded for the number of schools (Hesterberg 2015).

    `statistic` is a function of a frame of scores that gives a number or a result with `.value` or `.alpha`,
    as `cronbach_alpha` and `guttman_lambda2`, which take no longer for a million respondents than for their
    schools, or any other, which is computed anew on the rows of every draw. The same seed gives the same
    draws. Complete cases.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, labels that do not match, fewer than two schools, a
            confidence outside 0..1, no replications, or a statistic that most draws do not have.

    Warns:
        UnreliableErrorsWarning: few schools, so that the interval is too narrow.
        LostReplicationsWarning: draws without the statistic (an item everyone answers alike) are left out.

    Example:
        >>> from psychometrics.simulate import balanced_groups, OrdinalModel, simulate_answers
        >>> one = pd.DataFrame([[1.0]], index=["f"], columns=["f"])
        >>> loadings, thresholds = dict.fromkeys("ABC", 0.7), dict.fromkeys("ABC", [-1, 0, 1])
        >>> model = OrdinalModel({"f": list("ABC")}, loadings, thresholds, one)
        >>> groups = balanced_groups(n_schools=40, n_classes=2, n_respondents=10)
        >>> scores = simulate_answers(model, groups, seed=1)
        >>> interval = bootstrap_interval(cronbach_alpha, scores, schools=groups["school"], seed=1)
        >>> interval.low < cronbach_alpha(scores).alpha < interval.high
        True
    """
    _check_confidence(confidence)
    if replications < 1:
        raise ScoresError([f"replications: {replications} are too few; 1000 is common"])
    sample = bootstrap.school_sample(scores, schools)
    formula = _OF_COVARIANCES.get(statistic)
    replicates = (
        bootstrap.replicates_of_rows(statistic, sample, replications=replications, seed=seed)
        if formula is None
        else bootstrap.replicates_of_covariances(formula, sample, replications=replications, seed=seed)
    )
    return bootstrap.percentile_interval(replicates, sample, confidence=confidence)


def alpha_per_group(scores: pd.DataFrame, groups: pd.Series, *, confidence: float = 0.95) -> pd.DataFrame:
    """Return alpha per group, with its interval, numbers and `fault`, in the order of the labels.

    Where the scores of a group cannot be used (too few, a constant item), alpha and its interval are NaN and
    `fault` says why; otherwise it is empty.

    Raises:
        ScoresError: labels that do not match the scores, or a confidence outside 0..1.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4] * 2, "B": [1, 3, 2, 4] * 2, "C": [2, 2, 4, 4] * 2})
        >>> alpha_per_group(scores, pd.Series([7] * 4 + [8] * 4))["alpha"].round(3).to_dict()
        {7: 0.882, 8: 0.882}
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


def _alpha(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    n_items = covariances.shape[-1]
    variances = np.trace(covariances, axis1=-2, axis2=-1)
    return np.asarray(n_items / (n_items - 1) * (1 - variances / covariances.sum(axis=(-2, -1))))


def _lambda2(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    n_items = covariances.shape[-1]
    between = covariances * (1 - np.eye(n_items))
    spread = np.sqrt(n_items / (n_items - 1) * np.square(between).sum(axis=(-2, -1)))
    return np.asarray((between.sum(axis=(-2, -1)) + spread) / covariances.sum(axis=(-2, -1)))


_OF_COVARIANCES: Final[dict[Any, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    cronbach_alpha: _alpha,
    guttman_lambda2: _lambda2,
}
"""Statistics that need no rows, with what they are of matrices along the last two axes."""


def _feldt_interval(alpha: float, n_items: int, n_respondents: int, confidence: float) -> tuple[float, float]:
    # (1 - alpha in the population) / (1 - alpha in the sample) follows F with these degrees of freedom
    between, within = n_respondents - 1, (n_respondents - 1) * (n_items - 1)
    tail = (1 - confidence) / 2
    ci_low = 1 - (1 - alpha) * stats.f.ppf(1 - tail, between, within)
    ci_high = 1 - (1 - alpha) * stats.f.ppf(tail, between, within)
    return float(ci_low), float(ci_high)


def _over(n_items: int, n_respondents: int) -> str:
    return f"{n_items} items, {n_respondents:,} respondents without a missing answer"
