"""Who of a group is of which school: how far a figure would move had other schools been drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import stats

from psychometrics.scores import refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FEWEST_SCHOOLS: Final = 2
"""One school has no variance between schools."""


@dataclass(frozen=True, slots=True)
class SchoolMembers:
    """The number of the school of each respondent, per group, in the order of the group's scores."""

    schools: Mapping[Any, NDArray[np.intp]]
    n_schools: int

    def margin(self, moves: Mapping[Any, NDArray[np.float64]], confidence: float) -> float:
        """Return half the width of the interval of a figure that respondents of these groups move so far.

        What respondents of a school do together counts as one draw (Cameron and Miller 2015): sums per
        school, squared and summed, times g / (g - 1) for g schools, and t with g - 1 degrees of freedom.
        """
        totals = sum(
            np.bincount(self.schools[group], own, minlength=self.n_schools) for group, own in moves.items()
        )
        variance = float(np.square(totals).sum()) * self.n_schools / (self.n_schools - 1)
        return float(stats.t.ppf((1 + confidence) / 2, self.n_schools - 1) * np.sqrt(variance))


def school_members(schools: pd.Series, groups: pd.Series) -> SchoolMembers:
    """Return the schools of the respondents of each group; both are in the same order.

    Raises:
        ScoresError: respondents of one school only.
    """
    numbers, labels = pd.factorize(schools)
    if len(labels) < FEWEST_SCHOOLS:
        refuse([f'schools "{schools.name}": all respondents are of one school; leave `schools` out'])
    of_group = pd.Series(numbers).groupby(groups.to_numpy(), observed=True)
    return SchoolMembers({name: part.to_numpy(dtype=np.intp) for name, part in of_group}, len(labels))
