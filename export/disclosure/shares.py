"""Shares of classes of pupils, in steps of 5 points below a hundred answers and of 1 from there on (D5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from export.disclosure.rules import COARSE_STEP, MANY

if TYPE_CHECKING:
    from export.disclosure.counts import Counts


def rounded(sizes: Counts) -> Counts:
    """Return the shares of classes in whole points; they add up to 100, and no class with pupils reads 0.

    By largest remainder (Hamilton): shares rounded one by one add up to 95 or 105, and their sum would tell
    how many pupils left the question open.
    """
    n_answers = sizes.sum(axis=-1, keepdims=True)
    step = np.where(n_answers >= MANY, 1, COARSE_STEP)
    n_steps = 100 // step
    steps, left = np.divmod(sizes * n_steps, np.maximum(n_answers, 1))
    raised = (steps == 0) & (sizes > 0)
    steps = np.where(raised, 1, steps)
    left = np.where(raised | (sizes == 0), -1, left)
    open_steps = n_steps - steps.sum(axis=-1, keepdims=True)
    steps += _places(left) < open_steps
    steps -= (_places(steps) == 0) * np.maximum(-open_steps, 0)
    return np.asarray(steps * step)


def _places(values: Counts) -> Counts:
    """Return the place of each value from the largest down, the first of equals first."""
    order = np.argsort(-values, axis=-1, kind="stable")
    return np.argsort(order, axis=-1, kind="stable")
