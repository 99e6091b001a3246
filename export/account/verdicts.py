"""The words of a verdict, which of them is worst, and one verdict with what it rests on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.disclosure import TOO_FEW

if TYPE_CHECKING:
    from collections.abc import Iterable

GOOD: Final = "goed"
SUFFICIENT: Final = "voldoende"
INSUFFICIENT: Final = "onvoldoende"
NOT_DEMANDED: Final = "niet geëist"
"""COTAN's words, untranslated, and one of ours for an index of causal indicators."""
TOO_LITTLE: Final = "te weinig gegevens"
"""There is nothing to judge: too few pupils, schools or groups, or a method that stops on these answers."""
NOT_APPLICABLE: Final = "niet van toepassing"
"""The instrument has no such scale: nothing is lacking."""
NOT_EXAMINED: Final = "niet onderzocht"
"""It could be known, and nobody asked."""
WORST_FIRST: Final = (INSUFFICIENT, TOO_FEW, TOO_LITTLE, SUFFICIENT, GOOD)
"""What is shown to be insufficient is worse than what could not be shown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One value held against one threshold: for which requirement, about what, and the outcome.

    `measure` names the threshold; `value` is what was judged, the less favourable limit of an interval where
    there is one, and None where nothing could be computed.
    """

    requirement: str
    measure: str
    subject: str
    value: float | None
    verdict: str


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of the verdicts that demand something; without any, that nothing is demanded."""
    demanded = [verdict for verdict in verdicts if verdict != NOT_DEMANDED]
    return min(demanded, key=WORST_FIRST.index) if demanded else NOT_DEMANDED


def known(value: float | None) -> float | None:
    """Return a value, or None for one that is no number."""
    return None if value is None or math.isnan(value) else float(value)
