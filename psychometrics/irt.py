"""Item response theory for ordered answers: what each item tells of a person, and how surely.

The graded response model is estimated here; the partial credit model, which gives all items the same slope,
in `partial_credit`. Respondents are taken as independent draws from one normal population: where they share
a class or school, the estimates hold and the standard errors are too small, unless schools are given.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from psychometrics.cautions import (
    HeywoodWarning,
    NotConvergedWarning,
    PsychometricWarning,
    UnreliableErrorsWarning,
    UnusedOptionWarning,
    issued,
)
from psychometrics.confirmatory import FEW_SCHOOLS
from psychometrics.ordinal.contingency import codes_of
from psychometrics.ordinal.influence import school_numbers
from psychometrics.response.abilities import abilities, patterns_by_options, residual_correlations
from psychometrics.response.answer_patterns import AnswerPatterns, patterns_of
from psychometrics.response.graded_estimation import Estimate, estimate
from psychometrics.response.graded_information import inverse, observed_information, robust_covariance
from psychometrics.response.graded_response import GradedCurves, item_information
from psychometrics.response.partial_credit import PartialCredit, fit_partial_credit
from psychometrics.response.quadrature import Quadrature, normal_quadrature
from psychometrics.scores import refuse
from psychometrics.tables import markdown
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from psychometrics.ordinal.contingency import Codes

__all__ = [
    "GradedResponse",
    "NegativeSlopeWarning",
    "PartialCredit",
    "fit_graded_response",
    "fit_partial_credit",
]

FEWEST_ITEMS: Final = 3
"""Two items have one association between them, from which two slopes cannot be known."""
TEST: Final = "test"
"""The column that holds the information of all items together."""
SURELY: Final = 2.0
"""A slope so many standard errors below zero is not zero."""
TOO_STEEP: Final = 2.0
"""A curve that rises by this many logits from node to node is a step that the nodes cannot follow."""


class NegativeSlopeWarning(PsychometricWarning):
    """An item goes against the others; it may have to be turned first."""


@dataclass(frozen=True, slots=True)
class GradedResponse:
    """A fitted graded response model; ability is standard normal, high where most items are answered high.

    `slopes` is a Series per item; `thresholds` is item x threshold (1, 2, ...; NaN where an item has fewer):
    the ability at which half choose an option above it, the options being those that were chosen, from low
    to high. `intercepts` are minus slope times threshold. `standard_errors` has, per item, `slope`,
    `threshold_1`, ... and `intercept_1`, ... `q3` holds the correlations between items of what ability leaves
    unexplained. `options` gives the options of each item. Over complete cases. `n_schools` is None where
    respondents were taken as independent.
    """

    slopes: pd.Series
    thresholds: pd.DataFrame
    intercepts: pd.DataFrame
    standard_errors: pd.DataFrame
    q3: pd.DataFrame
    log_likelihood: float
    n_parameters: int
    n_items: int
    n_respondents: int
    n_schools: int | None
    converged: bool
    warnings: tuple[str, ...]
    options: dict[str, tuple[int, ...]] = field(repr=False)
    quadrature: Quadrature = field(repr=False)
    curves: GradedCurves = field(repr=False)

    @property
    def aic(self) -> float:
        """Return Akaike's information criterion."""
        return 2 * self.n_parameters - 2 * self.log_likelihood

    @property
    def bic(self) -> float:
        """Return Schwarz's Bayesian information criterion."""
        return float(np.log(self.n_respondents)) * self.n_parameters - 2 * self.log_likelihood

    def information(self, theta: ArrayLike) -> pd.DataFrame:
        """Return the information of every item (column) and of all together (`test`) at each ability (row).

        The standard error of an ability estimated from the answers alone is one over the root of `test`
        (Samejima, 1969).
        """
        abilities = np.atleast_1d(np.asarray(theta, dtype=np.float64))
        per_item = item_information(self.curves, abilities).T
        index = pd.Index(abilities, name="theta")
        return pd.DataFrame(per_item, index, self.slopes.index).assign(**{TEST: per_item.sum(axis=1)})

    def scores(self, scores: pd.DataFrame) -> pd.DataFrame:
        """Return each respondent's ability (`eap`) and its uncertainty (`sd`), as far as the answers tell.

        The mean and standard deviation of ability given the answers (Bock & Mislevy, 1982); a missing answer
        tells nothing, and who answered nothing gets the mean of the population. For research on groups: of
        one pupil, `sd` says how little is known.

        Raises:
            ScoresError: an item of the model is missing, or an answer is none of its options.
        """
        found = abilities(patterns_by_options(scores, self.options), self.curves, self.quadrature)
        return pd.DataFrame({"eap": found.eap, "sd": found.sd}, scores.index)

    def _repr_markdown_(self) -> str:
        table = pd.concat([self.slopes, self.thresholds.add_prefix("threshold_")], axis="columns")
        fit = f"log-likelihood {self.log_likelihood:.2f}, AIC {self.aic:.1f}, BIC {self.bic:.1f}"
        over = f"{self.n_items} items, {self.n_respondents:,} respondents without a missing answer"
        return "\n\n".join([markdown(table), f"{fit}; {over}", *self.warnings])


