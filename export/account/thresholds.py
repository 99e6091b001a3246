"""The thresholds by which the account judges, with their sources, and whether somebody changed them."""

from __future__ import annotations

import os
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.account.attempt import NotComputed
from export.account.dutch_numbers import number
from export.account.threshold_file import ThresholdError, changed_tables
from export.account.verdicts import (
    GOOD,
    INSUFFICIENT,
    NOT_DEMANDED,
    SUFFICIENT,
    TOO_LITTLE,
    WORST_FIRST,
    Verdict,
    known,
    worst,
)
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psychometrics.reliability import LowerBound, Reliability
    from psychometrics.sampling.bootstrap import BootstrapInterval

__all__ = [
    "TABLE", "VARIABLE", "WORST_FIRST", "Judgement", "Threshold", "ThresholdError", "Thresholds", "judge",
    "judge_scale", "judge_value", "load", "worst",
]  # fmt: skip

TABLE: Final = Path(__file__).parent / "thresholds.toml"
MOST_DECIMALS: Final = 6
CHECKED: Final = ("source", "citation", "not")
"""Read in the source itself, in a publication that cites it, or still to be looked up."""
VARIABLE: Final = "WEERGLAS_DREMPELS"
"""The environment variable with the path of a file that changes thresholds."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Two borders of one measure; a value at a border belongs to the better side."""

    measure: str
    sufficient: float
    good: float
    source: str
    year: int
    checked: str
    """One of `CHECKED`: how far somebody looked up that the source says so."""
    read_in: str = ""
    """Where it was read, and what of it; empty where nobody looked."""
    label: str = ""
    decimals: int = 2
    lower_is_better: bool = False
    changed: bool = False
    """Somebody put other borders in place of those that Weerglas comes with."""

    def judge(self, value: float) -> str:
        """Return goed, voldoende or onvoldoende; a value that is no number is onvoldoende."""
        if self._reaches(value, self.good):
            return GOOD
        return SUFFICIENT if self._reaches(value, self.sufficient) else INSUFFICIENT

    def printed(self, value: float) -> str:
        """Return a value with as many decimals as it takes to see on which side of a border it lies."""
        for decimals in range(self.decimals, MOST_DECIMALS):
            if self.judge(round(value, decimals)) == self.judge(value):
                return number(value, decimals=decimals)
        return number(value, decimals=MOST_DECIMALS)

    def _reaches(self, value: float, border: float) -> bool:
        return value <= border if self.lower_is_better else value >= border


@dataclass(frozen=True, slots=True)
class Thresholds:
    """All thresholds of the account; `causal_indicators` gives the reason per scale without a demand."""

    level_of_use: str
    measures: Mapping[str, Threshold]
    causal_indicators: Mapping[str, str]

    @property
    def reliability(self) -> Threshold:
        """Of a scale, on the lower limit of its interval."""
        return self.measures["reliability"]

    @property
    def item_rest(self) -> Threshold:
        """Of an item with the rest of its scale."""
        return self.measures["item_rest"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The reliability of one scale with its verdict, on the lower limit of the interval."""

    scale: str
    reliability: Reliability | NotComputed
    lambda2: LowerBound | NotComputed
    verdict: str


def load(path: Path = TABLE, *, changes: Path | None = None) -> Thresholds:
    """Return the thresholds in use: the table, with what the file `changes` or WEERGLAS_DREMPELS changes.

    Raises:
        ThresholdError: the file that changes thresholds cannot be used, with all its faults.
    """
    given = changes or os.environ.get(VARIABLE)
    return _load(path, Path(given) if given else None)


@contextmanager
def using(changes: Path | None) -> Iterator[None]:
    """Use the thresholds of a file within this block, whatever WEERGLAS_DREMPELS says outside it."""
    before = os.environ.pop(VARIABLE, None)
    if changes is not None:
        os.environ[VARIABLE] = str(changes)
    try:
        yield
    finally:
        os.environ.pop(VARIABLE, None)
        if before is not None:
            os.environ[VARIABLE] = before


@cache
def _load(path: Path, changes: Path | None) -> Thresholds:
    table = tomllib.loads(path.read_text("utf-8"))
    own = {name: part for name, part in table.items() if isinstance(part, dict) and "measure" in part}
    changed = {} if changes is None else changed_tables(changes, own)
    return Thresholds(
        level_of_use=table["level_of_use"],
        measures={name: _threshold(part, changed.get(name, {})) for name, part in own.items()},
        causal_indicators=table["causal_indicators"],
    )


def _threshold(table: dict[str, Any], change: dict[str, Any]) -> Threshold:
    known = {field: value for field, value in table.items() if field in Threshold.__dataclass_fields__}
    return Threshold(**{**known, **change}, changed=bool(change))


def judge(requirement: str, measure: str, subject: str, value: float | None) -> Verdict:
    """Return the verdict on one value by the threshold of its measure; of no value, that data are lacking."""
    found = known(value)
    said = TOO_LITTLE if found is None else load().measures[measure].judge(found)
    return Verdict(requirement, measure, subject, found, said)


def judge_scale(
    scale: str,
    reliability: Reliability | NotComputed,
    lambda2: LowerBound | NotComputed,
    *,
    over_schools: BootstrapInterval | NotComputed | None = None,
    thresholds: Thresholds | None = None,
) -> Judgement:
    """Return the verdict on one scale: on its lower limit, or that no consistency is demanded of it.

    With an interval `over_schools` too, the wider ends of the two count: pupils of a school are alike.
    """
    if isinstance(reliability, NotComputed):
        return Judgement(scale, reliability, lambda2, TOO_FEW)
    widest = _widest(reliability, over_schools)
    n_respondents = widest.n_respondents
    verdict = judge_value(scale, widest.ci_low, n_respondents=n_respondents, thresholds=thresholds)
    return Judgement(scale, widest, lambda2, verdict)


def judge_value(
    scale: str, ci_low: float, *, n_respondents: int, thresholds: Thresholds | None = None
) -> str:
    """Return the verdict on the lower limit of a scale's reliability; on fewer than ten pupils, none."""
    used = thresholds or load()
    if n_respondents < MINIMUM_ANSWERS:
        return TOO_FEW
    return NOT_DEMANDED if scale in used.causal_indicators else used.reliability.judge(ci_low)


def _widest(reliability: Reliability, over_schools: BootstrapInterval | NotComputed | None) -> Reliability:
    if over_schools is None or isinstance(over_schools, NotComputed):
        return reliability
    low, high = min(reliability.ci_low, over_schools.low), max(reliability.ci_high, over_schools.high)
    return replace(reliability, ci_low=low, ci_high=high)
