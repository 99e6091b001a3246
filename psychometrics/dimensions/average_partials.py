"""How many components leave the least in common: Velicer's minimum average partial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from psychometrics.cautions import issued
from psychometrics.ordinal.item_correlations import Kind, NothingCommonWarning, item_correlations
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.cautions import PsychometricWarning

NOTHING_LEFT: Final = 1e-10
"""An item whose residual variance is below this has no partial correlation."""


@dataclass(frozen=True, slots=True)
class AveragePartials:
    """Number of components with the smallest average squared partial correlation.

    `average_squared` has it per number of components taken out, from 0; NaN where nothing is left.
    """

    n_factors: int
    average_squared: pd.Series
    correlations: Kind
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        table = markdown(self.average_squared.to_frame("average squared partial"), decimals=4)
        return (
            f"{table}\n\n{self.n_factors} component(s); {self.correlations} correlations; "
            f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        )


def minimum_average_partial(scores: pd.DataFrame, *, correlations: Kind = "polychoric") -> AveragePartials:
    """Return after how many principal components the items have least in common, over complete cases.

    Velicer (1976): once what is common is taken out, each further component takes what items have of their
    own, and partial correlations grow. The answer is at least 1, as that of psych::vss; where no component
    leaves less in common than there was (with few items often so), a warning says so.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, or an unknown kind of correlations.

    Warns:
        NothingCommonWarning: Velicer himself would take out no component.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), dict.fromkeys("ABCDE", 0.7)
        >>> true = OrdinalModel({"F": list("ABCDE")}, loadings, dict.fromkeys("ABCDE", [-0.5, 0.5]), one)
        >>> groups = balanced_groups(n_schools=10, n_classes=1, n_respondents=50)
        >>> minimum_average_partial(simulate_answers(true, groups, seed=1)).n_factors
        1
    """
    found = item_correlations(scores, correlations)
    averages = np.array(_averages(found.matrix))
    # where an item has nothing left after one component, that component is the answer
    n_factors = int(np.argmin(np.nan_to_num(averages[1:], nan=np.inf))) + 1
    return AveragePartials(
        n_factors=n_factors,
        average_squared=pd.Series(averages, pd.RangeIndex(found.n_items, name="components")),
        correlations=correlations,
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued([*found.cautions, *_cautions(averages, n_factors)]),
    )


def _cautions(averages: NDArray[np.float64], n_factors: int) -> Iterator[PsychometricWarning]:
    if averages[0] <= averages[n_factors]:
        yield NothingCommonWarning(
            "no component leaves less in common than there was; the items are few, or have nothing in common"
        )


def _averages(matrix: NDArray[np.float64]) -> list[float]:
    values, vectors = np.linalg.eigh(matrix)
    components = (vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1]
    return [_average(matrix - components[:, :n] @ components[:, :n].T) for n in range(len(matrix))]


def _average(residual: NDArray[np.float64]) -> float:
    variances = np.diag(residual)
    if (variances < NOTHING_LEFT).any():
        return float("nan")
    partial = residual / np.sqrt(np.outer(variances, variances))
    n_items = len(residual)
    return float((np.square(partial).sum() - n_items) / (n_items * (n_items - 1)))
