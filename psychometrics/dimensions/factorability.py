"""Is there anything common to these items that factors could explain?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.cautions import NotPositiveDefiniteWarning, issued
from psychometrics.ordinal.item_correlations import (
    ItemCorrelations,
    Kind,
    NothingCommonWarning,
    item_correlations,
)
from psychometrics.scores import refuse
from psychometrics.tables import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.cautions import PsychometricWarning


@dataclass(frozen=True, slots=True)
class SamplingAdequacy:
    """Kaiser, Meyer and Olkin's measure over all items (`value`), and that of each item (`per_item`)."""

    value: float
    per_item: pd.Series
    correlations: Kind
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"{markdown(self.per_item.to_frame())}\n\nKMO = {self.value:.3f}; {self.correlations} "
            f"correlations; {self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        )


@dataclass(frozen=True, slots=True)
class Sphericity:
    """Bartlett's test of the hypothesis that no two items correlate."""

    chi2: float
    df: int
    p_value: float
    correlations: Kind
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"chi2({self.df}) = {self.chi2:.1f}, p = {self.p_value:.3f}; {self.n_items} items, "
            f"{self.n_respondents:,} respondents without a missing answer"
        )


def kmo(scores: pd.DataFrame, *, correlations: Kind = "polychoric") -> SamplingAdequacy:
    """Return how small partial correlations are beside the correlations: near 1 where factors explain them.

    Kaiser (1970), Kaiser and Rice (1974): sum of r^2 over sum of r^2 and of squared partial correlations,
    given all other items. Complete cases. NaN, with a warning, where the correlations have no inverse or an
    item has none.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, or an unknown kind of correlations.

    Example:
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4, 1], "B": [1, 3, 2, 4, 2], "C": [2, 2, 1, 4, 4]})
        >>> round(kmo(scores, correlations="pearson").value, 3)
        0.365
    """
    found = item_correlations(scores, correlations)
    squares = np.square(found.matrix - np.eye(found.n_items)).sum(axis=0)
    partial = np.square(_partial(found)).sum(axis=0)
    with np.errstate(invalid="ignore"):  # 0 / 0 where nothing correlates
        value = float(squares.sum() / (squares.sum() + partial.sum()))
        per_item = pd.Series(squares / (squares + partial), found.items, name="kmo")
    return SamplingAdequacy(
        value=value,
        per_item=per_item,
        correlations=correlations,
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued([*found.cautions, *_cautions(found, "KMO does"), *_cautions_of_zeros(squares)]),
    )


def bartlett_sphericity(scores: pd.DataFrame, *, correlations: Kind = "pearson") -> Sphericity:
    """Return Bartlett's test (1950) that the items are unrelated, over complete cases.

    chi2 = -(n - 1 - (2p + 5) / 6) ln |R|. The test is for product-moment correlations of normal variables and
    independent respondents; for ordered answers it is approximate, and for polychoric ones rejects too soon.
    With many respondents it always rejects. NaN, with a warning, where the determinant is not above zero.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, an unknown kind of correlations, or too few
            respondents.

    Example:
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4, 1], "B": [1, 3, 2, 4, 2], "C": [2, 2, 1, 4, 4]})
        >>> round(bartlett_sphericity(scores).chi2, 3)
        3.19
    """
    found = item_correlations(scores, correlations)
    df = found.n_items * (found.n_items - 1) // 2
    weight = found.n_respondents - 1 - (2 * found.n_items + 5) / 6
    if weight <= 0:
        refuse([f"scores: {found.n_respondents} respondents are too few to test {found.n_items} items"])
    log_determinant = np.linalg.slogdet(found.matrix)[1] if found.is_positive_definite else np.nan
    chi2 = float(-log_determinant * weight)
    return Sphericity(
        chi2=chi2,
        df=df,
        p_value=float(stats.chi2.sf(chi2, df)),
        correlations=correlations,
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued([*found.cautions, *_cautions(found, "Bartlett's test does")]),
    )


def _partial(found: ItemCorrelations) -> NDArray[np.float64]:
    if not found.is_positive_definite:
        return np.full(found.matrix.shape, np.nan)
    inverse = np.linalg.inv(found.matrix)
    scale = np.sqrt(np.diag(inverse))
    return np.asarray(inverse / np.outer(scale, scale) - np.eye(found.n_items))


def _cautions_of_zeros(squares: NDArray[np.float64]) -> Iterator[PsychometricWarning]:
    if (squares == 0).any():
        yield NothingCommonWarning("KMO does not exist for an item that correlates with no other")


def _cautions(found: ItemCorrelations, statistic: str) -> Iterator[PsychometricWarning]:
    if not found.is_positive_definite:
        yield NotPositiveDefiniteWarning(f"{statistic} not exist: the matrix has no usable inverse")
