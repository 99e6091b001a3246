"""How sure a figure is that follows from estimates whose covariance is known: the delta method."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy import stats

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DeltaInterval:
    """A standard error, and the ends of the interval it gives."""

    standard_error: float
    low: float
    high: float


def standard_error(slopes: NDArray[np.float64], covariance: NDArray[np.float64], n: int) -> float:
    """Return the standard error of a figure with these slopes; `covariance` is N times the estimates'."""
    return math.sqrt(max(float(slopes @ covariance @ slopes), 0.0) / n)


def of_ratio(value: float, error: float, *, confidence: float, n_schools: int | None) -> DeltaInterval:
    """Return the interval of a positive ratio, symmetrical in its logarithm, so that it stays positive."""
    factor = math.exp(_quantile(confidence, n_schools) * error / value) if value > 0 else math.nan
    return DeltaInterval(error, value / factor, value * factor)


def of_share(value: float, error: float, *, confidence: float, n_schools: int | None) -> DeltaInterval:
    """Return the interval of a share, symmetrical in the logarithm of what is left, so that it stays below 1.

    The limits of Feldt, Woodruff and Salih (1987) for alpha are multiples of 1 - alpha too.
    """
    left = of_ratio(1 - value, error, confidence=confidence, n_schools=n_schools)
    return DeltaInterval(error, 1 - left.high, 1 - left.low)


def _quantile(confidence: float, n_schools: int | None) -> float:
    # a variance over g schools has g - 1 degrees of freedom
    tail = (1 + confidence) / 2
    return float(stats.norm.ppf(tail) if n_schools is None else stats.t.ppf(tail, n_schools - 1))
