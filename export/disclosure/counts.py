"""Counts of answers as arrays, the last axis the levels of an item from least to most favourable.

The same functions serve one item of one school and all items of a country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from export.disclosure.rules import MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[np.int64]
    Truths: TypeAlias = NDArray[np.bool_]


def readable(n_valid: Any, n_respondents: Any) -> Any:  # noqa: ANN401 - a number, or an array of them
    """Return the number of answers that may be told: n-2, n-1 and n of n respondents read the same (D4)."""
    return np.where(np.subtract(n_respondents, n_valid) < MARGIN, n_respondents, n_valid)


def completed(counts: Counts, n_respondents: Counts) -> Counts:
    """Count up to two pupils without an answer with the largest class, so that their number is not seen (D4).

    Else shares of 9 pupils among those of 10 would say that one of a known ten left the question open.
    """
    missing = readable(counts.sum(axis=-1), n_respondents) - counts.sum(axis=-1)
    largest = np.arange(counts.shape[-1]) == counts.argmax(axis=-1)[..., None]
    return np.asarray(counts + largest * missing[..., None])
