"""What may be shown of a closed afname: the only place where answers become an aggregate that may leave.

The rules are D1, D2, D4 and D5 of the privacy properties. A `Released` cannot be made anywhere else, so a
function that asks for one cannot be handed a figure that did not pass.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import InitVar, dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from instrument.afname import Afname

MINIMUM_ANSWERS: Final = 10
"""D2: nine valid answers are too few, ten are enough."""
FLOOR: Final = 5
"""D2: whoever configures the minimum can never go below this."""
MARGIN: Final = 3
"""K: what fewer than three pupils did reads the same as what nobody or everybody did (D4, D5)."""
TOO_FEW: Final = "te weinig leerlingen"
"""D2: all that is said of a figure that is not shown."""

_DECIMAL: Final = Decimal("0.1")
_NOISE: Final = Decimal("1e-9")
_SEAL: Final = object()


class DisclosureError(ValueError):
    """Something was asked of an afname that may not be shown; the message never holds an answer."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A figure that is not shown: a reason, and on purpose no count."""

    reason: str = TOO_FEW


@dataclass(frozen=True, slots=True)
class Released:
    """A mean that may be shown, with its scale and the number of valid answers that may be told."""

    mean: float
    n_valid: int
    low: int
    high: int
    seal: InitVar[object]

    def __post_init__(self, seal: object) -> None:
        """Refuse a figure that did not pass the rules of this module."""
        if seal is not _SEAL:
            raise DisclosureError("a Released is only made by Disclosure.mean; pass the answers through it")


Disclosed: TypeAlias = Released | Suppressed


@dataclass(frozen=True, slots=True)
class LeerjaarResponse:
    """How many pupils of one leerjaar took part; says nothing about an answer."""

    leerjaar: int
    population: int
    respondents: int


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The gate of one closed afname; raises `DisclosureError` while it is open (D1)."""

    afname: Afname
    minimum_answers: int = MINIMUM_ANSWERS

    def __post_init__(self) -> None:
        """Refuse an open afname and a minimum below the floor."""
        if self.afname.is_open:
            raise DisclosureError("afname: it is still open; close it, then its results can be shown (D1)")
        if self.minimum_answers < FLOOR:
            raise DisclosureError(f"minimum_answers: {self.minimum_answers} is below the floor of {FLOOR}")

    def mean(self, scores: Sequence[float], *, low: int, high: int) -> Disclosed:
        """Release the mean of one score per respondent (NaN where missing) on a scale from low to high."""
        valid = [score for score in scores if not math.isnan(score)]
        if not all(low <= score <= high for score in valid):
            raise DisclosureError(f"scores: at least one lies outside the scale {low} to {high}")
        if len(valid) < self.minimum_answers:
            return Suppressed()
        n_valid = _readable(len(valid), len(scores))
        # the margin takes the count that is printed, so that it cannot tell apart what that count hides
        least, most = _margins(n_valid, low, high)
        if least > most:
            return Suppressed()
        return Released(float(min(max(_rounded(valid), least), most)), n_valid, low, high, _SEAL)

    def response(self, stamgroepen: Iterable[str]) -> tuple[LeerjaarResponse, ...]:
        """Count the respondents per leerjaar from the stamgroep of each; no stamgroep is ever shown."""
        used = Counter(stamgroepen)
        unknown = used.keys() - {group.name for group in self.afname.stamgroepen}
        if unknown:
            raise DisclosureError(f"responses: {len(unknown)} stamgroep(en) are not part of this afname")
        respondents = self.afname.respondents(used)
        return tuple(
            LeerjaarResponse(leerjaar, population, respondents[leerjaar])
            for leerjaar, population in self.afname.population.items()
        )


def _readable(n_valid: int, n_respondents: int) -> int:
    """Return the count that may be printed: n-2, n-1 and n read the same (D4)."""
    return n_respondents if n_respondents - n_valid < MARGIN else n_valid


def _rounded(valid: Sequence[float]) -> Decimal:
    # first take off what the order of the rows and binary thirds leave behind, or 2.65 would become a 2.6
    exact = Decimal(sum(valid) / len(valid)).quantize(_NOISE)
    return exact.quantize(_DECIMAL, ROUND_HALF_UP)


def _margins(n_valid: int, low: int, high: int) -> tuple[Decimal, Decimal]:
    # rounded inwards: rounding outwards would print the end of the scale again for more than sixty pupils
    margin = Decimal(MARGIN) / n_valid
    least = (low + margin).quantize(_DECIMAL, ROUND_CEILING)
    return least, (high - margin).quantize(_DECIMAL, ROUND_FLOOR)
