"""Numbers as a Dutch reader writes them; the only place where the account rounds."""

from __future__ import annotations

import math
from typing import Final

from export import dutch
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

UNKNOWN: Final = "n.v.t."
"""Printed for a figure that cannot be computed, such as alpha without an item of a scale of two."""
FINE_STEPS_FROM: Final = 100
"""D5: shares in steps of 5 points below 100 answers, else of 1 point."""


def number(value: float, *, decimals: int = 2) -> str:
    """Return `0,84`; NaN is said in words."""
    return UNKNOWN if math.isnan(value) else dutch.number(value, decimals=decimals)


def count(value: int) -> str:
    """Return a whole number with its thousands apart, or that there are too few (D2)."""
    return f"{value:,}".replace(",", ".") if value >= MINIMUM_ANSWERS else TOO_FEW


def rounded_share(share: float, *, n_answers: int) -> float:
    """Return a share in the steps in which it may be shown (D5)."""
    steps = 100 if n_answers >= FINE_STEPS_FROM else 20
    return round(share * steps) / steps


def percentage(share: float, *, n_answers: int) -> str:
    """Return a share as `45%`, in the steps in which it may be shown."""
    return f"{100 * rounded_share(share, n_answers=n_answers):.0f}%"
