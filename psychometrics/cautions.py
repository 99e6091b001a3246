"""Warnings that travel with a result: named, issued once, kept as text; no repair is silent."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class PsychometricWarning(UserWarning):
    """A result that can be used only by someone who read this."""


class UnusedOptionWarning(PsychometricWarning):
    """An option between two that were chosen got no answers; it is left out of the thresholds."""


class EmptyCellWarning(PsychometricWarning):
    """A table of two by two options has an empty cell; half a respondent was moved into it."""


class PerfectCorrelationWarning(PsychometricWarning):
    """Two items say (nearly) the same; their polychoric correlation lies at the edge."""


class NotPositiveDefiniteWarning(PsychometricWarning):
    """A matrix of correlations that no set of variables can have, or that has no inverse."""


class HeywoodWarning(PsychometricWarning):
    """An estimate that cannot be: a loading or factor correlation beyond one."""


class NotConvergedWarning(PsychometricWarning):
    """The estimates are where the search stopped, not where it should end."""


class UnreliableErrorsWarning(PsychometricWarning):
    """Too few independent units, or too flat an optimum, for the standard errors and the test."""


def issued(cautions: Iterable[PsychometricWarning]) -> tuple[str, ...]:
    """Issue every warning, and return their texts, which go into `.warnings` of the result."""
    found = tuple(cautions)
    for caution in found:
        warnings.warn(caution, stacklevel=3)
    return tuple(str(caution) for caution in found)
