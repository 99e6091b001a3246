"""Whether the same respondents score the same a second time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FEWEST_PAIRS: Final = 3
"""Two respondents always lie on a line."""
NORMAL_95: Final = 1.96
"""The factor as published (Bland and Altman 1986), so that results compare with the literature's."""
NEGLIGIBLE: Final = 1e-14
"""A mean square below this share of that between respondents is rounding error of zero."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """ICC(A,1): how single scores of one respondent agree, systematic differences counted against it."""

    icc: float
    ci_low: float
    ci_high: float
    n_respondents: int
    n_occasions: int
    n_incomplete: int
    confidence: float

    def _repr_markdown_(self) -> str:
        return f"{_interval(self)}; {self.n_respondents:,} respondents, {self.n_occasions} occasions"


@dataclass(frozen=True, slots=True)
class Retest:
    """How far a second score agrees with the first.

    `standard_error_of_measurement` is the spread of one respondent's scores around their mean, `mean_change`
    (second minus first) apart; `smallest_detectable_change` is what 95 of 100 unchanged respondents stay
    below. Both are in points of the score. `n_incomplete` respondents lacked one of the scores.
    """

    icc: float
    ci_low: float
    ci_high: float
    standard_error_of_measurement: float
    smallest_detectable_change: float
    mean_change: float
    n_respondents: int
    n_incomplete: int
    confidence: float

    def _repr_markdown_(self) -> str:
        return (
            f"{_interval(self)}, standard error = {self.standard_error_of_measurement:.2f}, smallest "
            f"detectable change = {self.smallest_detectable_change:.2f}; {self.n_respondents:,} respondents "
            "with two scores"
        )


def test_retest(
    first: pd.Series,
    second: pd.Series,
    *,
    confidence: float = 0.95,  # noqa: PT028 - this is no test
) -> Retest:
    """Return the agreement of two scores of the same respondents, aligned by index.

    The ICC is that of absolute agreement, single measurement, two-way random: ICC(2,1) of Shrout and Fleiss
    (1979), ICC(A,1) of McGraw and Wong (1996), with the latter's interval. The standard error is the standard
    deviation of the changes over the root of two, and the smallest detectable change 1.96 times that standard
    deviation (Bland and Altman 1986; de Vet et al. 2006).

    Raises:
        ScoresError: what `intraclass_correlation` refuses, or two series with a different index.

    Example:
        >>> import pandas as pd
        >>> result = test_retest(pd.Series([1.0, 2.0, 3.0, 4.0]), pd.Series([1.5, 2.0, 3.5, 4.0]))
        >>> round(result.icc, 3), round(result.smallest_detectable_change, 3)
        (0.96, 0.566)
    """
    if not first.index.equals(second.index):
        refuse(
            ["second: its index differs from that of first; align the two scores respondent by respondent"]
        )
    both = pd.DataFrame({"first": first, "second": second})
    agreement = intraclass_correlation(both, confidence=confidence)
    change = (both["second"] - both["first"]).dropna()
    return Retest(
        icc=agreement.icc,
        ci_low=agreement.ci_low,
        ci_high=agreement.ci_high,
        standard_error_of_measurement=float(change.std() / math.sqrt(2)),
        smallest_detectable_change=float(NORMAL_95 * change.std()),
        mean_change=float(change.mean()),
        n_respondents=agreement.n_respondents,
        n_incomplete=agreement.n_incomplete,
        confidence=confidence,
    )


test_retest.__test__ = False  # type: ignore[attr-defined] # its name makes pytest take it for a test


def intraclass_correlation(ratings: pd.DataFrame, *, confidence: float = 0.95) -> Agreement:
    """Return ICC(A,1) over the columns (occasions, judges) of a frame with a row per respondent.

    Rows with a missing score are left out and counted. Respondents are taken as independent.

    Raises:
        ScoresError: fewer than two columns or three complete rows, scores that are no finite numbers, the
            same scores for everyone, or a confidence outside 0..1.

    Example:
        >>> import pandas as pd
        >>> judges = pd.DataFrame({"J1": [9, 6, 8, 7], "J2": [2, 1, 4, 1], "J3": [5, 3, 6, 2]})
        >>> round(intraclass_correlation(judges).icc, 3)
        0.168
    """
    refuse(_faults_of_input(ratings, confidence))
    values = ratings.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    complete = values[~np.isnan(values).any(axis=1)]
    refuse(_faults_of_rows(complete))
    squares = _mean_squares(complete)
    low, high = _bounds(squares, confidence)
    n_respondents, n_occasions = complete.shape
    n_incomplete = len(values) - n_respondents
    return Agreement(_icc(squares), low, high, n_respondents, n_occasions, n_incomplete, confidence)


@dataclass(frozen=True, slots=True)
class _MeanSquares:
    """Mean squares of a two-way layout, named as McGraw and Wong do: rows, columns, error."""

    rows: float
    columns: float
    error: float
    n: int
    k: int


def _faults_of_input(ratings: pd.DataFrame, confidence: float) -> Iterator[str]:
    if not 0 < confidence < 1:
        yield f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"
    if ratings.shape[1] < 2:  # noqa: PLR2004 - agreement takes two
        yield f"ratings: {ratings.shape[1]} column(s); give at least 2 scores per respondent"
    for name in ratings.columns:
        if not pd.api.types.is_numeric_dtype(ratings[name]):
            yield f'"{name}": not a column of numbers; give one score per respondent'
        elif np.isinf(ratings[name].to_numpy(dtype=np.float64, na_value=np.nan)).any():
            yield f'"{name}": holds infinite values; give one score per respondent'


def _faults_of_rows(complete: NDArray[np.float64]) -> Iterator[str]:
    if len(complete) < FEWEST_PAIRS:
        yield f"{len(complete)} respondent(s) with all scores; at least {FEWEST_PAIRS} are needed"
    elif (complete == complete[0]).all():
        yield "everyone has the same scores; agreement about respondents who do not differ is undefined"


def _mean_squares(complete: NDArray[np.float64]) -> _MeanSquares:
    n, k = complete.shape
    deviations = complete - complete.mean()
    of_rows, of_columns = deviations.mean(axis=1), deviations.mean(axis=0)
    residuals = deviations - of_rows[:, None] - of_columns
    return _MeanSquares(
        rows=float(k * of_rows @ of_rows / (n - 1)),
        columns=float(n * of_columns @ of_columns / (k - 1)),
        error=float(np.square(residuals).sum() / ((n - 1) * (k - 1))),
        n=n,
        k=k,
    )


def _icc(squares: _MeanSquares) -> float:
    n, k = squares.n, squares.k
    whole = squares.rows + (k - 1) * squares.error + k * (squares.columns - squares.error) / n
    return (squares.rows - squares.error) / whole


def _bounds(squares: _MeanSquares, confidence: float) -> tuple[float, float]:
    # McGraw and Wong (1996, table 7, case A,1); Satterthwaite's degrees of freedom, multiplied through by
    # (1 - icc) so that perfect agreement is no division by zero; a negative ICC is no ratio of variances, and
    # its two parts could cancel out: there the degrees of freedom are those of an ICC of zero
    n, k, icc = squares.n, squares.k, max(_icc(squares), 0.0)
    if max(squares.error, squares.columns) <= NEGLIGIBLE * squares.rows:
        return 1.0, 1.0
    a, b = k * icc / n, (1 - icc) + k * icc * (n - 1) / n
    of_columns, of_error = a * squares.columns, b * squares.error
    freedom = (of_columns + of_error) ** 2 / (of_columns**2 / (k - 1) + of_error**2 / ((n - 1) * (k - 1)))
    tail = 1 - (1 - confidence) / 2
    lower, upper = stats.f.ppf(tail, n - 1, freedom), stats.f.ppf(tail, freedom, n - 1)
    noise = k * squares.columns + (k * n - k - n) * squares.error
    low = n * (squares.rows - lower * squares.error) / (lower * noise + n * squares.rows)
    high = n * (upper * squares.rows - squares.error) / (noise + n * upper * squares.rows)
    return float(low), float(high)


def _interval(result: Agreement | Retest) -> str:
    ends = f"{result.ci_low:.3f} to {result.ci_high:.3f}"
    return f"ICC = {result.icc:.3f} ({result.confidence:.0%} interval {ends})"
