"""What the scores of pupils say about schools: how much schools differ, and how sure a school's mean is.

Schools are a random sample here; nothing in this module ranks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.cautions import issued
from psychometrics.levels.group_sums import summed
from psychometrics.levels.icc_interval import icc_interval
from psychometrics.levels.variance_components import variance_components
from psychometrics.scores import refuse
from psychometrics.tables import markdown
from psychometrics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from psychometrics.levels.group_sums import GroupSums
    from psychometrics.levels.variance_components import VarianceComponents

DETECTABLE: Final = 1.96 * np.sqrt(2)
"""Times the standard error of one mean: by chance two means differ less in 95 of 100 (de Vet et al. 2006)."""


@dataclass(frozen=True, slots=True)
class SchoolReliability:
    """How much schools differ on a scale, and how reliable their means are.

    `icc1` is the share of schools in the variance of a score, with its interval; `icc2` the reliability of
    the mean of a school of average size; `reliability_per_school` that of each school, in order of label.
    `smallest_detectable_difference` is that between two schools of average size. Where classes were given,
    `class_variance` lies between classes of a school and `icc_class` is the correlation of two pupils of one
    class; else both are None. `n_missing` respondents had no score.
    """

    icc1: float
    ci_low: float
    ci_high: float
    icc2: float
    between_variance: float
    class_variance: float | None
    within_variance: float
    icc_class: float | None
    reliability_per_school: pd.Series
    smallest_detectable_difference: float
    mean: float
    n_schools: int
    n_classes: int | None
    n_respondents: int
    n_missing: int
    confidence: float
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return (
            f"ICC(1) = {self.icc1:.3f} ({self.confidence:.0%} interval {self.ci_low:.3f} to "
            f"{self.ci_high:.3f}), ICC(2) = {self.icc2:.3f}, smallest detectable difference = "
            f"{self.smallest_detectable_difference:.2f}; {self.n_respondents:,} respondents, "
            f"{self.n_schools:,} schools"
        )


@dataclass(frozen=True, slots=True)
class SchoolMeans:
    """Means of schools, shrunken towards the mean of all as far as they are unreliable.

    `table` has a row per school, in order of label and never of mean: `n`, `mean`, `shrunken_mean`, `ci_low`,
    `ci_high`, and `reliability`, the weight of the school's own pupils.
    """

    table: pd.DataFrame
    grand_mean: float
    n_schools: int
    n_respondents: int
    n_missing: int
    confidence: float
    warnings: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        numbers = f"{self.n_respondents:,} respondents, {self.n_schools:,} schools"
        return f"{markdown(self.table)}\n\n{self.confidence:.0%} intervals; {numbers}"


def school_reliability(
    scale_score: pd.Series,
    schools: pd.Series,
    *,
    classes: pd.Series | None = None,
    confidence: float = 0.95,
) -> SchoolReliability:
    """Return how much schools differ on a scale score, and how reliable their means are.

    Variances are REML estimates; respondents without a score are left out and counted. With `classes` (labels
    within a school) pupils of one class may be alike: without them the reliability of a school is overstated.
    The reliability of a school of n pupils in c classes is between / (between + class / c + within / n)
    (Raudenbush and Bryk 2002, ch. 8), which takes its classes to be of about one size. `icc2` is that at the
    average n and c. Assumes random, normal school and class effects.

    Raises:
        ScoresError: what `group_sums` refuses, or a confidence outside 0..1.

    Warns:
        ZeroVarianceWarning: schools, or classes, differ no more than by chance.
        NotConvergedWarning: school and class could not be told apart.

    Example:
        >>> import pandas as pd
        >>> score, schools = pd.Series([1.0, 2.0, 2.0, 3.0, 5.0, 6.0]), pd.Series([1, 1, 2, 2, 3, 3])
        >>> result = school_reliability(score, schools)
        >>> round(result.icc1, 3), round(result.icc2, 3), result.n_schools
        (0.891, 0.942, 3)
    """
    _check_confidence(confidence)
    sums = summed(scale_score, schools, classes=classes)
    with one_thread():
        components = variance_components(sums)
        interval = icc_interval(sums, components, confidence=confidence)
    return SchoolReliability(
        **_shares(components),
        **_reliabilities(sums, components),
        ci_low=interval.low,
        ci_high=interval.high,
        mean=components.mean,
        n_schools=sums.n_schools,
        n_classes=sums.n_groups if sums.has_classes else None,
        n_respondents=sums.n_respondents,
        n_missing=sums.n_missing,
        confidence=confidence,
        warnings=issued(components.cautions),
    )


def school_means(
    scale_score: pd.Series,
    schools: pd.Series,
    *,
    classes: pd.Series | None = None,
    confidence: float = 0.95,
) -> SchoolMeans:
    """Return each school's mean with its shrunken mean and interval, in order of label.

    The shrunken mean is the best linear predictor (empirical Bayes): reliability x own mean + (1 -
    reliability) x mean of all, where a school's own mean weighs its classes by their precision. Its interval
    takes in that the mean and the variance between schools are estimates (Prasad and Rao 1990; Datta and
    Lahiri 2000), so that it does not collapse where that variance is estimated as zero.

    Raises:
        ScoresError: as `school_reliability`.

    Warns:
        ZeroVarianceWarning, NotConvergedWarning: as `school_reliability`.

    Example:
        >>> import pandas as pd
        >>> score, schools = pd.Series([1.0, 2.0, 2.0, 3.0, 5.0, 6.0]), pd.Series([1, 1, 2, 2, 3, 3])
        >>> school_means(score, schools).table["shrunken_mean"].round(2).tolist()
        [1.6, 2.54, 5.37]
    """
    _check_confidence(confidence)
    sums = summed(scale_score, schools, classes=classes)
    with one_thread():
        components = variance_components(sums)
    return SchoolMeans(
        table=_means_per_school(sums, components, confidence),
        grand_mean=components.mean,
        n_schools=sums.n_schools,
        n_respondents=sums.n_respondents,
        n_missing=sums.n_missing,
        confidence=confidence,
        warnings=issued(components.cautions),
    )


def reliability_of_mean(icc1: float, *, n_respondents: float) -> float:
    """Return ICC(2), the reliability of the mean of a school of that many pupils (Spearman and Brown, 1910).

    Raises:
        ScoresError: an ICC(1) outside 0..1, or no respondents.

    Example:
        >>> [round(reliability_of_mean(icc1, n_respondents=60), 2) for icc1 in (0.01, 0.05)]
        [0.38, 0.76]
    """
    if not 0 <= icc1 <= 1:
        refuse([f"icc1: {icc1} is not between 0 and 1; give the share of schools in the variance"])
    if not n_respondents > 0:
        refuse([f"n_respondents: {n_respondents} is not above 0; give the number of pupils of a school"])
    return n_respondents * icc1 / (1 + (n_respondents - 1) * icc1)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        refuse([f"confidence: {confidence} is not between 0 and 1; write 0.95 for 95 %"])


def _shares(components: VarianceComponents) -> dict[str, Any]:
    between, of_class = components.between_variance, components.class_variance
    total = between + (of_class or 0.0) + components.within_variance
    return {
        "icc1": between / total,
        "icc_class": None if of_class is None else (between + of_class) / total,
        "between_variance": between,
        "class_variance": of_class,
        "within_variance": components.within_variance,
    }


def _reliabilities(sums: GroupSums, components: VarianceComponents) -> dict[str, Any]:
    per_school = sums.n_respondents / sums.n_schools, sums.n_groups / sums.n_schools
    error = float(_error_variance(components, *per_school))
    return {
        "icc2": components.between_variance / (components.between_variance + error),
        "smallest_detectable_difference": float(DETECTABLE * np.sqrt(error)),
        "reliability_per_school": _reliability_per_school(sums, components),
    }


def _error_variance(
    components: VarianceComponents,
    n_respondents: NDArray[np.float64] | float,
    n_classes: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    of_class = components.class_variance or 0.0
    return np.asarray(of_class / n_classes + components.within_variance / n_respondents)


def _reliability_per_school(sums: GroupSums, components: VarianceComponents) -> pd.Series:
    n_classes = sums.per_school(np.ones(sums.n_groups))
    error = _error_variance(components, sums.per_school(sums.sizes), n_classes)
    return pd.Series(_weight(components.between_variance, error), index=sums.schools, name="reliability")


def _weight(between: float, error: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(between / (between + error))


def _means_per_school(sums: GroupSums, components: VarianceComponents, confidence: float) -> pd.DataFrame:
    sizes = sums.per_school(sums.sizes)
    reliability = _weight(components.between_variance, components.error_variances)
    shrunken = components.mean + reliability * (components.weighted_means - components.mean)
    margin = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(_prediction_variance(components))
    table = {
        "n": sizes.astype(np.int64),
        "mean": sums.per_school(sums.sizes * sums.means) / sizes,
        "shrunken_mean": shrunken,
        "ci_low": shrunken - margin,
        "ci_high": shrunken + margin,
        "reliability": reliability,
    }
    return pd.DataFrame(table, index=sums.schools)


def _prediction_variance(components: VarianceComponents) -> NDArray[np.float64]:
    between, error = components.between_variance, components.error_variances
    own = _weight(between, error)
    known = between * (1 - own)
    of_mean = np.square(1 - own) * components.mean_variance
    # the variance of the estimated variance between schools, were the error variances known
    of_between = 2 / np.square(1 / (between + error)).sum()
    of_weight = np.square(error) / (between + error) ** 3 * of_between
    return np.asarray(known + of_mean + 2 * of_weight)
