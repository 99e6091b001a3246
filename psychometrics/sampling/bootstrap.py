"""How much a statistic would vary over other samples of schools: whole schools are drawn again and again.

Respondents of one school are alike, so that schools and not respondents are the independent draws (Davison
and Hinkley 1997, ch. 3.8). Where a statistic follows from covariances, a draw needs no rows: the sums and
crossproducts of each school, added up as often as the school is drawn, are all there is to it.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.cautions import PsychometricWarning, UnreliableErrorsWarning, issued
from psychometrics.scores import ScoresError, checked_groups, complete_cases, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

BLOCK: Final = 100
"""Replications drawn at once: enough for speed, few enough for memory."""
FEWEST_SCHOOLS: Final = 2
"""One school drawn again is the same sample again."""
FEW_SCHOOLS: Final = 30
"""With fewer, errors over schools are too small (Maas and Hox 2005), as in `confirmatory`."""
NEGLIGIBLE: Final = 1e-12
"""An item's variance in a draw below this share of that in the sample is rounding error of zero."""


class LostReplicationsWarning(PsychometricWarning):
    """In some draws of schools the statistic did not exist; they are left out of the interval."""


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """Expanded percentile interval of a statistic over draws of schools; `n_lost` draws did not have it."""

    low: float
    high: float
    confidence: float
    replications: int
    n_lost: int
    n_schools: int
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"{self.confidence:.0%} interval {self.low:.3f} to {self.high:.3f} over {self.replications:,} "
            f"draws of {self.n_schools:,} schools; {self.n_items} items, {self.n_respondents:,} respondents "
            "without a missing answer"
        )


@dataclass(frozen=True, slots=True)
class SchoolSample:
    """Complete answers in order of school; school s has the rows from `starts[s]` up to `starts[s + 1]`."""

    answers: pd.DataFrame
    starts: NDArray[np.intp]

    @property
    def n_schools(self) -> int:
        """Return how many schools have a complete respondent."""
        return len(self.starts) - 1


def school_sample(scores: pd.DataFrame, schools: pd.Series) -> SchoolSample:
    """Return the complete cases in order of school.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, or fewer than two schools with complete cases.
    """
    checked_groups(schools, scores)
    complete = complete_cases(scores)
    if len(complete) < len(scores):
        schools = schools[scores.notna().all(axis="columns")]
    codes, labels = pd.factorize(schools)
    if len(labels) < FEWEST_SCHOOLS:
        refuse(
            [f"schools: complete answers of {len(labels)} school(s); at least {FEWEST_SCHOOLS} are needed"]
        )
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes))])
    is_sorted = bool((codes[1:] >= codes[:-1]).all())
    return SchoolSample(complete if is_sorted else complete.iloc[_order(codes)], starts)


def replicates_of_covariances(
    formula: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    sample: SchoolSample,
    *,
    replications: int,
    seed: int,
) -> NDArray[np.float64]:
    """Return the formula of the covariance matrix of each draw.

    It is NaN where an item or the total does not vary in a draw. `formula` takes matrices along the last two
    axes. The cost does not depend on the respondents once their crossproducts are there.
    """
    sizes, totals, products = _moments(sample)
    n_items = totals.shape[1]
    sample_variances = np.diag(_covariances(sizes.sum(), totals.sum(axis=0), products.sum(axis=0)))
    replicates = []
    for drawn in _draws(sample.n_schools, replications, seed):
        times = drawn.astype(np.float64)
        covariances = _covariances(
            times @ sizes,
            times @ totals,
            (times @ products.reshape(-1, n_items**2)).reshape(-1, n_items, n_items),
        )
        exists = _vary(covariances, sample_variances)
        with np.errstate(divide="ignore", invalid="ignore"):
            replicates.append(np.where(exists, formula(covariances), np.nan))
    return np.concatenate(replicates)


def replicates_of_rows(
    statistic: Callable[[pd.DataFrame], Any], sample: SchoolSample, *, replications: int, seed: int
) -> NDArray[np.float64]:
    """Return the statistic of each draw, from its rows; NaN where it refuses the draw's scores."""
    rows = np.arange(len(sample.answers))
    of_school = [rows[start:end] for start, end in zip(sample.starts[:-1], sample.starts[1:], strict=True)]
    replicates = []
    for drawn in _draws(sample.n_schools, replications, seed):
        for times in drawn:
            chosen = np.concatenate([of_school[school] for school in np.repeat(np.arange(len(times)), times)])
            replicates.append(_figure(statistic, sample.answers.iloc[chosen].reset_index(drop=True)))
    return np.array(replicates)


