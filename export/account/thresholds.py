"""The thresholds by which the account judges, with their sources; every verdict is made here."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from export.account.attempt import NotComputed
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psychometrics.reliability import LowerBound, Reliability

TABLE: Final = Path(__file__).parent / "thresholds.toml"

GOOD: Final = "goed"
SUFFICIENT: Final = "voldoende"
INSUFFICIENT: Final = "onvoldoende"
NOT_DEMANDED: Final = "niet geëist"
"""COTAN's words, untranslated, and one of ours for an index of causal indicators."""
WORST_FIRST: Final = (TOO_FEW, INSUFFICIENT, SUFFICIENT, GOOD)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Two borders of one measure; a value at a border belongs to the better side."""

    measure: str
    sufficient: float
    good: float
    source: str
    year: int
    checked: bool

    def judge(self, value: float) -> str:
        """Return goed, voldoende or onvoldoende; a value that is no number is onvoldoende."""
        if value >= self.good:
            return GOOD
        return SUFFICIENT if value >= self.sufficient else INSUFFICIENT


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds of the account; `causal_indicators` gives the reason per scale without a demand."""

    level_of_use: str
    reliability: Threshold
    item_rest: Threshold
    causal_indicators: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The reliability of one scale with its verdict, on the lower limit of the interval."""

    scale: str
    reliability: Reliability | NotComputed
    lambda2: LowerBound | NotComputed
    verdict: str


@cache
def load(path: Path = TABLE) -> Thresholds:
    """Return the thresholds in use."""
    table = tomllib.loads(path.read_text("utf-8"))
    return Thresholds(
        level_of_use=table["level_of_use"],
        reliability=Threshold(**table["reliability"]),
        item_rest=Threshold(**table["item_rest"]),
        causal_indicators=table["causal_indicators"],
    )


def judge_scale(
    scale: str,
    reliability: Reliability | NotComputed,
    lambda2: LowerBound | NotComputed,
    *,
    thresholds: Thresholds | None = None,
) -> Judgement:
    """Return the verdict on one scale: on its lower limit, or that no consistency is demanded of it."""
    if isinstance(reliability, NotComputed):
        return Judgement(scale, reliability, lambda2, TOO_FEW)
    low, n_respondents = reliability.ci_low, reliability.n_respondents
    verdict = judge_value(scale, low, n_respondents=n_respondents, thresholds=thresholds)
    return Judgement(scale, reliability, lambda2, verdict)


def judge_value(
    scale: str, ci_low: float, *, n_respondents: int, thresholds: Thresholds | None = None
) -> str:
    """Return the verdict on the lower limit of a scale's reliability; on fewer than ten pupils, none."""
    used = thresholds or load()
    if n_respondents < MINIMUM_ANSWERS:
        return TOO_FEW
    return NOT_DEMANDED if scale in used.causal_indicators else used.reliability.judge(ci_low)


def worst(verdicts: Iterable[str]) -> str:
    """Return the worst of the verdicts that demand something; without any, that nothing is demanded."""
    demanded = [verdict for verdict in verdicts if verdict != NOT_DEMANDED]
    return min(demanded, key=WORST_FIRST.index) if demanded else NOT_DEMANDED
