"""Items that each load on one factor, and factors that correlate: what such a model says of correlations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from psychometrics.ordinal.contingency import pairs
from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

FEWEST_PER_FACTOR: Final = 2
"""One item cannot tell its factor from its own error."""


@dataclass(frozen=True, slots=True)
class FactorModel:
    """Which factor (by number) each item belongs to; the items in the order of the model.

    Parameters are the loadings, item by item, and then the factor correlations in the order of
    `contingency.pairs`; factors and the normal variables under the items have variance one.
    """

    factors: tuple[str, ...]
    items: tuple[str, ...]
    factor_of: NDArray[np.intp]

    @property
    def n_parameters(self) -> int:
        """Return the number of loadings and factor correlations."""
        return len(self.items) + len(pairs(len(self.factors))[0])

    @property
    def df(self) -> int:
        """Return the number of correlations beyond that of parameters."""
        return len(pairs(len(self.items))[0]) - self.n_parameters

    def loadings(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the loadings, one per item."""
        return parameters[: len(self.items)]

    def factor_correlations(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the correlations of the factors as a matrix."""
        matrix = np.eye(len(self.factors))
        first, second = pairs(len(self.factors))
        matrix[first, second] = matrix[second, first] = parameters[len(self.items) :]
        return matrix

    def implied(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the correlation of each pair of items: loading x factor correlation x loading."""
        first, second = pairs(len(self.items))
        loadings = self.loadings(parameters)
        between = self.factor_correlations(parameters)[self.factor_of[first], self.factor_of[second]]
        return np.asarray(loadings[first] * between * loadings[second])

    def slopes(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the derivatives of `implied`: pair of items x parameter."""
        first, second = pairs(len(self.items))
        loadings, correlations = self.loadings(parameters), self.factor_correlations(parameters)
        of_first, of_second = self.factor_of[first], self.factor_of[second]
        between, pair = correlations[of_first, of_second], np.arange(len(first))
        slopes = np.zeros((len(first), self.n_parameters))
        slopes[pair, first] = between * loadings[second]
        slopes[pair, second] = loadings[first] * between
        apart = of_first != of_second
        column = self._columns()[of_first[apart], of_second[apart]]
        slopes[pair[apart], column] = (loadings[first] * loadings[second])[apart]
        return slopes

    def _columns(self) -> NDArray[np.intp]:
        columns = np.zeros((len(self.factors), len(self.factors)), dtype=np.intp)
        first, second = pairs(len(self.factors))
        columns[first, second] = columns[second, first] = len(self.items) + np.arange(len(first))
        return columns


def factor_model(model: Mapping[str, Sequence[str]], items: Iterable[str]) -> FactorModel:
    """Return the model `{factor: [item, ...]}`, checked against the items there are.

    Raises:
        ScoresError: no factor, a factor with fewer than two items, an item that is not there or stands twice,
            or fewer correlations than parameters; all faults at once.

    Example:
        >>> factor_model({"V": ["A", "B"], "W": ["C", "D"]}, ["A", "B", "C", "D"]).df
        1
    """
    refuse(_faults(model, set(items)))
    found = FactorModel(
        factors=tuple(model),
        items=tuple(item for names in model.values() for item in names),
        factor_of=np.repeat(np.arange(len(model)), [len(names) for names in model.values()]),
    )
    if found.df < 0:
        refuse(
            [f"model: {len(found.items)} items cannot carry this model; give a factor three items or more"]
        )
    return found


def _faults(model: Mapping[str, Sequence[str]], items: set[str]) -> Iterator[str]:
    if not model:
        yield "model: no factors; give {factor: [item, ...]}"
    named = [item for names in model.values() for item in names]
    for factor, names in model.items():
        if len(names) < FEWEST_PER_FACTOR:
            yield f'model["{factor}"]: {len(names)} item(s); give at least {FEWEST_PER_FACTOR}'
        for item in names:
            if item not in items:
                yield f'model["{factor}"]: "{item}" is no column of scores; use one of its items'
    for item in sorted({item for item in named if named.count(item) > 1}):
        yield f'model: "{item}" stands twice; give every item one factor'
