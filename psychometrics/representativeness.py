"""Whether those who answered stand for all who were asked; counts per stratum, never a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.cautions import NotConvergedWarning, issued
from psychometrics.sampling.raking import faults_of_margins, raked
from psychometrics.tables import markdown

MARGIN: Final = 0.05
"""A share in the answers may lie five points beside that of the population …"""
CONFIDENCE: Final = 0.95
"""… in 95 of 100 samples."""
NEGLIGIBLE_EFFECT: Final = 0.10
"""Below Cohen's (1988, p. 227) "small" w, the strata lie as they do in the population."""
SIGNIFICANCE: Final = 0.05
"""Few respondents give a large w by chance; a skew has to be more than chance."""

REPRESENTATIVE: Final = "representative"
TOO_FEW: Final = "too_few"
SKEWED: Final = "skewed"
TOO_FEW_AND_SKEWED: Final = "too_few_and_skewed"
POPULATION_EXCEEDED: Final = "population_exceeded"
"""More respondents than registered: the register has to be corrected before anything can be said."""

Counts: TypeAlias = Mapping[Any, int]
"""Stratum (a leerjaar, an onderwijssoort, any label) to number."""


class CountsError(ValueError):
    """Counts that cannot be compared; every fault with its stratum and its remedy."""


@dataclass(frozen=True, slots=True)
class Representativeness:
    """How the respondents compare with the population; `verdict` is one of the codes of this module.

    `strata` has a row per stratum: `population`, `respondents`, `population_share`, `respondent_share` and
    `deviation`, the second share minus the first, in points. With nobody answering, shares are NaN.
    """

    strata: pd.DataFrame
    n_population: int
    n_respondents: int
    response_rate: float
    required_sample: int
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    effect_size: float
    verdict: str

    def _repr_markdown_(self) -> str:
        summary = (
            f"{self.n_respondents:,} of {self.n_population:,} ({self.response_rate:.0%}), "
            f"{self.required_sample:,} needed; w = {self.effect_size:.2f}; {self.verdict}"
        )
        return f"{markdown(self.strata, decimals=2)}\n\n{summary}"


def compare(respondents: Counts, population: Counts) -> Representativeness:
    """Return response, deviation per stratum and a plain verdict.

    Both are counts by stratum; a stratum without respondents may be left out of `respondents`. The effect
    size is Cohen's w, the root of chi-square over the number of respondents. Skewed means: w at least "small"
    and more than chance.

    Raises:
        CountsError: an empty population, a negative count, or respondents in a stratum the population lacks.

    Example:
        >>> compare({6: 45, 7: 50, 8: 48}, {6: 50, 7: 50, 8: 50}).verdict
        'representative'
    """
    _check(respondents, population)
    strata = _strata(respondents, population)
    n_population, n_respondents = int(strata["population"].sum()), int(strata["respondents"].sum())
    chi_square, p_value = _goodness_of_fit(strata)
    required = required_sample(n_population)
    effect_size = math.sqrt(chi_square / n_respondents) if n_respondents else math.nan
    is_skewed = effect_size >= NEGLIGIBLE_EFFECT and p_value < SIGNIFICANCE
    is_exceeded = bool((strata["respondents"] > strata["population"]).any())
    return Representativeness(
        strata=strata,
        n_population=n_population,
        n_respondents=n_respondents,
        response_rate=n_respondents / n_population,
        required_sample=required,
        chi_square=chi_square,
        degrees_of_freedom=len(strata) - 1,
        p_value=p_value,
        effect_size=effect_size,
        verdict=_verdict(is_few=n_respondents < required, is_skewed=is_skewed, is_exceeded=is_exceeded),
    )


@dataclass(frozen=True, slots=True)
class Raking:
    """Weights (mean one) that give respondents the population's margins, and what they cost.

    `design_effect` is Kish's (1965): `n_effective` respondents without weights would know as much.
    `largest_deviation` is that of a weighted share from the population's, zero where `converged`.
    """

    weights: pd.Series
    converged: bool
    n_rounds: int
    largest_deviation: float
    design_effect: float
    n_effective: float
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"weights {self.weights.min():.2f} to {self.weights.max():.2f}, design effect "
            f"{self.design_effect:.2f}: {self.n_respondents:,} respondents count as {self.n_effective:,.0f}"
        )


