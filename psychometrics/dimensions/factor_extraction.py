"""Factors that leave the smallest residual correlations (minres), before rotation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize

from psychometrics.cautions import HeywoodWarning, NotConvergedWarning
from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from psychometrics.cautions import PsychometricWarning

LOWEST: Final = 0.005
"""No item has a smaller unique variance, as in psych::fa; at this bound the result is a Heywood case."""
FLAT: Final = 1e-5
"""A slope of the misfit below this (whose scale is that of a squared correlation) is that of an optimum."""
PRECISION: Final = 1e-10
MOST_STEPS: Final = 5_000
NO_VARIANCE: Final = 1e-8
"""A factor with less than this is none."""


@dataclass(frozen=True, slots=True)
class Extraction:
    """Loadings (item x factor) of uncorrelated factors, and the unique variance of each item."""

    loadings: NDArray[np.float64]
    uniquenesses: NDArray[np.float64]
    converged: bool


def degrees_of_freedom(n_items: int, n_factors: int) -> int:
    """Return the number of correlations beyond that of loadings, less the freedom of rotation."""
    return n_items * (n_items - 1) // 2 - n_items * n_factors + n_factors * (n_factors - 1) // 2


def check_n_factors(n_factors: int, n_items: int) -> None:
    """Refuse a number of factors that so many items cannot carry."""
    if n_factors < 1:
        refuse([f"n_factors: {n_factors}; give at least 1"])
    if degrees_of_freedom(n_items, n_factors) < 0:
        most = max((k for k in range(n_items) if degrees_of_freedom(n_items, k) >= 0), default=0)
        refuse([f"n_factors: {n_items} items cannot carry {n_factors}; they carry at most {most}"])


def extract(correlations: NDArray[np.float64], n_factors: int) -> Extraction:
    """Return the factors of least squared residual correlations (Harman and Jones, 1966).

    Given the unique variances, the best loadings are the largest eigenvalues and their vectors of what
    remains; so only the unique variances are searched for (Joereskog, 1977).

    Example:
        >>> loadings = np.array([[0.8], [0.7], [0.6], [0.5]])
        >>> correlations = loadings @ loadings.T
        >>> np.fill_diagonal(correlations, 1)
        >>> extract(correlations, 1).loadings.round(4).ravel().tolist()
        [0.8, 0.7, 0.6, 0.5]
    """
    found = optimize.minimize(
        _misfit,
        _start(correlations),
        args=(correlations, n_factors),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LOWEST, 1)] * len(correlations),
        options={"maxiter": MOST_STEPS, "maxfun": MOST_STEPS, "ftol": 0, "gtol": PRECISION, "maxcor": 30},
    )
    loadings = _loadings(found.x, correlations, n_factors)
    signs = np.where(loadings.sum(axis=0) < 0, -1, 1)
    unique = 1 - np.square(loadings).sum(axis=1)
    return Extraction(loadings * signs, unique, _is_optimum(found.x, found.jac))


def check_extraction(found: Extraction) -> None:
    """Refuse factors of which one explains nothing: no rotation can tell where it points."""
    strengths = np.square(found.loadings).sum(axis=0)
    if (strengths < NO_VARIANCE).any():
        n_factors = int((strengths >= NO_VARIANCE).sum())
        refuse([f"n_factors: these correlations have only {n_factors} factor(s); ask for fewer"])


def extraction_cautions(found: Extraction, items: Iterable[object]) -> Iterator[PsychometricWarning]:
    """Yield what a user of these factors should know."""
    for item, unique in zip(items, found.uniquenesses, strict=True):
        if unique <= LOWEST + NO_VARIANCE:
            yield HeywoodWarning(f"{item}: no unique variance is left; ask for fewer factors")
    if not found.converged:
        yield NotConvergedWarning("the factors did not converge; ask for fewer")


def _start(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    # what the other items do not explain of an item, where that can be computed
    if np.linalg.eigvalsh(correlations)[0] < NO_VARIANCE:
        return np.full(len(correlations), 0.5)
    return np.clip(1 / np.diag(np.linalg.inv(correlations)), LOWEST, 1)


def _misfit(
    unique: NDArray[np.float64], correlations: NDArray[np.float64], n_factors: int
) -> tuple[float, NDArray[np.float64]]:
    """Return half the sum of squared residuals, and its slope, at these unique variances."""
    loadings = _loadings(unique, correlations, n_factors)
    residuals = loadings @ loadings.T + np.diag(unique) - correlations
    return float(np.square(residuals).sum() / 2), np.diag(residuals).copy()


def _loadings(
    unique: NDArray[np.float64], correlations: NDArray[np.float64], n_factors: int
) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(correlations - np.diag(unique))
    strongest = slice(-1, -n_factors - 1, -1)
    return np.asarray(vectors[:, strongest] * np.sqrt(np.maximum(values[strongest], 0)))


def _is_optimum(unique: NDArray[np.float64], slope: NDArray[np.float64]) -> bool:
    # at a bound the slope may point outwards
    held = ((unique <= LOWEST) & (slope > 0)) | ((unique >= 1) & (slope < 0))
    return bool(np.abs(slope[~held]).max(initial=0) < FLAT)
