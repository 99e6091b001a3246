"""Numbers as a Dutch reader writes them; the only place where the account rounds."""

from __future__ import annotations

import math
from typing import Final

from export import dutch
from export.account.texts import text
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

UNKNOWN: Final = "n.v.t."
"""Printed for a figure that cannot be computed, such as alpha without an item of a scale of two."""
MINUS: Final = "\u2212"
NO_NUMBER: Final = text("numbers", "none")
"""Printed where a number would stand, in a note."""
SMALLEST_P: Final = 0.001
FINE_STEPS_FROM: Final = 100
"""D5: shares in steps of 5 points below 100 answers, else of 1 point."""


def number(value: float, *, decimals: int = 2) -> str:
    """Return `0,84`, with a real minus sign; NaN is said in words."""
    if math.isnan(value):
        return UNKNOWN
    rounded = round(value, decimals) + 0.0  # adding zero turns -0.0 into 0.0
    return dutch.number(rounded, decimals=decimals).replace("-", MINUS)


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


def probability(value: float) -> str:
    """Return a p-value as `0,034`, `< 0,001`, or in words where there is none."""
    if math.isnan(value):
        return UNKNOWN
    return f"< {number(SMALLEST_P, decimals=3)}" if value < SMALLEST_P else number(value, decimals=3)


def p_value(value: float) -> str:
    """Return `p = 0,034` or `p < 0,001`."""
    said = probability(value)
    return f"p {said}" if said.startswith("<") else f"p = {said}"


def interval(low: float, high: float, *, decimals: int = 2) -> str:
    """Return both ends of an interval with a dash between."""
    ends = {"low": number(low, decimals=decimals), "high": number(high, decimals=decimals)}
    return text("numbers", "interval", **ends)
