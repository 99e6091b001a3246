"""Which answers are told together, so that fewer than three pupils are never told apart (D4, D6).

An answer that fewer than three gave is told together with others, in a class so large that 0, 1 and 2 of it
are all possible even for who knows the exact size of every class and how classes are made. "Minder dan 3"
beside exact neighbours would not do: 30 %, 30 % and 30 % of ten pupils leave exactly one.

Classes are made from the least favourable answer upward; which end is first does not depend on the answers.
A class ends at an answer that three pupils or more gave, when it has room for two pupils at each answer
before. What is left at the end goes with the class below. The most favourable answer stands alone where it
and the rest are three or more, for what remains is "it happened" (`Distribution.below_best`): so a table of
two classes beside one of more never says more than the one of more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from export.disclosure.rules import MARGIN

if TYPE_CHECKING:
    from export.disclosure.counts import Counts, Truths


FEWEST_LEVELS: Final = 4
"""Items of fewer are told in two classes: with three, that none can be told may say "not nobody"."""


def told(counts: Counts, *, sensitive: bool) -> Counts:
    """Return the counts of what can be told apart: of a sensitive item two classes only (D6)."""
    return two(counts) if sensitive or counts.shape[-1] < FEWEST_LEVELS else counts


def two(counts: Counts) -> Counts:
    """Return the counts of all less favourable answers together and of the most favourable."""
    return np.stack([counts[..., :-1].sum(axis=-1), counts[..., -1]], axis=-1)


def grouped(counts: Counts) -> Counts:
    """Return the class of each level, classes numbered from 0 at the least favourable level upward.

    All levels in class 0 means that no share can be told: see `is_one` and `is_nearly_all`.
    """
    alone = _best_stands_alone(counts)
    group = np.zeros(counts.shape, dtype=np.int64)
    number, size, n_before = (np.zeros(counts.shape[:-1], dtype=np.int64) for _ in range(3))
    for level in range(counts.shape[-1] - 1):
        group[..., level] = number
        size += counts[..., level]
        is_end = (counts[..., level] >= MARGIN) & (size >= _room(n_before))
        number += is_end
        size[is_end] = 0
        n_before = np.where(is_end, 0, n_before + 1)
    # fewer than three of the best answer never end a class
    group[..., -1] = number
    _fold(group, counts, alone, number)
    group[..., -1] = np.where(alone, group[..., :-1].max(axis=-1) + 1, group[..., -1])
    return group


def sizes(counts: Counts, group: Counts) -> Counts:
    """Return the number of pupils in each class, as many places as there are levels."""
    each = [(counts * (group == number)).sum(axis=-1) for number in range(counts.shape[-1])]
    return np.stack(each, axis=-1)


def is_one(group: Counts) -> Truths:
    """Tell where all levels are one class, so that no share can be told."""
    return np.asarray(group.max(axis=-1) == 0)


def is_nearly_all(counts: Counts) -> Truths:
    """Tell where all pupils gave one answer, or all but fewer than three."""
    return np.asarray(counts.sum(axis=-1) - counts.max(axis=-1) < MARGIN)


def _best_stands_alone(counts: Counts) -> Truths:
    best = counts[..., -1]
    return np.asarray((best >= MARGIN) & (counts.sum(axis=-1) - best >= MARGIN))


def _room(n_others: Counts) -> Counts:
    """Return the pupils that a class needs: three at one answer, and two at each other."""
    return MARGIN + (MARGIN - 1) * n_others


def _fold(group: Counts, counts: Counts, alone: Truths, number: Counts) -> None:
    """Put what did not come to an end into the class below, and on until there is room for all."""
    taking_part = np.ones(counts.shape, dtype=bool)
    taking_part[..., -1] = ~alone
    is_open = ((group == number[..., None]) & taking_part).any(axis=-1)
    last = number - ~is_open
    for _ in range(counts.shape[-1]):
        of_last = (group == last[..., None]) & taking_part
        is_tight = (counts * of_last).sum(axis=-1) < _room(of_last.sum(axis=-1) - 1)
        lower = (is_open | is_tight) & (last > 0)
        group -= of_last & lower[..., None]
        last -= lower
        is_open &= ~lower
