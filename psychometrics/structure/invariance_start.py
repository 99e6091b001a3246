"""Where the search for each step of invariance starts: near its end, from the step before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from psychometrics.structure.factor_solution import solution
from psychometrics.structure.invariance_model import FEWEST_FOR_SCALE, InvarianceModel, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from psychometrics.structure.group_moments import GroupedMoments, GroupMoments


def separate_fits(model: InvarianceModel, found: GroupedMoments) -> tuple[Values, ...]:
    """Return the values of a fit in each group by itself, with factors turned as in the first group."""
    fits = [_alone(model, group) for group in found.groups]
    return tuple(_turned(model, fit, fits[0].loadings) for fit in fits)


def start_of(name: str, model: InvarianceModel, before: Sequence[Values]) -> tuple[Values, ...]:
    """Return values that satisfy the step of this name and lie near those of the step before."""
    near = _NEAR.get(name)
    return tuple(before) if near is None else tuple(near(model, own, before[0]) for own in before)


def _alone(model: InvarianceModel, group: GroupMoments) -> Values:
    shape, n = model.shape, group.n_thresholds
    solved = solution(shape, group.moments[n:], group.weights[n:]).parameters
    n_items, n_factors = len(shape.items), len(shape.factors)
    return Values(
        thresholds=group.moments[:n],
        intercepts=np.zeros(n_items),
        scales=np.ones(n_items),
        loadings=shape.loadings(solved),
        means=np.zeros(n_factors),
        variances=np.ones(n_factors),
        covariances=solved[n_items:],
    )


def _turned(model: InvarianceModel, own: Values, loadings: NDArray[np.float64]) -> Values:
    # a factor and its negative fit alike; equal loadings need the same one in every group
    sign = np.where(_per_factor(model, own.loadings * loadings) < 0, -1.0, 1.0)
    return replace(
        own,
        loadings=own.loadings * sign[model.shape.factor_of],
        covariances=own.covariances * _products(sign),
    )


def _with_equal_thresholds(model: InvarianceModel, own: Values, first: Values) -> Values:
    # own thresholds = scale x (first's - intercept): per item a straight line, by least squares
    item, counts = model.item_of, model.n_options - 1
    mean_own, mean_first = (np.bincount(item, of.thresholds) / counts for of in (own, first))
    from_mean = first.thresholds - mean_first[item]
    spread = np.bincount(item, from_mean**2)
    shared = np.bincount(item, from_mean * own.thresholds)
    has_scale = model.n_options >= FEWEST_FOR_SCALE
    scales = np.divide(shared, spread, out=np.ones_like(spread), where=has_scale)
    return replace(
        own,
        thresholds=first.thresholds,
        intercepts=mean_first - mean_own / scales,
        scales=scales,
        loadings=own.loadings / scales,
    )


def _with_equal_loadings(model: InvarianceModel, own: Values, first: Values) -> Values:
    size = _per_factor(model, own.loadings * first.loadings) / _per_factor(model, first.loadings**2)
    return replace(
        own,
        loadings=first.loadings,
        variances=own.variances * size**2,
        covariances=own.covariances * _products(size),
    )


def _with_equal_intercepts(model: InvarianceModel, own: Values, first: Values) -> Values:
    del first  # its intercepts are zero
    means = _per_factor(model, own.intercepts * own.loadings) / _per_factor(model, own.loadings**2)
    return replace(own, intercepts=np.zeros_like(own.intercepts), means=means)


_NEAR: Final[dict[str, Callable[[InvarianceModel, Values, Values], Values]]] = {
    "thresholds": _with_equal_thresholds,
    "loadings": _with_equal_loadings,
    "intercepts": _with_equal_intercepts,
}


def _per_factor(model: InvarianceModel, of_items: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.bincount(model.shape.factor_of, of_items).astype(np.float64)


def _products(of_factors: NDArray[np.float64]) -> NDArray[np.float64]:
    first, second = np.triu_indices(len(of_factors), 1)
    return np.asarray(of_factors[first] * of_factors[second])
