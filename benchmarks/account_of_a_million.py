"""Everything that an account computes, on whatever data: what `account_1m_s` times."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from psychometrics import (
    confirmatory,
    dif,
    dimensionality,
    invariance,
    irt,
    items,
    multilevel,
    reliability,
    validity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

REPLICATIONS = 1_000
SEED = 2026


def account(answers: pd.DataFrame, groups: pd.DataFrame, model: Mapping[str, Sequence[str]]) -> None:
    """Compute every part once, each scale by itself where a part is about a scale."""
    used = answers[[item for of_factor in model.values() for item in of_factor]]
    schools, classes = groups["school"], groups["school"] * 100 + groups["class"]
    halves = groups["class"].mod(2).rename("half")
    _told(
        "dimensionality",
        lambda: dimensionality.parallel_analysis(used, replications=20, quantile=0.95, seed=SEED),
    )
    _told("exploratory factors", lambda: dimensionality.exploratory_factors(used, n_factors=len(model)))
    _told("cluster-robust CFA", lambda: confirmatory.fit_ordinal_cfa(used, model, schools=schools))
    _told("invariance", lambda: invariance.measurement_invariance(used, model, halves))
    _told("HTMT", lambda: validity.htmt(used, model))
    for factor, of_factor in model.items():
        _scale(factor, used[list(of_factor)], schools=schools, classes=classes, halves=halves)


def _scale(
    factor: str, scores: pd.DataFrame, *, schools: pd.Series, classes: pd.Series, halves: pd.Series
) -> None:
    mean = scores.mean(axis="columns")
    _told(f"{factor}: items", lambda: items.item_statistics(scores))
    _told(
        f"{factor}: alpha, {REPLICATIONS:,} schools drawn",
        lambda: reliability.bootstrap_interval(
            reliability.cronbach_alpha, scores, schools=schools, replications=REPLICATIONS, seed=SEED
        ),
    )
    _told(f"{factor}: lambda-2", lambda: reliability.guttman_lambda2(scores))
    _told(f"{factor}: omega", lambda: reliability.categorical_omega(scores))
    _told(f"{factor}: graded response", lambda: irt.fit_graded_response(scores))
    _told(f"{factor}: DIF", lambda: dif.ordinal_dif(scores, halves))
    _told(f"{factor}: schools", lambda: multilevel.school_reliability(mean, schools, classes=classes))


def _told(part: str, compute: Callable[[], object]) -> None:
    start = time.perf_counter()
    compute()
    print(f"    {part}: {time.perf_counter() - start:.2f} s", file=sys.stderr, flush=True)
