"""A general factor above group factors: the transformation of Schmid and Leiman."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from psychometrics.cautions import HeywoodWarning, PsychometricWarning
from psychometrics.dimensions.factor_extraction import LOWEST, check_extraction, extract, extraction_cautions
from psychometrics.dimensions.rotation import Rotation, oblimin, rotated, rotation_cautions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

FEWEST_GROUPS: Final = 3
"""Correlations of fewer factors do not tell how each loads on a factor above them."""


class UnidentifiedGeneralFactorWarning(PsychometricWarning):
    """With one or two group factors the general factor rests on an assumption and not on the data."""


@dataclass(frozen=True, slots=True)
class SchmidLeiman:
    """Uncorrelated factors: `general` loadings per item, `groups` (item x factor), unique variances."""

    general: NDArray[np.float64]
    groups: NDArray[np.float64]
    uniquenesses: NDArray[np.float64]
    cautions: tuple[PsychometricWarning, ...]


def schmid_leiman(correlations: NDArray[np.float64], n_factors: int, items: Iterable[object]) -> SchmidLeiman:
    """Return the loadings of items on a general factor and on what group factors add to it.

    Schmid and Leiman (1957), as psych::schmid: minres, varimax, then oblimin from there; the general factor
    is that of the factor correlations. Two factors get equal loadings on it; one factor is the general one.

    Raises:
        ScoresError: more factors than the correlations have.
    """
    extracted = extract(correlations, n_factors)
    check_extraction(extracted)
    oblique = _oblique(extracted.loadings)
    above = _above(oblique.factor_correlations)
    general = oblique.loadings @ above
    return SchmidLeiman(
        general=-general if general.sum() < 0 else general,
        groups=oblique.loadings * np.sqrt(np.maximum(1 - above**2, 0)),
        uniquenesses=extracted.uniquenesses,
        cautions=(
            *extraction_cautions(extracted, items),
            *rotation_cautions(oblique),
            *_cautions(above),
        ),
    )


def _oblique(loadings: NDArray[np.float64]) -> Rotation:
    start = rotated(loadings, "varimax")
    return start if loadings.shape[1] == 1 else oblimin(start.loadings)


def _above(factor_correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the loadings of the factors on the factor above them."""
    if len(factor_correlations) >= FEWEST_GROUPS:
        return np.asarray(extract(factor_correlations, 1).loadings[:, 0])
    shared = factor_correlations[0, -1]
    # of one factor `shared` is its correlation with itself
    signs = np.array([1.0, np.sign(shared)])[: len(factor_correlations)]
    return np.asarray(np.sqrt(np.abs(shared)) * signs)


def _cautions(above: NDArray[np.float64]) -> Iterator[PsychometricWarning]:
    if len(above) == 1:
        yield UnidentifiedGeneralFactorWarning(
            "one factor has no factor above it: it is taken for the general factor itself"
        )
        return
    if len(above) < FEWEST_GROUPS:
        yield UnidentifiedGeneralFactorWarning(
            "two factors do not tell how each loads on a general one; equal loadings were taken"
        )
    for number in np.flatnonzero(above**2 >= 1 - LOWEST):
        yield HeywoodWarning(f"group factor {number + 1} has nothing beyond the general factor")
