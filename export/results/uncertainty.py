"""How sure a mean is and whether a difference is real, from released figures only; sees no answer.

The spread of pupils around a mean is not taken from the answers. A standard deviation would betray what the
gate hides: zero says that all agree, and next to a mean it says how many differ. What is used instead
follows from the released mean itself: a score between `low` and `high` with mean m cannot spread more than
(m - low)(high - m), and scores of several items spread about a quarter of that. So an interval says nothing
that the mean and its number of answers did not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

SHARE_OF_BOUND: Final = 0.25
"""Of the largest variance that a mean allows (Bhatia and Davis 2000). In simulated schools of 200 pupils:
.22 (.17 to .27) on veiligheidsbeleving and welbevinden, .14 (.09 to .21) on aantasting: rather too wide."""
CLASS_SHARE: Final = 0.05
"""Of the variance, between stamgroepen of a school: a choice of ours, above the .01 to .05 of schools."""
ROUNDING: Final = 0.1**2 / 12
"""The variance of what rounding to one decimal takes off."""
CONFIDENCE: Final = 0.95
LEAST: Final = 0.1
"""Half an interval is never less than a step of the means."""

HIGHER: Final = "higher"
LOWER: Final = "lower"
NO_CLEAR_DIFFERENCE: Final = "no_clear_difference"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class SchoolMean:
    """A released mean of one school, its number of answers, and how many stamgroepen they came from."""

    mean: float
    n_valid: int
    n_stamgroepen: int
    low: int
    high: int

    @property
    def error_variance(self) -> float:
        """The variance of the mean, had other pupils and other stamgroepen of this school answered."""
        spread = SHARE_OF_BOUND * (self.mean - self.low) * (self.high - self.mean)
        of_pupils = (1 - CLASS_SHARE) / self.n_valid + CLASS_SHARE / max(self.n_stamgroepen, 1)
        return spread * of_pupils + ROUNDING


def interval(mean: SchoolMean) -> list[float]:
    """Return the 95 % interval around a mean, on its own scale."""
    half = half_width(mean.error_variance)
    return [max(_told(mean.mean - half), float(mean.low)), min(_told(mean.mean + half), float(mean.high))]


def half_width(variance: float) -> float:
    """Return half the width of a 95 % interval, to one decimal and at least a step of the means."""
    return max(LEAST, _told(margin(variance)))


def margin(variance: float) -> float:
    """Return how far a figure of this variance lies from the truth at most, in 95 of 100 cases."""
    return NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * math.sqrt(variance)


def verdict(difference: float, variance: float) -> str:
    """Say whether a difference is more than chance would make it, in 95 of 100 cases."""
    if abs(difference) <= margin(variance):
        return NO_CLEAR_DIFFERENCE
    return HIGHER if difference > 0 else LOWER


def _told(figure: float) -> float:
    # adding zero turns -0.0 into 0.0
    return round(figure, 1) + 0.0
