"""Two-way tables of answers, all that ordinal correlations need; refuses what is no ordered answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from psychometrics.scores import FEWEST_ITEMS, FEWEST_RESPONDENTS, checked, complete_cases, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

MOST_OPTIONS: Final = 30
"""With more options than this a score is a quantity rather than an ordered answer; ours have 3 to 5."""
FEWEST_OPTIONS: Final = 2
"""One option leaves nothing to count."""
ROWS_AT_ONCE: Final = 16_384
"""Respondents recoded at a time: a block of frame that stays in the processor's cache."""
WORDS_AT_ONCE: Final = 4_096
"""Words of 64 respondents counted at a time, for the same reason."""
THREADS: Final = 2
"""numpy's AND and popcount release the interpreter; a second thread halves the time of counting."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Complete answers, recoded: `values` is item x respondent, with 0 up to the item's `n_options` - 1.

    Only options that somebody chose are counted. `complete` marks the rows of the frame that these
    respondents are, and `gaps` counts per item the options between its lowest and highest that nobody chose.
    """

    items: pd.Index
    values: NDArray[np.uint8]
    n_options: NDArray[np.intp]
    complete: NDArray[np.bool_]
    gaps: NDArray[np.intp]

    @property
    def n_items(self) -> int:
        """Return the number of items."""
        return len(self.values)

    @property
    def n_respondents(self) -> int:
        """Return the number of complete respondents."""
        return int(self.values.shape[1])


def codes_of(scores: pd.DataFrame) -> Codes:
    """Return the answers of everyone who answered every item, recoded from 0 per item.

    Raises:
        ScoresError: what `psychometrics.scores` refuses (but that totals may be equal), and an item with more
            than `MOST_OPTIONS` options.

    Example:
        >>> import pandas as pd
        >>> codes_of(pd.DataFrame({"A": [1, 2, 5], "B": [0, 1, 1]})).values.tolist()
        [[0, 1, 2], [0, 1, 1]]
    """
    # a million rows: pandas' own conversion of `checked` costs more than all that follows, so frames of plain
    # numbers go by blocks, and only what is odd goes through `checked`, which names every fault
    answers = scores if _is_plain(scores) else checked(scores)
    complete = np.concatenate([_complete(block) for block in _blocks(answers)])
    if np.count_nonzero(complete) < FEWEST_RESPONDENTS:
        complete_cases(scores)  # raises, with the words for it
    lowest = _lowest(answers)
    shifted = np.concatenate([_shifted(block, lowest) for block in _blocks(answers)], axis=1)
    codes = _without_gaps(scores.columns, shifted, complete)
    if (codes.n_options < FEWEST_OPTIONS).any():
        complete_cases(scores)  # raises, and names the items
    return codes


def chosen(scores: pd.DataFrame, items: Sequence[str]) -> pd.DataFrame:
    """Return the columns of these items without copying an answer, which `scores[items]` does."""
    if not scores.columns.is_unique:
        return scores[list(items)]  # a name that stands above two columns, for `codes_of` to refuse
    return pd.DataFrame({item: scores[item] for item in items}, copy=False)


