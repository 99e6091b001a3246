"""A statistic on data that may be too small for it: the result, or why there is none."""

from __future__ import annotations

import dataclasses
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import pandas as pd

from export.account.texts import texts
from psychometrics.cautions import PsychometricWarning
from psychometrics.scores import ScoresError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")

WARNINGS: Final = "warnings"
FEWEST_FOR_STRUCTURE: Final = 100
"""Pupils without a missing answer. Of fewer, correlations between questions are too uncertain to judge what
they measure (Gorsuch 1983, ch. 16)."""


@dataclass(frozen=True, slots=True)
class NotComputed:
    """No result, and why; a document says only that there are too few answers, for a reason may tell them."""

    faults: tuple[str, ...]


def attempt(
    statistic: Callable[Parameters, Result], /, *arguments: Parameters.args, **options: Parameters.kwargs
) -> Result | NotComputed:
    """Return what the statistic gives on these scores, or `NotComputed` where it refuses them.

    What the statistic warns of is not printed beside a notebook, but travels in the result's `warnings` (of a
    frame: its `.attrs["warnings"]`), as Dutch sentences.

    Example:
        >>> import pandas as pd
        >>> from psychometrics.reliability import cronbach_alpha
        >>> attempt(cronbach_alpha, pd.DataFrame({"A": [1, 1], "B": [1, 2]}))
        NotComputed(faults=('scores["A"]: everyone gave the same answer; leave the item out',))
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", PsychometricWarning)
            result = statistic(*arguments, **options)
    except ScoresError as error:
        return NotComputed(error.faults)
    except (ValueError, ArithmeticError) as error:
        # a matrix without an inverse and the like: answers too few or too alike for this statistic
        return NotComputed((type(error).__name__,))
    noted: Result = _with_warnings(result, _in_dutch(caught))
    return noted


def enough(result: Result | NotComputed, *, fewest: int = FEWEST_FOR_STRUCTURE) -> Result | None:
    """Return a result, or None where there is none or it is over fewer respondents than that."""
    return None if isinstance(result, NotComputed) or _n_respondents(result) < fewest else result


def cautions(*results: object) -> str:
    """Return the warnings of results in one text, each once; empty where there are none."""
    found = [warning for result in results for warning in _warnings(result)]
    return " ".join(dict.fromkeys(found))


def _in_dutch(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    words = texts()["cautions"]
    known = (kind.category for kind in caught if issubclass(kind.category, PsychometricWarning))
    return tuple(dict.fromkeys(words.get(kind.__name__, words["other"]) for kind in known))


def _with_warnings(result: Any, found: tuple[str, ...]) -> Any:  # noqa: ANN401 - whatever came in goes out
    if isinstance(result, pd.DataFrame):
        result.attrs[WARNINGS] = found
        return result
    has_some = dataclasses.is_dataclass(result) and WARNINGS in result.__dataclass_fields__
    return dataclasses.replace(result, **{WARNINGS: found}) if has_some else result


def _warnings(result: object) -> tuple[str, ...]:
    if isinstance(result, pd.DataFrame):
        return tuple(result.attrs.get(WARNINGS, ()))
    return tuple(getattr(result, WARNINGS, ()))


def _n_respondents(result: Any) -> int:  # noqa: ANN401 - a frame or any result with its number
    if not isinstance(result, pd.DataFrame):
        return int(result.n_respondents)
    known = result.attrs.get("n_respondents")
    return int(result["n_respondents"].min() if known is None else known)
