"""Means that may be told: to one decimal, and never so near an end that one pupil could be seen (D4, D5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from export.disclosure.rules import MARGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from export.disclosure.counts import Counts

    Numbers: TypeAlias = NDArray[np.float64]

NOISE = 1e-9
"""What binary thirds leave behind, or 2.65 would become a 2.6."""


def flattened(counts: Counts, weights: Counts) -> Numbers:
    """Return the sum of levels, weighted, where fewer than three who differ count as one pupil (D4).

    `counts` and `weights` have a last axis of levels. Where all gave one answer but for fewer than three,
    what these few answered must not be seen in the mean either, or its rounding would tell 0 from 1 now
    and then. They count as one pupil, one level off where the others are at an end of the item: about what
    none, one or two such pupils come to on average.
    """
    levels = np.arange(1, counts.shape[-1] + 1)
    n_answers, weight = counts.sum(axis=-1), weights.sum(axis=-1)
    usual = counts.argmax(axis=-1) + 1
    is_flat = n_answers - counts.max(axis=-1) < MARGIN
    inward = (usual == 1).astype(np.int64) - (usual == levels[-1])
    alike = usual * weight + inward * weight / np.maximum(n_answers, 1)
    return np.asarray(np.where(is_flat, alike, (weights * levels).sum(axis=-1)), dtype=np.float64)


def clipped(means: Numbers, n_told: Counts, *, low: int, high: int) -> Numbers:
    """Return means to one decimal, at least 3/n from the ends; NaN where the two margins pass each other.

    `n_told` is the number that is printed, so that the margin cannot tell apart what that number hides.
    Rounded half up, as taught at school, and the margins inwards: outwards they would print the end of the
    scale again for more than sixty pupils.
    """
    tenths = np.floor(means * 10 + 0.5 + NOISE)
    # in whole numbers: no binary fraction decides on a border
    margin = -(-10 * MARGIN // np.maximum(n_told, 1))
    least, most = 10 * low + margin, 10 * high - margin
    return np.where(least > most, np.nan, np.clip(tenths, least, most) / 10)