def percentile_interval(
    replicates: NDArray[np.float64], sample: SchoolSample, *, confidence: float
) -> BootstrapInterval:
    """Return the interval between percentiles of what was drawn, a little outside the nominal ones.

    Percentiles as they are cover too little with few schools; those of Hesterberg (2015), the expanded
    percentile interval, are as far out as Student's t is beyond the normal distribution.
    """
    found = replicates[np.isfinite(replicates)]
    n_lost = len(replicates) - len(found)
    if n_lost * 2 > len(replicates):
        fault = f"schools: {n_lost} of {len(replicates)} draws do not have the statistic; gather more answers"
        raise ScoresError([fault])
    tail = _expanded_tail((1 - confidence) / 2, sample.n_schools)
    low, high = np.quantile(found, [tail, 1 - tail])
    n_respondents, n_items = sample.answers.shape
    return BootstrapInterval(
        low=float(low),
        high=float(high),
        confidence=confidence,
        replications=len(replicates),
        n_lost=n_lost,
        n_schools=sample.n_schools,
        n_items=n_items,
        n_respondents=n_respondents,
        warnings=issued(_cautions(n_lost, len(replicates), sample.n_schools)),
    )


def _expanded_tail(tail: float, n_schools: int) -> float:
    outwards = np.sqrt(n_schools / (n_schools - 1)) * stats.t.ppf(tail, n_schools - 1)
    return float(stats.norm.cdf(outwards))


def _cautions(n_lost: int, replications: int, n_schools: int) -> Iterator[PsychometricWarning]:
    if n_lost:
        yield LostReplicationsWarning(
            f"{n_lost} of {replications} draws do not have the statistic; the interval leaves them out"
        )
    if n_schools < FEW_SCHOOLS:
        yield UnreliableErrorsWarning(
            f"{n_schools} schools are few: the interval is likely too narrow; gather {FEW_SCHOOLS} or more"
        )


def _order(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    # numpy sorts small integers by counting, ten times faster than large ones
    small = codes.astype(np.uint16) if codes.max() <= np.iinfo(np.uint16).max else codes
    return np.argsort(small, kind="stable")


def _moments(
    sample: SchoolSample,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    # from the mean of all, so that crossproducts of large means do not swallow the decimals
    answers = sample.answers.to_numpy()
    answers = answers - answers.mean(axis=0)
    parts = [answers[start:end] for start, end in zip(sample.starts[:-1], sample.starts[1:], strict=True)]
    totals = np.add.reduceat(answers, sample.starts[:-1], axis=0)
    return np.diff(sample.starts).astype(np.float64), totals, np.stack([part.T @ part for part in parts])


def _covariances(
    sizes: NDArray[np.float64], totals: NDArray[np.float64], products: NDArray[np.float64]
) -> NDArray[np.float64]:
    sizes = np.asarray(sizes)[..., None, None]
    covariances = products - totals[..., :, None] * totals[..., None, :] / sizes
    return np.asarray(covariances / (sizes - 1))


def _vary(covariances: NDArray[np.float64], of_sample: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where every item varies, and so does the total: what `complete_cases` asks of rows."""
    variances = np.diagonal(covariances, axis1=-2, axis2=-1)
    items_vary = (variances > NEGLIGIBLE * of_sample).all(axis=-1)
    total_varies = covariances.sum(axis=(-2, -1)) > NEGLIGIBLE * variances.sum(axis=-1)
    return np.asarray(items_vary & total_varies)


def _draws(n_schools: int, replications: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Yield, in blocks of rows, how often each school (column) is drawn in each replication."""
    random = np.random.default_rng(seed)
    for first in range(0, replications, BLOCK):
        n_rows = min(BLOCK, replications - first)
        drawn = random.integers(n_schools, size=(n_rows, n_schools)) + n_schools * np.arange(n_rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=n_rows * n_schools).reshape(n_rows, n_schools)


def _figure(statistic: Callable[[pd.DataFrame], Any], scores: pd.DataFrame) -> float:
    try:
        with warnings.catch_warnings():
            # what a single draw lacks is no news about the sample
            warnings.simplefilter("ignore", PsychometricWarning)
            result = statistic(scores)
    except ScoresError:
        return float("nan")
    for name in ("value", "alpha"):
        if hasattr(result, name):
            return float(getattr(result, name))
    return float(result)