def fit_graded_response(
    scores: pd.DataFrame, *, nodes: int = 61, bound: float = 6.0, schools: pd.Series | None = None
) -> GradedResponse:
    """Return Samejima's (1969) graded response model, by marginal maximum likelihood over complete cases.

    P(answer above threshold k) = 1 / (1 + exp(-slope (ability - threshold_k))); with two options this is the
    two-parameter logistic model. Ability is integrated over `nodes` points from -`bound` to `bound` (Bock &
    Aitkin, 1981). Standard errors come from the observed information, with `schools` also from how alike
    respondents of a school are; Q3 is Yen's (1984).

    Raises:
        ScoresError: what `codes_of` and `school_numbers` refuse, fewer than three items, or one named "test".

    Warns:
        UnusedOptionWarning: an option between two others was not chosen; it has no threshold.
        NotConvergedWarning: the likelihood has no maximum within reach.
        HeywoodWarning: an item so steep that it separates without error, as when two items are the same.
        NegativeSlopeWarning: an item goes against the others.
        UnreliableErrorsWarning: few schools, or an information that is not positive definite.

    Example:
        >>> import numpy as np
        >>> import pandas as pd
        >>> random = np.random.default_rng(1)
        >>> latent = random.normal(size=(500, 1)) * 1.5 + random.logistic(size=(500, 4))
        >>> fit = fit_graded_response(pd.DataFrame(np.digitize(latent, [-1, 1]) + 1, columns=list("ABCD")))
        >>> fit.slopes.round(1).to_dict()
        {'A': 1.4, 'B': 1.5, 'C': 1.2, 'D': 1.5}
        >>> fit.information([0.0]).round(1)["test"].tolist()
        [2.2]
    """
    quadrature, codes = normal_quadrature(nodes, bound), codes_of(scores)
    refuse(_faults(codes))
    numbers = None if schools is None else school_numbers(schools, scores, codes)
    n_schools = None if numbers is None else int(numbers.max()) + 1
    with one_thread():
        patterns = patterns_of(codes)
        found = _high_is_high(estimate(patterns, quadrature))
        results = _estimates(found.items, patterns, quadrature, codes, numbers)
    notes = [
        *_cautions(codes, quadrature, found, results["standard_errors"]),
        *_cautions_of_schools(n_schools),
    ]
    return GradedResponse(
        **results,
        log_likelihood=found.log_likelihood,
        n_items=codes.n_items,
        n_respondents=codes.n_respondents,
        n_schools=n_schools,
        converged=found.converged,
        warnings=issued(notes),
        options=_options(scores, codes),
        quadrature=quadrature,
    )


def _faults(codes: Codes) -> Iterator[str]:
    if codes.n_items < FEWEST_ITEMS:
        yield f"scores: {codes.n_items} items; a slope per item needs at least {FEWEST_ITEMS} items"
    if TEST in codes.items:
        yield f'scores["{TEST}"]: this name is taken by the information of all items; rename the item'


def _options(scores: pd.DataFrame, codes: Codes) -> dict[str, tuple[int, ...]]:
    # one item at a time: a frame of a million complete rows would be copied whole
    chosen = {item: scores[item].to_numpy()[codes.complete] for item in codes.items}
    return {item: tuple(int(option) for option in sorted(pd.unique(given))) for item, given in chosen.items()}


