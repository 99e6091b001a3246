"""The factor model that comes closest to given correlations, and how precise its parameters are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize

from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    NotPositiveDefiniteWarning,
    PsychometricWarning,
    UnreliableErrorsWarning,
)
from psychometrics.ordinal.contingency import as_matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.structure.factor_model import FactorModel

FLAT: Final = 1e-6
"""A slope of the misfit (whose scale is that of correlations) below this is that of an optimum."""
UNDETERMINED: Final = 1e-8
"""A direction whose effect on the correlations is less than this share of the strongest has no effect."""
PRECISION: Final = 1e-14
"""Relative; the golden values ask for parameters to 1e-5 and errors to 1e-6."""


@dataclass(frozen=True, slots=True)
class Solution:
    """Parameters of least weighted misfit, where `correlations` and `weights` (one per pair) are given.

    `directions`, `strengths` and `mix` are the singular value decomposition of the weighted slopes: what the
    model can follow. Tests and errors are made from it, which needs no inverse of a matrix near singular.
    """

    shape: FactorModel
    parameters: NDArray[np.float64]
    correlations: NDArray[np.float64]
    weights: NDArray[np.float64]
    directions: NDArray[np.float64]
    strengths: NDArray[np.float64]
    mix: NDArray[np.float64]
    converged: bool

    @property
    def determined(self) -> NDArray[np.bool_]:
        """Return which directions of the parameters the correlations say something about."""
        return np.asarray(self.strengths > UNDETERMINED * self.strengths[0])

    @property
    def misfit(self) -> float:
        """Return the weighted sum of squared residuals."""
        residuals = self.correlations - self.shape.implied(self.parameters)
        return float((self.weights * residuals**2).sum())

    @property
    def misfit_of_nothing(self) -> float:
        """Return the same for the model in which no items correlate, the baseline of CFI and TLI."""
        return float((self.weights * self.correlations**2).sum())

    @property
    def sensitivities(self) -> NDArray[np.float64]:
        """Return how far each parameter moves with each correlation; NaN where data do not determine them."""
        if not self.determined.all():
            return np.full((len(self.parameters), len(self.correlations)), np.nan)
        inverse = (self.mix.T / self.strengths) @ self.directions.T
        return np.asarray(inverse * np.sqrt(self.weights))

    def weighted(self, covariance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of the correlations in units of the weights."""
        root = np.sqrt(self.weights)
        return root[:, None] * covariance * root

    def misfit_covariance(self, covariance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of the weighted residuals: of what the model cannot follow."""
        followed = self.directions[:, self.determined]
        left = self.weighted(covariance)
        left = left - followed @ (followed.T @ left)
        return np.asarray(left - (left @ followed) @ followed.T)

    def parameter_covariance(self, covariance: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the covariance of the parameters (the sandwich); NaN where data do not determine them."""
        moved = self.sensitivities
        return np.asarray(moved @ covariance @ moved.T)


def solution(shape: FactorModel, correlations: NDArray[np.float64], weights: NDArray[np.float64]) -> Solution:
    """Return the parameters with the least weighted misfit, by Levenberg and Marquardt's method.

    Loadings are not held below one: where they pass it, the result says so.
    """
    root = np.sqrt(weights)

    def _residuals(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return root * (shape.implied(parameters) - correlations)

    def _slopes(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return root[:, None] * shape.slopes(parameters)

    found = optimize.least_squares(
        _residuals,
        _start(shape, correlations),
        jac=_slopes,
        method="lm",
        xtol=PRECISION,
        ftol=PRECISION,
        gtol=PRECISION,
    )
    directions, strengths, mix = np.linalg.svd(_slopes(found.x), full_matrices=False)
    converged = bool(found.optimality < FLAT)
    return Solution(shape, found.x, correlations, weights, directions, strengths, mix, converged)


def solution_cautions(solved: Solution) -> Iterator[PsychometricWarning]:
    """Yield what a user of this solution should know."""
    shape, factors = solved.shape, solved.shape.factor_correlations(solved.parameters)
    for item, loading in zip(shape.items, shape.loadings(solved.parameters), strict=True):
        if abs(loading) > 1:
            yield HeywoodWarning(f"{item}: a loading of {loading:.3f}; no item can share more than it has")
    if np.abs(factors).max() > 1:
        yield HeywoodWarning("a factor correlation beyond 1; take factors together")
    elif np.linalg.eigvalsh(factors)[0] < UNDETERMINED:
        yield NotPositiveDefiniteWarning("the matrix of factor correlations is not positive definite")
    if not solved.converged:
        yield NotConvergedWarning("the factor model did not converge; its estimates mean nothing")
    if not solved.determined.all():
        yield UnreliableErrorsWarning(
            "the correlations do not determine every parameter, so there are no standard errors; "
            "give each factor three items or more"
        )


def _start(shape: FactorModel, correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    # per factor the first principal component of its items, its first item positive: items that are turned
    # around start on the right side
    matrix = as_matrix(correlations, len(shape.items))
    start = np.full(shape.n_parameters, 0.3)
    for factor in range(len(shape.factors)):
        own = np.flatnonzero(shape.factor_of == factor)
        values, vectors = np.linalg.eigh(matrix[np.ix_(own, own)])
        component = vectors[:, -1] * np.sqrt(max(values[-1], 0))
        start[own] = component * np.sign(component[0]) if component[0] else component
    return np.asarray(np.clip(start, -0.95, 0.95))
