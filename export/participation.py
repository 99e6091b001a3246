"""Who took part, and whether they stand for all pupils: counts per leerjaar, never an answer (EIS-B)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from export.disclosure import LeerjaarResponse
    from psychometrics.representativeness import Representativeness

OORDELEN: Final = {
    "representative": "representatief",
    "too_few": "te_weinig_deelnemers",
    "skewed": "scheef",
    "too_few_and_skewed": "te_weinig_en_scheef",
    "population_exceeded": "meer_deelnemers_dan_leerlingen",
}
"""The verdicts of psychometrics.representativeness, in the words of the summary."""
UNKNOWN: Final = "niet_te_bepalen"
IN_PROPORTION: Final = "naar_verhouding"
OVER: Final = "oververtegenwoordigd"
UNDER: Final = "ondervertegenwoordigd"


@dataclass(frozen=True, slots=True)
class Stratum:
    """One leerjaar among the participants; `deviation` in points, None where there is nothing to compare."""

    leerjaar: int
    population: int
    respondents: int
    deviation: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Participation:
    """Response and representativeness of one afname."""

    population: int
    respondents: int
    strata: tuple[Stratum, ...]
    required: int | None
    chi_square: float | None
    degrees_of_freedom: int | None
    p_value: float | None
    effect_size: float | None
    verdict: str

    @property
    def response_rate(self) -> float | None:
        """Participants as a share of the pupils asked."""
        return self.respondents / self.population if self.population else None


def participation(responses: Sequence[LeerjaarResponse]) -> Participation:
    """Compare those who took part with all pupils asked; where that cannot be done the verdict says so."""
    # scipy behind it costs seconds; only whoever asks for figures pays them
    from psychometrics import representativeness  # noqa: PLC0415

    population = {response.leerjaar: response.population for response in responses}
    respondents = {response.leerjaar: response.respondents for response in responses}
    try:
        found = representativeness.compare(respondents, population)
    except representativeness.CountsError:
        return _incomparable(responses)
    return _compared(responses, found, 100 * representativeness.MARGIN)


def _compared(
    responses: Sequence[LeerjaarResponse], found: Representativeness, margin: float
) -> Participation:
    deviations = {int(str(key)): float(points) for key, points in found.strata["deviation"].items()}
    return Participation(
        population=found.n_population,
        respondents=found.n_respondents,
        strata=tuple(_stratum(row, deviations.get(row.leerjaar, math.nan), margin) for row in responses),
        required=found.required_sample,
        chi_square=_known(found.chi_square),
        degrees_of_freedom=found.degrees_of_freedom,
        p_value=_known(found.p_value),
        effect_size=_known(found.effect_size),
        verdict=OORDELEN[found.verdict],
    )


def _incomparable(responses: Sequence[LeerjaarResponse]) -> Participation:
    return Participation(
        population=sum(response.population for response in responses),
        respondents=sum(response.respondents for response in responses),
        strata=tuple(_stratum(response, math.nan, math.nan) for response in responses),
        required=None,
        chi_square=None,
        degrees_of_freedom=None,
        p_value=None,
        effect_size=None,
        verdict=UNKNOWN,
    )


def _stratum(response: LeerjaarResponse, deviation: float, margin: float) -> Stratum:
    known = _known(deviation)
    verdict = UNKNOWN if known is None else _stratum_verdict(known, margin)
    return Stratum(response.leerjaar, response.population, response.respondents, known, verdict)


def _stratum_verdict(deviation: float, margin: float) -> str:
    if abs(deviation) <= margin:
        return IN_PROPORTION
    return OVER if deviation > 0 else UNDER


def _known(figure: float) -> float | None:
    return None if math.isnan(figure) else figure