def pairs(n_items: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the second item of every pair, in the order (0, 1), (0, 2), ..., (1, 2), ..."""
    return np.triu_indices(n_items, 1)


def as_matrix(values: NDArray[np.float64], n_items: int) -> NDArray[np.float64]:
    """Return the symmetric matrix with one value per pair, and ones on its diagonal."""
    matrix = np.eye(n_items)
    first, second = pairs(n_items)
    matrix[first, second] = matrix[second, first] = values
    return matrix


def option_counts(codes: Codes) -> NDArray[np.int64]:
    """Return how often each option (column) of each item (row) was chosen."""
    return _counts(codes.values, int(codes.n_options.max()))


def pair_tables(codes: Codes) -> NDArray[np.int64]:
    """Return, for every pair of items, the table of their options: pair x option x option, padded with zeros.

    One bitmap per item and option; a cell is the number of ones in the AND of two bitmaps. So 64 respondents
    are counted by two instructions, where a table made by adding one per respondent takes 64 memory accesses.
    The last row and column follow from the margins.

    Example:
        >>> import pandas as pd
        >>> pair_tables(codes_of(pd.DataFrame({"A": [1, 2, 2, 1], "B": [1, 1, 2, 1]}))).tolist()
        [[[2, 0], [1, 1]]]
    """
    bitmaps = _bitmaps(codes)
    n_words = bitmaps.shape[2]
    parts = (bitmaps[:, :, start : start + WORDS_AT_ONCE] for start in range(0, n_words, WORDS_AT_ONCE))
    with ThreadPoolExecutor(THREADS) as pool:
        inner = sum(pool.map(_count_pairs, parts))
    return _with_margins(np.asarray(inner), option_counts(codes))


def _is_plain(scores: pd.DataFrame) -> bool:
    has_shape = scores.shape[1] >= FEWEST_ITEMS and len(scores) > 0 and scores.columns.is_unique
    plain = all(isinstance(dtype, np.dtype) and dtype.kind in "iuf" for dtype in scores.dtypes)
    return has_shape and plain and all(_is_whole(block) for block in _blocks(scores))


def _is_whole(block: NDArray[Any]) -> bool:
    if block.dtype.kind != "f":
        return True
    return bool(((np.rint(block) == block) | np.isnan(block)).all() and not np.isinf(block).any())


def _blocks(answers: pd.DataFrame) -> Iterator[NDArray[Any]]:
    for start in range(0, len(answers), ROWS_AT_ONCE):
        yield answers.iloc[start : start + ROWS_AT_ONCE].to_numpy()


def _complete(block: NDArray[Any]) -> NDArray[np.bool_]:
    if block.dtype.kind != "f":
        return np.ones(len(block), dtype=np.bool_)
    return np.asarray(~np.isnan(block).any(axis=1))


def _lowest(answers: pd.DataFrame) -> NDArray[Any]:
    # over all who answered the item, complete or not: a minimum that skips NaN copies nothing
    extremes = [(np.fmin.reduce(block), np.fmax.reduce(block)) for block in _blocks(answers)]
    lowest = np.fmin.reduce([low for low, _ in extremes])
    highest = np.fmax.reduce([high for _, high in extremes])
    refuse(
        f'scores["{item}"]: answers lie more than 255 apart; code the options 1, 2, 3, ...'
        for item, width in zip(answers.columns, highest.astype(float) - lowest.astype(float), strict=True)
        if width > np.iinfo(np.uint8).max
    )
    return np.asarray(lowest)


def _shifted(block: NDArray[Any], lowest: NDArray[Any]) -> NDArray[np.uint8]:
    complete = _complete(block)
    rows = block if complete.all() else block[complete]
    # small integer types may wrap around in the subtraction; modulo 256 the difference is right all the same
    return np.asarray(np.subtract(rows.T, lowest[:, None]), dtype=np.uint8, order="C")


def _without_gaps(items: pd.Index, shifted: NDArray[np.uint8], complete: NDArray[np.bool_]) -> Codes:
    used = _counts(shifted, int(shifted.max()) + 1) > 0
    n_options = used.sum(axis=1)
    refuse(
        f'scores["{item}"]: {n} different answers; at most {MOST_OPTIONS} can be ordered options'
        for item, n in zip(items, n_options, strict=True)
        if n > MOST_OPTIONS
    )
    rank = np.cumsum(used, axis=1) - 1
    for item in np.flatnonzero((rank != np.arange(rank.shape[1])).any(axis=1)):
        shifted[item] = rank[item].astype(np.uint8)[shifted[item]]
    gaps = np.array([int(np.ptp(np.flatnonzero(row))) + 1 for row in used]) - n_options
    return Codes(items, shifted, n_options, complete, gaps)


def _counts(values: NDArray[np.uint8], n_options: int) -> NDArray[np.int64]:
    # comparing bytes takes one pass of vector instructions; bincount would widen every byte to eight first
    return np.array([[np.count_nonzero(row == option) for option in range(n_options)] for row in values])


def _bitmaps(codes: Codes) -> NDArray[np.uint64]:
    counted = np.arange(codes.n_options.max() - 1, dtype=np.uint8)[:, None]
    n_bytes = -(-codes.n_respondents // 8)
    bitmaps = np.zeros((codes.n_items, len(counted), -(-n_bytes // 8) * 8), dtype=np.uint8)
    for item, answers in enumerate(codes.values):
        bitmaps[item, :, :n_bytes] = np.packbits(answers == counted, axis=1)
    return bitmaps.view(np.uint64)


def _count_pairs(bitmaps: NDArray[np.uint64]) -> NDArray[np.int64]:
    near = np.ascontiguousarray(bitmaps)
    n_items, n_counted, _ = near.shape
    tables = [
        np.stack(
            [np.bitwise_count(near[item + 1 :] & row).sum(axis=2, dtype=np.int64) for row in near[item]], 1
        )
        for item in range(n_items - 1)
    ]
    return np.concatenate(tables).reshape(-1, n_counted, n_counted)


def _with_margins(inner: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    first, second = pairs(len(counts))
    tables = np.zeros((len(inner), counts.shape[1], counts.shape[1]), dtype=np.int64)
    tables[:, :-1, :-1] = inner
    tables[:, :-1, -1] = counts[first, :-1] - inner.sum(axis=2)
    tables[:, -1, :] = counts[second] - tables[:, :-1, :].sum(axis=1)
    return tables
