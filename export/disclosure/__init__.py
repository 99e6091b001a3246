"""The gate through which every shown or written aggregate passes: rules D1 to D11, listed in `rules`."""

from export.disclosure.figures import (
    FEW,
    NEARLY_ALL,
    SHARE,
    AnswerClass,
    Disclosed,
    Distribution,
    Released,
    Suppressed,
)  # fmt: skip
from export.disclosure.gate import Disclosure, LeerjaarResponse, Release
from export.disclosure.rules import FLOOR, MARGIN, MINIMUM_ANSWERS, TOO_FEW, DisclosureError
from export.disclosure.units import SCHOOL, Cell, Unit

__all__ = [
    "FEW",
    "FLOOR",
    "MARGIN",
    "MINIMUM_ANSWERS",
    "NEARLY_ALL",
    "SCHOOL",
    "SHARE",
    "TOO_FEW",
    "AnswerClass",
    "Cell",
    "Disclosed",
    "Disclosure",
    "DisclosureError",
    "Distribution",
    "LeerjaarResponse",
    "Release",
    "Released",
    "Suppressed",
    "Unit",
]
