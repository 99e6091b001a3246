"""A factor model, partly equal across groups: what it says of thresholds and correlations."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from psychometrics.ordinal.contingency import pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from psychometrics.structure.factor_model import FactorModel

FEWEST_FOR_SCALE: Final = 3
"""Options; a single threshold moves with the mean of the response and with its scale alike."""
STEPS: Final = ("configural", "thresholds", "loadings", "intercepts")
"""What is held equal across groups, each step on top of the one before (Wu and Estabrook, 2016)."""


@dataclass(frozen=True, slots=True)
class Values:
    """One group's values of every quantity of the model, whether estimated or fixed.

    A normal response lies under every item: `intercepts` + `loadings` x factor + error, cut at `thresholds`.
    `scales` are one over its standard deviation (lavaan's delta). Factors have means, variances and
    covariances (of the pairs of factors).
    """

    thresholds: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    scales: NDArray[np.float64]
    loadings: NDArray[np.float64]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]
    covariances: NDArray[np.float64]

    @property
    def flat(self) -> NDArray[np.float64]:
        """Return all of them in one array."""
        return np.concatenate([getattr(self, field.name) for field in fields(self)])


@dataclass(frozen=True, slots=True)
class InvarianceModel:
    """The factor model and the number of options of its items: what every step and every group shares."""

    shape: FactorModel
    n_options: NDArray[np.intp]

    @property
    def item_of(self) -> NDArray[np.intp]:
        """Return the item of each threshold."""
        return np.repeat(np.arange(len(self.n_options)), self.n_options - 1)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return how many of each of `Values` there are."""
        n_items, n_factors = len(self.shape.items), len(self.shape.factors)
        of_factors = (n_factors, n_factors, len(pairs(n_factors)[0]))
        return (len(self.item_of), n_items, n_items, n_items, *of_factors)

    def values(self, flat: NDArray[np.float64]) -> Values:
        """Return one group's values by name."""
        return Values(*np.split(flat, np.cumsum(self.sizes)[:-1]))

    def implied(self, values: Values) -> NDArray[np.float64]:
        """Return the thresholds, scale x (threshold - mean), and the correlations, both standardised."""
        first, second = pairs(len(self.shape.items))
        loadings = values.scales * values.loadings
        correlations = loadings[first] * self._between(values) * loadings[second]
        thresholds = values.scales[self.item_of] * self._from_mean(values)
        return np.concatenate([thresholds, correlations])

    def slopes(self, values: Values) -> NDArray[np.float64]:
        """Return the derivatives of `implied`: moment x quantity."""
        ends = np.cumsum(self.sizes)
        slopes = np.zeros((ends[0] + len(pairs(len(self.shape.items))[0]), ends[-1]))
        self._fill_thresholds(slopes[: ends[0]], values)
        self._fill_correlations(slopes[ends[0] :], values)
        return slopes

    def factor_covariances(self, values: Values) -> NDArray[np.float64]:
        """Return the covariances of the factors as a matrix."""
        matrix = np.diag(values.variances)
        first, second = pairs(len(self.shape.factors))
        matrix[first, second] = matrix[second, first] = values.covariances
        return matrix

    def _from_mean(self, values: Values) -> NDArray[np.float64]:
        means = values.intercepts + values.loadings * values.means[self.shape.factor_of]
        return np.asarray(values.thresholds - means[self.item_of])

    def _between(self, values: Values) -> NDArray[np.float64]:
        first, second = (self.shape.factor_of[one] for one in pairs(len(self.shape.items)))
        return np.asarray(self.factor_covariances(values)[first, second])

    def _fill_thresholds(self, slopes: NDArray[np.float64], values: Values) -> None:
        of_thresholds, of_intercepts, of_scales, of_loadings, of_means, *_ = self._columns()
        item, row = self.item_of, np.arange(len(slopes))
        factor, scale = self.shape.factor_of[item], values.scales[item]
        slopes[row, of_thresholds] = scale
        slopes[row, of_intercepts[item]] = -scale
        slopes[row, of_scales[item]] = self._from_mean(values)
        slopes[row, of_loadings[item]] = -scale * values.means[factor]
        slopes[row, of_means[factor]] = -scale * values.loadings[item]

    def _fill_correlations(self, slopes: NDArray[np.float64], values: Values) -> None:
        _, _, of_scales, of_loadings, _, of_variances, of_covariances = self._columns()
        first, second = pairs(len(self.shape.items))
        row, between = np.arange(len(slopes)), self._between(values)
        loadings = values.scales * values.loadings
        for item, other in ((first, second), (second, first)):
            slopes[row, of_scales[item]] = values.loadings[item] * between * loadings[other]
            slopes[row, of_loadings[item]] = values.scales[item] * between * loadings[other]
        column = np.diag(of_variances)
        one, two = pairs(len(self.shape.factors))
        column[one, two] = column[two, one] = of_covariances
        factors = self.shape.factor_of[first], self.shape.factor_of[second]
        slopes[row, column[factors]] = loadings[first] * loadings[second]

    def _columns(self) -> list[NDArray[np.intp]]:
        return np.split(np.arange(sum(self.sizes)), np.cumsum(self.sizes)[:-1])


@dataclass(frozen=True, slots=True)
class Step:
    """Which quantities are estimated, and which of these are one parameter.

    `parameter_of` is group x quantity: the number of the parameter, or -1 for a quantity that is fixed at its
    value in `fixed`.
    """

    name: str
    model: InvarianceModel
    parameter_of: NDArray[np.intp]
    fixed: NDArray[np.float64]

    @property
    def n_parameters(self) -> int:
        """Return the number of parameters."""
        return int(self.parameter_of.max()) + 1

    def quantities(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return every quantity of every group: group x quantity."""
        return np.where(self.parameter_of >= 0, parameters[self.parameter_of], self.fixed)

    def parameters(self, quantities: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the parameters; one that groups share has the value of the first group."""
        parameters = np.empty(self.n_parameters)
        for numbers, own in zip(self.parameter_of[::-1], quantities[::-1], strict=True):
            parameters[numbers[numbers >= 0]] = own[numbers >= 0]
        return parameters

    def implied(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the moments of all groups, one after the other."""
        return np.concatenate([self.model.implied(own) for own in self.of_groups(parameters)])

    def slopes(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the derivatives of `implied`: moment x parameter."""
        blocks = [self.model.slopes(own) for own in self.of_groups(parameters)]
        slopes = np.zeros((len(blocks), len(blocks[0]), self.n_parameters))
        for block, numbers, into in zip(blocks, self.parameter_of, slopes, strict=True):
            into[:, numbers[numbers >= 0]] = block[:, numbers >= 0]
        return slopes.reshape(-1, self.n_parameters)

    def of_groups(self, parameters: NDArray[np.float64]) -> Iterator[Values]:
        """Yield the values of each group."""
        for own in self.quantities(parameters):
            yield self.model.values(own)


def invariance_steps(model: InvarianceModel, n_groups: int) -> Iterator[Step]:
    """Yield the steps, identified as Wu and Estabrook (2016), by semTools' `measEq.syntax`.

    In the first group responses have mean 0 and scale 1, factors mean 0 and variance 1. In the others so too,
    until something equal makes it unnecessary: equal thresholds free the intercepts and scales of responses,
    equal loadings the variances and equal intercepts the means of factors. An item of two options has its
    scale free in the last step only: before, nothing determines it.
    """
    for number, name in enumerate(STEPS):
        equal = {held: number >= STEPS.index(held) for held in STEPS[1:]}
        yield Step(name, model, _numbers(model, equal, n_groups), _fixed(model, n_groups))


def _numbers(model: InvarianceModel, equal: dict[str, bool], n_groups: int) -> NDArray[np.intp]:
    in_first = _spread(model, thresholds=True, loadings=True, covariances=True)
    shared = _spread(model, thresholds=equal["thresholds"], loadings=equal["loadings"])
    determined = equal["thresholds"] & (model.n_options >= FEWEST_FOR_SCALE)
    in_others = in_first | _spread(
        model,
        intercepts=equal["thresholds"] and not equal["intercepts"],
        scales=determined | equal["intercepts"],
        means=equal["intercepts"],
        variances=equal["loadings"],
    )
    numbers = np.full((n_groups, len(shared)), -1)
    numbers[0, in_first] = np.arange(np.count_nonzero(in_first))
    numbers[1:, shared] = numbers[0, shared]
    own = in_others & ~shared
    count = np.arange(np.count_nonzero(own) * (n_groups - 1)).reshape(n_groups - 1, -1)
    numbers[1:, own] = numbers[0].max() + 1 + count
    return numbers


def _fixed(model: InvarianceModel, n_groups: int) -> NDArray[np.float64]:
    values = np.where(_spread(model, scales=True, variances=True), 1.0, 0.0)
    return np.tile(values, (n_groups, 1))


def _spread(model: InvarianceModel, **flags: bool | NDArray[np.bool_]) -> NDArray[np.bool_]:
    named = zip(fields(Values), model.sizes, strict=True)
    return np.concatenate([np.broadcast_to(flags.get(field.name, False), size) for field, size in named])