def _high_is_high(found: Estimate) -> Estimate:
    # turning ability round changes no likelihood
    values = found.items.parameters.copy()
    values[:, 0] *= np.sign(values[:, 0].sum()) or 1
    return replace(found, items=GradedCurves(values, found.items.is_free))


def _estimates(
    items: GradedCurves,
    patterns: AnswerPatterns,
    quadrature: Quadrature,
    codes: Codes,
    schools: NDArray[np.intp] | None,
) -> dict[str, Any]:
    names = codes.items
    covariance = inverse(observed_information(patterns, items, quadrature))
    if covariance is not None and schools is not None:
        covariance = robust_covariance(covariance, codes, items, quadrature, schools)
    return {
        "slopes": pd.Series(items.slopes, names, name="slope"),
        "thresholds": _by_boundary(-items.intercepts / items.slopes[:, None], items, names),
        "intercepts": _by_boundary(items.intercepts, items, names),
        "standard_errors": _standard_errors(items, covariance, names),
        "q3": pd.DataFrame(residual_correlations(patterns, items, quadrature), names, names),
        "n_parameters": int(items.is_free.sum()),
        "curves": items,
    }


def _by_boundary(values: NDArray[np.float64], items: GradedCurves, names: pd.Index) -> pd.DataFrame:
    shown = np.where(items.is_free[:, 1:], values, np.nan)
    return pd.DataFrame(shown, names, range(1, shown.shape[1] + 1))


def _standard_errors(
    items: GradedCurves, covariance: NDArray[np.float64] | None, names: pd.Index
) -> pd.DataFrame:
    covariances = _covariances_per_item(items, covariance)
    of_slope, of_intercepts = covariances[:, 0, 0, None], np.diagonal(covariances, axis1=1, axis2=2)[:, 1:]
    # delta method for threshold = -intercept / slope
    thresholds = -items.intercepts / items.slopes[:, None]
    together = of_intercepts + thresholds**2 * of_slope + 2 * thresholds * covariances[:, 0, 1:]
    of_thresholds = np.sqrt(np.maximum(together, 0)) / np.abs(items.slopes[:, None])
    parts: list[pd.DataFrame] = [
        pd.DataFrame({"slope": np.sqrt(of_slope[:, 0])}, names),
        _by_boundary(of_thresholds, items, names).add_prefix("threshold_"),
        _by_boundary(np.sqrt(of_intercepts), items, names).add_prefix("intercept_"),
    ]
    return pd.concat(parts, axis="columns")


def _covariances_per_item(items: GradedCurves, covariance: NDArray[np.float64] | None) -> NDArray[np.float64]:
    n_items, size = items.parameters.shape
    free = items.is_free.ravel()
    whole = np.zeros((free.size, free.size))
    whole[np.ix_(free, free)] = np.nan if covariance is None else covariance
    own = np.arange(n_items)
    return np.asarray(whole.reshape(n_items, size, n_items, size)[own, :, own, :])


def _cautions(
    codes: Codes, quadrature: Quadrature, found: Estimate, errors: pd.DataFrame
) -> Iterator[PsychometricWarning]:
    for item, gap, slope in zip(codes.items, codes.gaps, found.items.slopes, strict=True):
        if gap:
            yield UnusedOptionWarning(f'scores["{item}"]: {gap} option(s) between others were not chosen')
        if slope < -SURELY * errors.loc[item, "slope"]:
            yield NegativeSlopeWarning(
                f'scores["{item}"]: goes against the other items; was it to be turned?'
            )
        if abs(slope) * quadrature.distance > TOO_STEEP:
            yield HeywoodWarning(f'scores["{item}"]: slope {slope:.1f}, too steep for the nodes to follow')
    if not found.converged:
        yield NotConvergedWarning("graded response model: the likelihood has no maximum within reach")
    if errors["slope"].isna().any():
        yield UnreliableErrorsWarning("graded response model: no standard errors, the optimum is flat")


def _cautions_of_schools(n_schools: int | None) -> Iterator[PsychometricWarning]:
    if n_schools is not None and n_schools < FEW_SCHOOLS:
        yield UnreliableErrorsWarning(
            f"{n_schools} schools: with fewer than {FEW_SCHOOLS} the standard errors are too small"
        )
