"""What each item does: how it is answered, and how it goes with the other items of its scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from psychometrics.scores import ScoresError, checked, complete_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NEGLIGIBLE: Final = 1e-12
"""A variance below this share of the total's is rounding error of a variance of zero."""


def item_statistics(scores: pd.DataFrame, *, options: Sequence[int] | None = None) -> pd.DataFrame:
    """Return one row per item with how it is answered and how it goes with the rest of its scale.

    `n`, `missing_rate`, `mean`, `sd`, `floor_rate` and `ceiling_rate` are over all who answered the item;
    `rit` (item with total), `rir` (item with the total of the other items) and `alpha_if_deleted` are over
    complete cases. Floor and ceiling are the shares at the lowest and highest of `options`; without options,
    of what was chosen for that item. `alpha_if_deleted` needs two other items and `rir` a rest that varies,
    else NaN.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, or an answer outside `options`.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 3, 4], "B": [1, 3, 2, 4], "C": [2, 2, 4, 4]})
        >>> item_statistics(scores)["rir"].round(3).tolist()
        [0.992, 0.651, 0.707]
    """
    answers = checked(scores)
    _check_options(answers, options)
    return pd.concat([_distribution(answers, options), _consistency(complete_cases(scores))], axis="columns")[
        ["n", "missing_rate", "mean", "sd", "rit", "rir", "floor_rate", "ceiling_rate", "alpha_if_deleted"]
    ].rename_axis("item")


def answer_shares(scores: pd.DataFrame, *, options: Sequence[int]) -> pd.DataFrame:
    """Return, per item (row), the share of its answers that each option (column) got; rows add up to 1.

    Raises:
        ScoresError: what `psychometrics.scores` refuses, or an answer outside `options`.

    Example:
        >>> import pandas as pd
        >>> scores = pd.DataFrame({"A": [1, 2, 2, 3], "B": [1, 1, 3, None]})
        >>> answer_shares(scores, options=(1, 2, 3)).round(2).to_numpy().tolist()
        [[0.25, 0.5, 0.25], [0.67, 0.0, 0.33]]
    """
    answers = checked(scores)
    _check_options(answers, options)
    counts = {option: (answers == option).sum() for option in options}
    return pd.DataFrame(counts).div(answers.notna().sum(), axis="index").rename_axis("item")


def _check_options(answers: pd.DataFrame, options: Sequence[int] | None) -> None:
    if options is None:
        return
    outside = (answers.notna() & ~answers.isin(list(options))).sum()
    faults = [
        f'scores["{item}"]: {count} answer(s) outside the options; score the item first, or give its options'
        for item, count in outside[outside > 0].items()
    ]
    if faults:
        raise ScoresError(faults)


def _distribution(answers: pd.DataFrame, options: Sequence[int] | None) -> pd.DataFrame:
    lowest = answers.min() if options is None else min(options)
    highest = answers.max() if options is None else max(options)
    n_answers = answers.notna().sum()
    return pd.DataFrame(
        {
            "n": n_answers,
            "missing_rate": answers.isna().mean(),
            "mean": answers.mean(),
            "sd": answers.std(),
            "floor_rate": (answers == lowest).sum() / n_answers,
            "ceiling_rate": (answers == highest).sum() / n_answers,
        }
    )


def _consistency(complete: pd.DataFrame) -> pd.DataFrame:
    covariances = np.cov(complete.to_numpy(), rowvar=False)
    variances, with_total, total = np.diag(covariances), covariances.sum(axis=1), covariances.sum()
    rest = total - 2 * with_total + variances
    rest = np.where(rest > NEGLIGIBLE * total, rest, np.nan)
    consistency = {
        "rit": with_total / np.sqrt(variances * total),
        "rir": (with_total - variances) / np.sqrt(variances * rest),
        "alpha_if_deleted": _alpha_of_rest(variances, rest),
    }
    return pd.DataFrame(consistency, index=complete.columns)


def _alpha_of_rest(variances: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    n_left = len(variances) - 1
    if n_left == 1:
        return np.full(len(variances), np.nan)
    left: NDArray[np.float64] = variances.sum() - variances
    return n_left / (n_left - 1) * (1 - left / rest)
