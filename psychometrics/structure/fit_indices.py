"""How well a model fits: the scaled test, and indices of misfit; knows nothing of what was fitted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

APPROXIMATION_CONFIDENCE: Final = 0.90
"""Of the interval of an RMSEA, by custom: 5 % on either side (Browne and Cudeck 1993)."""


@dataclass(frozen=True, slots=True)
class FitTest:
    """A chi-square, its degrees of freedom, and the same scaled and shifted to follow its distribution."""

    chi2: float
    df: int
    chi2_scaled: float

    @property
    def p_value(self) -> float:
        """Return the chance of so much misfit in a true model, were the plain chi-square one."""
        return _p_value(self.chi2, self.df)

    @property
    def p_value_scaled(self) -> float:
        """Return the chance of so much misfit in a true model."""
        return _p_value(self.chi2_scaled, self.df)


def scaled_and_shifted(chi2: float, df: int, misfit_covariance: NDArray[np.float64]) -> FitTest:
    """Return the test with its mean and variance made those of a chi-square of `df` degrees.

    `misfit_covariance` is N times the covariance of the residuals that the chi-square squares and sums; its
    trace is the mean of the chi-square under a true model, the sum of its squares half the variance.
    Source: Asparouhov and Muthen (2010), as in lavaan's `scaled.shifted`. Without degrees of freedom there is
    nothing to test: zero.
    """
    if df == 0:
        return FitTest(chi2, df, 0.0)
    scale = math.sqrt(df / float(np.square(misfit_covariance).sum()))
    shift = df - scale * float(np.trace(misfit_covariance))
    return FitTest(chi2, df, scale * chi2 + shift)


def indices(test: FitTest, baseline: FitTest, n: int) -> dict[str, Any]:
    """Return the test and its CFI, TLI and RMSEA, plain and scaled, by the names lavaan gives them.

    `baseline` is the test of the model without correlations, `n` what the chi-squares were multiplied with.
    """
    plain = (test.chi2, test.df, baseline.chi2, baseline.df)
    scaled = (test.chi2_scaled, test.df, baseline.chi2_scaled, baseline.df)
    return {
        "chi2": test.chi2,
        "df": test.df,
        "p_value": test.p_value,
        "chi2_scaled": test.chi2_scaled,
        "p_value_scaled": test.p_value_scaled,
        "cfi": comparative_fit(*plain),
        "tli": tucker_lewis(*plain),
        "rmsea": approximation_error(test.chi2, test.df, n),
        "cfi_scaled": comparative_fit(*scaled),
        "tli_scaled": tucker_lewis(*scaled),
        "rmsea_scaled": approximation_error(test.chi2_scaled, test.df, n),
        "rmsea_ci_low": _approximation_limit(test, n, (1 + APPROXIMATION_CONFIDENCE) / 2),
        "rmsea_ci_high": _approximation_limit(test, n, (1 - APPROXIMATION_CONFIDENCE) / 2),
    }


def comparative_fit(chi2: float, df: int, chi2_baseline: float, df_baseline: int) -> float:
    """Return the CFI of Bentler (1990): the share of the baseline's misfit that the model takes away."""
    misfit = max(chi2 - df, 0.0)
    baseline = max(misfit, chi2_baseline - df_baseline)
    return 1 - misfit / baseline if baseline > 0 else 1.0


def tucker_lewis(chi2: float, df: int, chi2_baseline: float, df_baseline: int) -> float:
    """Return the TLI of Tucker and Lewis (1973), which rewards degrees of freedom; it may exceed one."""
    baseline = (chi2_baseline - df_baseline) * df
    return 1 - (chi2 - df) * df_baseline / baseline if baseline != 0 else 1.0


def approximation_error(chi2: float, df: int, n: int, *, n_groups: int = 1) -> float:
    """Return the RMSEA of Steiger (1990): misfit per degree of freedom, free of sample size.

    `n` is the number that the chi-square was multiplied with: N - 1 for ordered answers (lavaan).
    """
    return math.sqrt(max(chi2 / df - 1, 0) / n * n_groups) if df > 0 else 0.0


def _approximation_limit(test: FitTest, n: int, below: float) -> float:
    """Return the RMSEA under which the scaled chi-square would be no larger with chance `below`.

    The noncentral chi-square of Steiger (1990) and Browne and Cudeck (1993), with the scaled test in place of
    the plain one, as lavaan's `rmsea.ci.upper.scaled`.
    """
    chi2, df = test.chi2_scaled, test.df

    def _excess(noncentrality: float) -> float:
        return float(stats.ncx2.cdf(chi2, df, noncentrality)) - below

    if df == 0 or _excess(0.0) <= 0:
        return 0.0
    # the chance falls as misfit grows: far above the chi-square itself there is none left
    furthest = chi2 + 10 * math.sqrt(2 * (df + 2 * chi2)) + 50
    return math.sqrt(float(optimize.brentq(_excess, 0.0, furthest)) / df / n)


def residual_size(residuals: NDArray[np.float64]) -> float:
    """Return the SRMR: the root mean square of a matrix of residual correlations, its diagonal included."""
    n_items = len(residuals)
    triangle = residuals[np.tril_indices(n_items)]
    return float(np.sqrt(np.square(triangle).mean()))


def _p_value(chi2: float, df: int) -> float:
    return float(stats.chi2.sf(chi2, df)) if df > 0 else math.nan
