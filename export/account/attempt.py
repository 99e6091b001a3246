"""A statistic on data that may be too small for it: the result, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from psychometrics.scores import ScoresError

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")


@dataclass(frozen=True, slots=True)
class NotComputed:
    """No result, and why; a document says only that there are too few answers, for a reason may tell them."""

    faults: tuple[str, ...]


def attempt(
    statistic: Callable[Parameters, Result], /, *arguments: Parameters.args, **options: Parameters.kwargs
) -> Result | NotComputed:
    """Return what the statistic gives on these scores, or `NotComputed` where it refuses them.

    Example:
        >>> import pandas as pd
        >>> from psychometrics.reliability import cronbach_alpha
        >>> attempt(cronbach_alpha, pd.DataFrame({"A": [1, 1], "B": [1, 2]}))
        NotComputed(faults=('scores["A"]: everyone gave the same answer; leave the item out',))
    """
    try:
        return statistic(*arguments, **options)
    except ScoresError as error:
        return NotComputed(error.faults)
