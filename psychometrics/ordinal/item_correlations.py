"""The correlations that dimensions and reliability are read from: polychoric or product-moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.stats import norm

from psychometrics.cautions import NotPositiveDefiniteWarning, PsychometricWarning
from psychometrics.ordinal.contingency import Codes, as_matrix, codes_of, option_counts, pair_tables, pairs
from psychometrics.polychoric import SINGULAR, cautions, estimate
from psychometrics.scores import refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from psychometrics.polychoric import Estimate

Kind: TypeAlias = Literal["polychoric", "pearson"]
KINDS: Final = ("polychoric", "pearson")
MANY: Final = 20_000
"""From here on the sampling distribution of a correlation of unrelated items is as good as normal."""


class NothingCommonWarning(PsychometricWarning):
    """Items have so little in common that there is nothing for factors to explain."""


@dataclass(frozen=True, slots=True)
class ItemCorrelations:
    """Correlations of items (`matrix`), of which kind, of whose answers, and what to beware of.

    `values` is item x option: the score of every option, 0 where an item has fewer.
    """

    kind: Kind
    codes: Codes
    values: NDArray[np.float64]
    matrix: NDArray[np.float64]
    cautions: tuple[PsychometricWarning, ...]

    @property
    def items(self) -> pd.Index:
        """Return the names of the items."""
        return self.codes.items

    @property
    def n_items(self) -> int:
        """Return the number of items."""
        return self.codes.n_items

    @property
    def n_respondents(self) -> int:
        """Return the number of complete respondents."""
        return self.codes.n_respondents

    @property
    def is_positive_definite(self) -> bool:
        """Return whether the correlations are those of items of which none follows from the others."""
        return bool(np.linalg.eigvalsh(self.matrix)[0] >= SINGULAR)

    def of_shuffled_answers(self, random: np.random.Generator) -> NDArray[np.float64]:
        """Return the same correlations after every item's answers were dealt anew over the respondents.

        From `MANY` respondents on they are drawn from the normal distribution that they then have, so that a
        draw costs no more for a million respondents.
        """
        if self.n_respondents >= MANY:
            return self._of_the_limit(random)
        shuffled = replace(self.codes, values=random.permuted(self.codes.values, axis=1))
        if self.kind == "polychoric":
            return estimate(shuffled).correlations
        return _product_moment(shuffled, self.values)

    def _of_the_limit(self, random: np.random.Generator) -> NDArray[np.float64]:
        # correlations of unrelated items are unrelated to each other, with variance 1 / (N a_i a_j)
        first, second = pairs(self.n_items)
        known = _information(self.codes) if self.kind == "polychoric" else np.ones(self.n_items)
        errors = 1 / np.sqrt(self.n_respondents * known[first] * known[second])
        return as_matrix(errors * random.standard_normal(len(first)), self.n_items)


def item_correlations(scores: pd.DataFrame, kind: Kind) -> ItemCorrelations:
    """Return the correlations of all items over complete cases.

    Raises:
        ScoresError: what `contingency.codes_of` refuses, or a kind of correlation that is not known here.

    Example:
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4], "B": [1, 3, 2, 4]})
        >>> item_correlations(scores, "pearson").matrix.round(3).tolist()
        [[1.0, 0.8], [0.8, 1.0]]
    """
    if kind not in KINDS:
        refuse([f'correlations: "{kind}" is not known here; use one of: {", ".join(KINDS)}'])
    codes = codes_of(scores)
    values = option_values(scores, codes)
    if kind == "polychoric":
        return _polychoric(estimate(codes), values)
    return _with_cautions(ItemCorrelations(kind, codes, values, _product_moment(codes, values), ()))


def option_values(scores: pd.DataFrame, codes: Codes) -> NDArray[np.float64]:
    """Return the score that every code (column) of every item (row) stands for, 0 where there is none."""
    rows = np.flatnonzero(codes.complete)
    values = np.zeros((codes.n_items, int(codes.n_options.max())))
    for item, (answers, n_options) in enumerate(zip(codes.values, codes.n_options, strict=True)):
        chosen_by = [rows[np.argmax(answers == option)] for option in range(n_options)]
        values[item, :n_options] = scores.iloc[chosen_by, item].to_numpy(dtype=np.float64)
    return values


def _polychoric(found: Estimate, values: NDArray[np.float64]) -> ItemCorrelations:
    return ItemCorrelations("polychoric", found.codes, values, found.correlations, tuple(cautions(found)))


def _product_moment(codes: Codes, values: NDArray[np.float64]) -> NDArray[np.float64]:
    # from the tables of pairs: exact, and without turning a million bytes per item into floats
    first, second = pairs(codes.n_items)
    shares = option_counts(codes) / codes.n_respondents
    centred = values - (shares * values).sum(axis=1, keepdims=True)
    standard = centred / np.sqrt((shares * centred**2).sum(axis=1, keepdims=True))
    products = np.einsum("pab,pa,pb->p", pair_tables(codes), standard[first], standard[second])
    return as_matrix(np.clip(products / codes.n_respondents, -1, 1), codes.n_items)


def _information(codes: Codes) -> NDArray[np.float64]:
    """Return, per item, the variance of the expected normal variable given the answer.

    The expected information of a polychoric correlation at zero is the product of the two items' (Olsson,
    1979, with rho = 0); it is 1 for an item with infinitely many options.
    """
    shares = option_counts(codes) / codes.n_respondents
    densities = norm.pdf(norm.ppf(np.minimum(np.cumsum(shares, axis=1), 1)))
    moved = np.diff(densities, axis=1, prepend=0)
    return np.asarray(np.divide(moved**2, shares, out=np.zeros_like(shares), where=shares > 0).sum(axis=1))


def _with_cautions(found: ItemCorrelations) -> ItemCorrelations:
    if found.is_positive_definite:
        return found
    caution = NotPositiveDefiniteWarning(
        "the matrix of correlations is not positive definite; leave out items that follow from the others"
    )
    return replace(found, cautions=(caution,))
