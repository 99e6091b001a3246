"""Scores of pupils summed per school, and per class within it: all that a variance component needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from psychometrics.scores import checked_groups, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FEWEST_SCHOOLS: Final = 2
"""One school has no variance between schools."""
NEGLIGIBLE: Final = 1e-14
"""A spread within groups below this share of the whole is rounding error of a spread of zero."""


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Size and mean per group, and the sum of squares within groups.

    A group is a class, or a whole school where classes are left out; `school_of_group` gives its place in
    `schools`, which is sorted by label. `n_missing` respondents had no score and are left out.
    """

    sizes: NDArray[np.float64]
    means: NDArray[np.float64]
    within_squares: float
    school_of_group: NDArray[np.intp]
    schools: pd.Index
    n_respondents: int
    n_missing: int
    has_classes: bool

    @property
    def n_schools(self) -> int:
        """Return how many schools have a score."""
        return len(self.schools)

    @property
    def n_groups(self) -> int:
        """Return how many classes (or schools, where classes are left out) have a score."""
        return len(self.sizes)

    def per_school(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sum per school of a value per group."""
        found = np.bincount(self.school_of_group, values, minlength=self.n_schools)
        return found.astype(np.float64, copy=False)


def summed(scale_score: pd.Series, schools: pd.Series, *, classes: pd.Series | None = None) -> GroupSums:
    """Return the sums of all who have a score; a class is a label within its school.

    Raises:
        ScoresError: scores that are no finite numbers or do not vary within groups, labels that are missing
            or not aligned, fewer than two schools, or groups too small to tell the levels apart.

    Example:
        >>> import pandas as pd
        >>> sums = summed(pd.Series([1.0, 2.0, 3.0, None]), pd.Series(["a", "a", "b", "b"]))
        >>> sums.means.tolist(), sums.n_missing
        ([1.5, 3.0], 1)
    """
    values = checked_scale_score(scale_score)
    labels = [schools] if classes is None else [schools, classes]
    for groups in labels:
        checked_groups(groups, scale_score.to_frame())
    present = ~np.isnan(values)
    kept = [groups if present.all() else groups[present] for groups in labels]
    sums = _sums(values[present], kept, n_missing=int((~present).sum()))
    refuse(_faults(sums))
    return sums


def checked_scale_score(scale_score: pd.Series) -> NDArray[np.float64]:
    """Return the scores with NaN for missing, or raise `ScoresError` where they are no finite numbers."""
    if not pd.api.types.is_numeric_dtype(scale_score):
        refuse([f'scale score "{scale_score.name}": not a column of numbers; give one score per respondent'])
    values = scale_score.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        refuse([f'scale score "{scale_score.name}": holds infinite values; give one score per respondent'])
    return values


def _sums(values: NDArray[np.float64], labels: list[pd.Series], *, n_missing: int) -> GroupSums:
    school_of_pupil, schools = pd.factorize(labels[0], sort=True)
    group_of_pupil, school_of_group = school_of_pupil, np.arange(len(schools))
    if len(labels) > 1:
        group_of_pupil, school_of_group = _classes_within(school_of_pupil, labels[1])
    sizes = np.bincount(group_of_pupil).astype(np.float64)
    # from the overall mean, so that squares of a large mean do not swallow the decimals
    centre = values.mean() if len(values) else 0.0
    deviations = values - centre
    means = np.bincount(group_of_pupil, deviations) / sizes
    deviations -= means[group_of_pupil]
    return GroupSums(
        sizes=sizes,
        means=means + centre,
        within_squares=float(deviations @ deviations),
        school_of_group=school_of_group,
        schools=pd.Index(schools, name=labels[0].name),
        n_respondents=len(values),
        n_missing=n_missing,
        has_classes=len(labels) > 1,
    )


def _classes_within(
    school_of_pupil: NDArray[np.intp], classes: pd.Series
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    labels, names = pd.factorize(classes, sort=True)
    class_of_pupil, pairs = pd.factorize(school_of_pupil * len(names) + labels, sort=True)
    return class_of_pupil, pairs // len(names)


def _faults(sums: GroupSums) -> Iterator[str]:
    level = "class" if sums.has_classes else "school"
    if sums.n_schools < FEWEST_SCHOOLS:
        yield f"schools: scores of {sums.n_schools} school(s); at least {FEWEST_SCHOOLS} are needed"
    elif sums.has_classes and sums.n_groups == sums.n_schools:
        yield "classes: one class in every school, so that class and school are the same; leave classes out"
    elif sums.n_respondents == sums.n_groups:
        yield f"scale score: one score in every {level}; give the scores of pupils, not means of a {level}"
    elif sums.within_squares <= NEGLIGIBLE * _total_squares(sums):
        yield f"scale score: no spread within any {level}; give the scores of pupils, not means of a {level}"


def _total_squares(sums: GroupSums) -> float:
    centre = sums.sizes @ sums.means / sums.n_respondents
    return float(sums.within_squares + sums.sizes @ np.square(sums.means - centre))
