"""Exploratory factor analysis: which items go together, without being told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from psychometrics.cautions import issued
from psychometrics.dimensions.factor_extraction import (
    Extraction,
    check_extraction,
    check_n_factors,
    degrees_of_freedom,
    extract,
    extraction_cautions,
)
from psychometrics.dimensions.rotation import Name, Rotation, check_rotation, rotated, rotation_cautions
from psychometrics.ordinal.item_correlations import ItemCorrelations, Kind, item_correlations
from psychometrics.tables import markdown


@dataclass(frozen=True, slots=True)
class ExploratoryFactors:
    """Factors and what they explain; over whom, and what to beware of.

    `loadings` is item x factor (of oblique factors the pattern, not the structure), the strongest factor
    first; `variance_explained` is factor x (sum_of_squares, share, share_of_common); `residuals` are the
    correlations less what the factors say, with 0 on the diagonal, and `rmsr` is the root of their mean
    square. A communality is the share of an item's variance that the factors explain.
    """

    loadings: pd.DataFrame
    factor_correlations: pd.DataFrame
    communalities: pd.Series
    uniquenesses: pd.Series
    variance_explained: pd.DataFrame
    residuals: pd.DataFrame
    rmsr: float
    df: int
    n_factors: int
    rotation: Name
    correlations: Kind
    n_items: int
    n_respondents: int
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        table = markdown(self.loadings.assign(communality=self.communalities))
        notes = "".join(f"\n- {warning}" for warning in self.warnings)
        return (
            f"{table}\n\nminres loadings, rotation: {self.rotation}, {self.correlations} correlations; "
            f"rmsr = {self.rmsr:.3f}; {self.n_items} items, {self.n_respondents:,} respondents without a "
            f"missing answer\n\n{markdown(self.factor_correlations)}\n{notes}"
        )


def exploratory_factors(
    scores: pd.DataFrame,
    *,
    n_factors: int,
    rotation: Name = "oblimin",
    correlations: Kind = "polychoric",
) -> ExploratoryFactors:
    """Return so many factors by minres, rotated, over complete cases.

    Extraction and rotations ("none", "varimax", "oblimin", "promax") are those of psych::fa; sources stand
    with `factor_extraction.extract` and in `rotation`. Factors are called F1, F2, ...

    Raises:
        ScoresError: what `contingency.codes_of` refuses, an unknown rotation or kind of correlations, or more
            factors than the items carry.

    Warns:
        HeywoodWarning: an item without unique variance.
        NotConvergedWarning, and what `polychoric` warns of.

    Example:
        >>> from psychometrics.simulate import OrdinalModel, balanced_groups, simulate_answers
        >>> one, loadings = pd.DataFrame([[1.0]], ["F"], ["F"]), dict.fromkeys("ABCD", 0.7)
        >>> true = OrdinalModel({"F": list("ABCD")}, loadings, dict.fromkeys("ABCD", [-0.5, 0.5]), one)
        >>> groups = balanced_groups(n_schools=40, n_classes=1, n_respondents=50)
        >>> scores = simulate_answers(true, groups, seed=1)
        >>> exploratory_factors(scores, n_factors=1).loadings["F1"].round(1).tolist()
        [0.7, 0.7, 0.7, 0.7]
    """
    check_rotation(rotation)
    found = item_correlations(scores, correlations)
    check_n_factors(n_factors, found.n_items)
    extracted = extract(found.matrix, n_factors)
    check_extraction(extracted)
    return _result(found, extracted, rotated(extracted.loadings, rotation), rotation)


def _result(
    found: ItemCorrelations, extracted: Extraction, turned: Rotation, rotation: Name
) -> ExploratoryFactors:
    items, n_factors = found.items, turned.loadings.shape[1]
    factors = pd.Index([f"F{number + 1}" for number in range(n_factors)])
    residuals = found.matrix - extracted.loadings @ extracted.loadings.T
    np.fill_diagonal(residuals, 0)
    return ExploratoryFactors(
        loadings=pd.DataFrame(turned.loadings, items, factors),
        factor_correlations=pd.DataFrame(turned.factor_correlations, factors, factors),
        communalities=pd.Series(1 - extracted.uniquenesses, items, name="communality"),
        uniquenesses=pd.Series(extracted.uniquenesses, items, name="uniqueness"),
        variance_explained=_variance_explained(turned, factors),
        residuals=pd.DataFrame(residuals, items, items),
        rmsr=float(np.sqrt(np.square(residuals).sum() / (found.n_items * (found.n_items - 1)))),
        df=degrees_of_freedom(found.n_items, n_factors),
        n_factors=n_factors,
        rotation=rotation,
        correlations=found.kind,
        n_items=found.n_items,
        n_respondents=found.n_respondents,
        warnings=issued(
            [*found.cautions, *extraction_cautions(extracted, items), *rotation_cautions(turned)]
        ),
    )


def _variance_explained(turned: Rotation, factors: pd.Index) -> pd.DataFrame:
    squares = turned.strengths
    return pd.DataFrame(
        {
            "sum_of_squares": squares,
            "share": squares / len(turned.loadings),
            "share_of_common": squares / squares.sum(),
        },
        index=factors,
    )
