"""Points and weights that stand for a normal ability; knows no items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import logsumexp

from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FEWEST_NODES: Final = 11
"""With fewer, a posterior falls between two nodes."""


@dataclass(frozen=True, slots=True)
class Quadrature:
    """Equally spaced points with the logarithms of their standard normal weights, which add up to one."""

    points: NDArray[np.float64]
    log_weights: NDArray[np.float64]

    @property
    def distance(self) -> float:
        """Return how far two neighbouring points lie apart."""
        return float(self.points[1] - self.points[0])


def normal_quadrature(nodes: int, bound: float) -> Quadrature:
    """Return `nodes` points from -`bound` to `bound` with weights in proportion to the normal density.

    Equal steps are the trapezium rule: for smooth functions that vanish at both ends its error falls faster
    than any power of the step (Trefethen & Weideman, 2014). R's mirt uses the same.

    Raises:
        ScoresError: fewer than `FEWEST_NODES` nodes, or a bound that is not above zero.

    Example:
        >>> quadrature = normal_quadrature(61, 6.0)
        >>> round(float((np.exp(quadrature.log_weights) * quadrature.points**2).sum()), 6)
        1.0
    """
    refuse(_faults(nodes, bound))
    points = np.linspace(-bound, bound, nodes)
    logarithms = -(points**2) / 2
    return Quadrature(points, logarithms - logsumexp(logarithms))


def _faults(nodes: int, bound: float) -> Iterator[str]:
    if nodes < FEWEST_NODES:
        yield f"nodes: {nodes} are too few to follow an item; give at least {FEWEST_NODES}, or leave it at 61"
    if not (np.isfinite(bound) and bound > 0):
        yield f"bound: {bound} is not above zero; give the highest ability, for instance 6.0"
