"""The fit of one step of invariance to the moments of all groups; the test of a step against another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import optimize
from scipy.linalg import qr, solve_triangular

from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    NotPositiveDefiniteWarning,
    PsychometricWarning,
    UnreliableErrorsWarning,
)
from psychometrics.structure.factor_solution import FLAT, PRECISION, UNDETERMINED
from psychometrics.structure.fit_indices import FitTest, scaled_and_shifted

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from numpy.typing import NDArray

    from psychometrics.structure.group_moments import GroupedMoments
    from psychometrics.structure.invariance_model import InvarianceModel, Step, Values

DISTINCT: Final = 1e-3
"""A column of which less than this share lies outside the columns before it needs a more careful method."""

MOST_STEPS: Final = 300
"""Models that have a best fit find it in 5 to 50; without one, a loading grows for ever."""


@dataclass(frozen=True, slots=True)
class StepFit:
    """A step with its parameters of least weighted misfit.

    `slopes` are those of the moments; `followed` is an orthonormal basis of what the weighted moments can
    follow by a change of parameters.
    """

    step: Step
    parameters: NDArray[np.float64]
    residuals: NDArray[np.float64]
    chi2: float
    slopes: NDArray[np.float64]
    followed: NDArray[np.float64]
    converged: bool

    @property
    def df(self) -> int:
        """Return the number of moments beyond that of parameters."""
        return len(self.residuals) - self.step.n_parameters

    @property
    def is_determined(self) -> bool:
        """Return whether the answers say something about every parameter; if not, `df` counts too many."""
        return bool(self.followed.shape[1] == self.step.n_parameters)

    @property
    def has_tests(self) -> bool:
        """Return whether the search ended where a test says something."""
        return self.converged and self.is_determined


def fit_step(step: Step, found: GroupedMoments, start: Sequence[Values]) -> StepFit:
    """Return the fit of the step, from `start` (a set per group), by Levenberg and Marquardt's method.

    As in lavaan, the misfit of a group of n counts n - 1 times, and in the tests its moments n times.
    """
    moments, n = found.moments, found.n_behind
    root = np.sqrt(found.weights * (n - 1) / found.n_respondents)

    def _residuals(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return root * (step.implied(parameters) - moments)

    def _slopes(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return root[:, None] * step.slopes(parameters)

    best = optimize.least_squares(
        _residuals,
        step.parameters(np.array([own.flat for own in start])),
        jac=_slopes,
        method="lm",
        xtol=PRECISION,
        ftol=PRECISION,
        gtol=PRECISION,
        max_nfev=MOST_STEPS,
    )
    slopes, residuals = step.slopes(best.x), moments - step.implied(best.x)
    chi2 = float((found.weights * (n - 1) * residuals**2).sum())
    followed = _basis(np.sqrt(found.weights * n)[:, None] * slopes)
    return StepFit(step, best.x, residuals, chi2, slopes, followed, bool(best.optimality < FLAT))


def own_test(fit: StepFit, found: GroupedMoments) -> FitTest:
    """Return the scaled test of the step itself: of all that it does not follow."""
    left = found.covariance - _share(fit.followed, found.covariance)
    return scaled_and_shifted(fit.chi2, fit.df, left - _share(fit.followed, left.T).T)


def difference_test(wide: StepFit, narrow: StepFit, found: GroupedMoments) -> FitTest:
    """Return the scaled test of what `narrow` holds equal and `wide` does not.

    The difference of two scaled chi-squares is no chi-square. That of the plain ones becomes one when it is
    scaled and shifted for what `wide` can follow and `narrow` cannot (Satorra, 2000; in lavaan
    `satorra.2000`, A by "delta"). The slopes of each are those at its own estimates, so what `narrow` follows
    is first brought, by plain least squares, within what `wide` follows. NaN where that cannot vary: groups
    that are copies of each other.
    """
    df, chi2 = narrow.df - wide.df, narrow.chi2 - wide.chi2
    if df == 0:
        return FitTest(chi2, df, 0.0)
    nested = _share(_basis(wide.slopes), narrow.slopes)
    shared = _basis(np.sqrt(found.weights * found.n_behind)[:, None] * nested)
    left = _share(wide.followed, found.covariance) - _share(shared, found.covariance)
    left = _share(wide.followed, left.T) - _share(shared, left.T)
    if np.trace(left) < UNDETERMINED * df:
        return FitTest(chi2, df, np.nan)
    return scaled_and_shifted(chi2, df, left)


def fit_cautions(fit: StepFit, labels: Sequence[Hashable]) -> Iterator[PsychometricWarning]:
    """Yield what a user of this fit should know."""
    step = fit.step
    if not fit.converged:
        yield NotConvergedWarning(f"{step.name}: the model did not converge; it has no tests")
    if not fit.is_determined:
        yield UnreliableErrorsWarning(
            f"{step.name}: the answers do not determine every parameter, so it has no tests; "
            "give each factor three items or more"
        )
    for label, own in zip(labels, step.of_groups(fit.parameters), strict=True):
        yield from _improper(f'{step.name}, group "{label}"', step.model, own)


def _improper(place: str, model: InvarianceModel, own: Values) -> Iterator[PsychometricWarning]:
    factors = model.factor_covariances(own)
    standardised = own.scales * own.loadings * np.sqrt(np.abs(own.variances))[model.shape.factor_of]
    for item, loading, scale in zip(model.shape.items, standardised, own.scales, strict=True):
        if abs(loading) > 1:
            yield HeywoodWarning(
                f"{place}: {item}: a loading of {loading:.3f}; no item shares more than it has"
            )
        if scale <= 0:
            yield HeywoodWarning(f"{place}: {item}: a response of negative scale; leave the item out")
    if np.linalg.eigvalsh(factors)[0] < UNDETERMINED:
        yield NotPositiveDefiniteWarning(
            f"{place}: the matrix of factor covariances is not positive definite; take factors together"
        )


def _basis(slopes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an orthonormal basis of the columns, without directions that have no effect."""
    length = np.linalg.norm(slopes, axis=0)
    columns = slopes / np.where(length > 0, length, 1)
    # Cholesky's factor of the products takes a tenth of the time of a QR decomposition, and on a busy machine
    # a hundredth (fewer calls for BLAS to divide over threads); but it squares what makes columns alike
    try:
        triangle = np.linalg.cholesky(columns.T @ columns)
    except np.linalg.LinAlgError:
        return _careful_basis(columns)
    if np.diag(triangle).min() < DISTINCT:
        return _careful_basis(columns)
    return np.asarray(solve_triangular(triangle, columns.T, lower=True).T)


def _careful_basis(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    directions, triangle, _ = qr(columns, mode="economic", pivoting=True)
    size = np.abs(np.diag(triangle))
    return np.asarray(directions[:, size > UNDETERMINED * size[0]])


def _share(basis: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the part of each column that lies in the space of the basis."""
    return basis @ (basis.T @ of)