def rake(respondents: pd.DataFrame, margins: Mapping[str, Counts]) -> Raking:
    """Return weights under which every column's shares are those of its margin, as equal as can be otherwise.

    `respondents` has a row per respondent, `margins` per column {level: number in the population}. Iterative
    proportional fitting (Deming and Stephan 1940). Weights repair a skew in these columns, not in anything
    that they do not say.

    Raises:
        CountsError: no respondents or margins, a column that is not there or has missing values, a level
            without respondents or without a count, a negative count, or margins with different totals.

    Warns:
        NotConvergedWarning: no weights fit all margins, as where combinations have no respondents.

    Example:
        >>> import pandas as pd
        >>> respondents = pd.DataFrame({"leerjaar": [6, 6, 6, 7]})
        >>> rake(respondents, {"leerjaar": {6: 50, 7: 50}}).weights.round(3).tolist()
        [0.667, 0.667, 0.667, 2.0]
    """
    faults = [*faults_of_margins(respondents, margins)]
    if faults:
        raise CountsError("\n".join(faults))
    fit = raked(respondents, margins)
    weights = pd.Series(fit.weights, index=respondents.index, name="weight")
    design_effect = float(np.square(weights).mean() / weights.mean() ** 2)
    words = f"weights: after {fit.n_rounds} rounds shares are still {fit.deviation:.1e} off; merge levels"
    return Raking(
        weights=weights,
        converged=fit.converged,
        n_rounds=fit.n_rounds,
        largest_deviation=fit.deviation,
        design_effect=design_effect,
        n_effective=len(respondents) / design_effect,
        n_respondents=len(respondents),
        warnings=issued([] if fit.converged else [NotConvergedWarning(words)]),
    )


def required_sample(n_population: int, *, margin: float = MARGIN, confidence: float = CONFIDENCE) -> int:
    """Return how many respondents give `margin` around a share of one half (Cochran 1977, finite population).

    Example:
        >>> [required_sample(n) for n in (30, 200, 1000)]
        [28, 132, 278]
    """
    without_end = stats.norm.ppf((1 + confidence) / 2) ** 2 * 0.25 / margin**2
    return math.ceil(without_end / (1 + (without_end - 1) / n_population))


def _check(respondents: Counts, population: Counts) -> None:
    faults = [
        f'stratum "{stratum}": respondents, but no such stratum in the population; add its count'
        for stratum in respondents
        if respondents[stratum] > 0 and not population.get(stratum, 0) > 0
    ]
    for name, counts in (("respondents", respondents), ("population", population)):
        faults += [
            f'{name} "{key}": a count cannot be negative; correct it' for key in counts if counts[key] < 0
        ]
    if sum(population.values()) <= 0:
        faults.append("population: nobody in it; give the registered number per stratum")
    if faults:
        raise CountsError("\n".join(faults))


def _strata(respondents: Counts, population: Counts) -> pd.DataFrame:
    names = [stratum for stratum in population if population[stratum] > 0]
    strata = pd.DataFrame(
        {
            "population": [int(population[stratum]) for stratum in names],
            "respondents": [int(respondents.get(stratum, 0)) for stratum in names],
        },
        index=pd.Index(names, name="stratum"),
    )
    strata["population_share"] = strata["population"] / strata["population"].sum()
    strata["respondent_share"] = strata["respondents"] / strata["respondents"].sum()
    strata["deviation"] = 100 * (strata["respondent_share"] - strata["population_share"])
    return strata


def _goodness_of_fit(strata: pd.DataFrame) -> tuple[float, float]:
    n_respondents = strata["respondents"].sum()
    if n_respondents == 0:
        return math.nan, math.nan
    if len(strata) == 1:
        return 0.0, 1.0  # one stratum cannot deviate from itself; scipy would give a p of NaN
    expected = n_respondents * strata["population_share"].to_numpy(dtype=np.float64)
    result = stats.chisquare(strata["respondents"].to_numpy(dtype=np.float64), expected)
    return float(result.statistic), float(result.pvalue)


def _verdict(*, is_few: bool, is_skewed: bool, is_exceeded: bool) -> str:
    if is_exceeded:
        return POPULATION_EXCEEDED
    if is_skewed:
        return TOO_FEW_AND_SKEWED if is_few else SKEWED
    return TOO_FEW if is_few else REPRESENTATIVE
