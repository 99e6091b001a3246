"""Turning factors until each item has few: varimax, promax and oblimin, as R's psych does them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from psychometrics.cautions import NotConvergedWarning
from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from psychometrics.cautions import PsychometricWarning

Name: TypeAlias = Literal["none", "varimax", "oblimin", "promax"]

GAIN: Final = 1e-5
"""Relative gain at which varimax stops, as stats::varimax in R does: the criterion is flat at its optimum, so
that loadings there differ by up to .01 from those of a finer search, and ours are to be those of R."""
LOSS: Final = 1e-3
"""Share of the criterion that stopping so early may cost; beyond it R is no example (see `varimax`)."""
FLAT: Final = 1e-5
"""Slope of the criterion at which oblimin stops, as GPArotation does, for the same reason as `GAIN`."""
MOST_STEPS: Final = 1_000
MOST_TRIALS: Final = 11
"""Lengths of step tried before the last one is taken as it is; this and the number of steps as in R."""
POWER: Final = 4
"""Of promax: loadings to this power are the target (Hendrickson and White, 1964)."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """Rotated loadings (item x factor), correlations of the factors, and whether an optimum was found."""

    loadings: NDArray[np.float64]
    factor_correlations: NDArray[np.float64]
    converged: bool

    @property
    def strengths(self) -> NDArray[np.float64]:
        """Return the variance that each factor explains, the sum over all items."""
        return np.asarray(np.diag(self.factor_correlations @ self.loadings.T @ self.loadings))


def check_rotation(rotation: Name) -> None:
    """Refuse a rotation that is not known here."""
    if rotation not in ROTATIONS:
        refuse([f'rotation: "{rotation}" is not known here; use one of: {", ".join(ROTATIONS)}'])


def rotated(loadings: NDArray[np.float64], rotation: Name) -> Rotation:
    """Return the loadings rotated, the strongest factor first and every factor with a positive sum.

    `loadings` are those of uncorrelated factors. One factor cannot be rotated.

    Raises:
        ScoresError: a rotation that is not known here.

    Example:
        >>> simple = np.array([[0.8, 0], [0.7, 0], [0, 0.6], [0, 0.5]])
        >>> turned = simple @ np.array([[0.6, -0.8], [0.8, 0.6]])
        >>> (rotated(turned, "oblimin").loadings.round(4) + 0.0).tolist()
        [[0.8, 0.0], [0.7, 0.0], [0.0, 0.6], [0.0, 0.5]]
    """
    check_rotation(rotation)
    if loadings.shape[1] == 1:
        return _sorted(_unrotated(loadings))
    return _sorted(ROTATIONS[rotation](loadings))


def rotation_cautions(found: Rotation) -> Iterator[PsychometricWarning]:
    """Yield what a user of this rotation should know."""
    if not found.converged:
        yield NotConvergedWarning("the rotation did not converge; ask for fewer factors")


def varimax(loadings: NDArray[np.float64]) -> Rotation:
    """Return the orthogonal rotation with the largest variance of squared loadings (Kaiser, 1958).

    With Kaiser's normalisation: items weigh the same, whatever their communality. As R does it, from all
    factors at once; but where factors have equally many items and these no other, that search jumps to and
    fro over the optimum, and R returns loadings that are off by .5. Then factors are turned two by two.
    """
    lengths = _lengths(loadings)
    as_in_r, optimum = _all_at_once(loadings / lengths), _two_by_two(loadings / lengths)
    is_near = _simplicity(as_in_r) > (1 - LOSS) * _simplicity(optimum)
    turned = as_in_r if is_near else optimum
    return Rotation(turned * lengths, np.eye(loadings.shape[1]), converged=True)


def promax(loadings: NDArray[np.float64]) -> Rotation:
    """Return the oblique rotation towards the fourth powers of varimax (Hendrickson and White, 1964).

    With Kaiser's normalisation, as psych::kaiser does.
    """
    lengths = _lengths(loadings)
    start = varimax(loadings / lengths)
    target = start.loadings * np.abs(start.loadings) ** (POWER - 1)
    turn = np.linalg.lstsq(start.loadings, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    inverse = np.linalg.inv(turn)
    return Rotation(start.loadings @ turn * lengths, inverse @ inverse.T, start.converged)


def oblimin(loadings: NDArray[np.float64]) -> Rotation:
    """Return the oblique rotation with the smallest products of squared loadings (direct quartimin).

    Jennrich and Sampson (1966), by gradient projection (Jennrich, 2002), from the loadings as they are and
    without normalisation, as GPArotation::oblimin does. The columns of `turn` have length one.
    """
    turn, length = np.eye(loadings.shape[1]), 1.0
    criterion, slope = _quartimin(loadings, turn)
    for _ in range(MOST_STEPS):
        downhill = slope - turn * (turn * slope).sum(axis=0)
        steepness = float(np.linalg.norm(downhill))
        if steepness < FLAT:
            break
        length *= 2
        for _ in range(MOST_TRIALS):
            trial = turn - length * downhill
            trial = trial / np.linalg.norm(trial, axis=0)
            lower, new_slope = _quartimin(loadings, trial)
            if criterion - lower > steepness**2 * length / 2:
                break
            length /= 2
        turn, criterion, slope = trial, lower, new_slope
    return Rotation(loadings @ np.linalg.inv(turn).T, turn.T @ turn, steepness < FLAT)


def _simplicity(loadings: NDArray[np.float64]) -> float:
    return float(np.square(loadings).var(axis=0).sum())


def _all_at_once(start: NDArray[np.float64]) -> NDArray[np.float64]:
    turn, size = np.eye(start.shape[1]), 0.0
    for _ in range(MOST_STEPS):
        now = start @ turn
        left, strengths, right = np.linalg.svd(start.T @ (now**3 - now * np.square(now).mean(axis=0)))
        turn, size, past = left @ right, float(strengths.sum()), size
        if size < past * (1 + GAIN):
            break
    return np.asarray(start @ turn)


def _two_by_two(start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the varimax of Kaiser (1958): per pair of factors the best angle is known."""
    now = start.copy()
    for _ in range(MOST_STEPS):
        largest = 0.0
        for one, other in zip(*np.triu_indices(now.shape[1], 1), strict=True):
            point = (now[:, one] + 1j * now[:, other]) ** 2
            angle = float(np.angle((point**2).mean() - point.mean() ** 2)) / 4
            turned = (now[:, one] + 1j * now[:, other]) * np.exp(-1j * angle)
            now[:, one], now[:, other] = turned.real, turned.imag
            largest = max(largest, abs(angle))
        if largest < FLAT:
            break
    return now


