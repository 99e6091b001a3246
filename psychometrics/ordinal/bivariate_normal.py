"""The standard bivariate normal distribution, for arrays; the probability of every cell of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, owens_t

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEYOND: Final = 40.0
"""Stands for infinity among the cuts: the normal distribution has no mass there, and sums stay finite."""
SMALLEST: Final = 1e-13
"""A cell probability is a difference with an error of 1e-16; what is below this is noise."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Probabilities of cells (pair x option x option), and their derivative to the correlation."""

    probabilities: NDArray[np.float64]
    slopes: NDArray[np.float64]


def density(x: NDArray[np.float64], y: NDArray[np.float64], rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density at (x, y) under correlation rho, |rho| < 1."""
    unexplained = (1 - rho) * (1 + rho)
    exponent = (x * x - 2 * rho * x * y + y * y) / (2 * unexplained)
    return np.asarray(np.exp(-exponent) / (2 * np.pi * np.sqrt(unexplained)))


def cdf(x: NDArray[np.float64], y: NDArray[np.float64], rho: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return P(X <= x, Y <= y) under correlation rho, |rho| < 1; arguments broadcast.

    By Owen's T (1956), which scipy has to full precision and for whole arrays at once; scipy's own
    `multivariate_normal.cdf` integrates one point at a time, to six digits.

    Example:
        >>> import numpy as np
        >>> float(cdf(np.array(0.0), np.array(0.0), np.array(0.5)).round(12))  # 1/4 + asin(rho) / 2 pi
        0.333333333333
    """
    # a zero is moved by less than any rounding: Owen's arguments divide by x and y
    x, y = (np.where(value == 0, np.finfo(float).tiny, value) for value in (x, y))
    spread = np.sqrt((1 - rho) * (1 + rho))
    with np.errstate(
        over="ignore"
    ):  # the slope of a line through (almost) zero is infinite, and T knows that
        by_x = owens_t(x, (y / x - rho) / spread)
        by_y = owens_t(y, (x / y - rho) / spread)
    opposite = np.where(np.signbit(x) == np.signbit(y), 0.0, 0.5)
    return np.asarray(0.5 * (ndtr(x) + ndtr(y)) - by_x - by_y - opposite)


def cells(rows: NDArray[np.float64], columns: NDArray[np.float64], rho: NDArray[np.float64]) -> Cells:
    """Return the cell probabilities of tables cut at `rows` and `columns` under correlations `rho`.

    `rows` and `columns` are pair x (options + 1), rising from -BEYOND to BEYOND; `rho` is per pair.
    """
    x, y, r = rows[:, 1:-1, None], columns[:, None, 1:-1], rho[:, None, None]
    n_pairs, n_cuts = rows.shape
    below = np.zeros((n_pairs, n_cuts, columns.shape[1]))
    below[:, 1:-1, 1:-1] = cdf(x, y, r)
    below[:, -1, :], below[:, :, -1] = ndtr(columns), ndtr(rows)
    rising = np.zeros_like(below)
    rising[:, 1:-1, 1:-1] = density(x, y, r)  # the derivative of the cdf to rho (Plackett, 1954)
    return Cells(np.maximum(_differences(below), SMALLEST), _differences(rising))


def _differences(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.diff(np.diff(corners, axis=1), axis=2))