def _unrotated(loadings: NDArray[np.float64]) -> Rotation:
    return Rotation(loadings, np.eye(loadings.shape[1]), converged=True)


ROTATIONS: Final[dict[str, Callable[[NDArray[np.float64]], Rotation]]] = {
    "none": _unrotated,
    "varimax": varimax,
    "oblimin": oblimin,
    "promax": promax,
}


def _quartimin(loadings: NDArray[np.float64], turn: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return the criterion, sum of l_ij^2 l_ik^2 over items i and factors j < k, halved; and its slope."""
    inverse = np.linalg.inv(turn)
    now = loadings @ inverse.T
    others = np.square(now).sum(axis=1, keepdims=True) - np.square(now)
    return float((now**2 * others).sum() / 4), -(now.T @ (now * others) @ inverse).T


def _lengths(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(loadings, axis=1, keepdims=True)
    return np.where(lengths > 0, lengths, 1)


def _sorted(found: Rotation) -> Rotation:
    order = np.argsort(-found.strengths, kind="stable")
    signs = np.where(found.loadings.sum(axis=0) < 0, -1, 1)[order]
    correlations = found.factor_correlations[np.ix_(order, order)] * np.outer(signs, signs)
    return Rotation(found.loadings[:, order] * signs, correlations, found.converged)
