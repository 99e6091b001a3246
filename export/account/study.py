"""All scales of the data together: scored answers, the intended model, and who sits with whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.account import studied_scale, thresholds
from export.account.research_data import CLASSES
from instrument import scoring

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from export.account.research_file import ResearchData
    from export.account.studied_scale import StudiedScale

SCHOOL: Final = "vestigingsnummer"
LEERJAAR: Final = "leerjaar"
CLASS: Final = CLASSES
"""Known in the simulation and in files that stay here; a stamgroep leaves no school of ours."""
MOST_GROUPS: Final = 12
"""A background with more values than this is no set of groups to compare."""


@dataclass(frozen=True, slots=True)
class Study:
    """The data under study.

    `scores` holds the items of all scales and `means` the score of each scale, high = favourable. `model` is
    {scale: items} of the scales whose items should go together; `index_scales` are the others, which add up
    events. `classes` labels pupils of one school and class, or where that is not known, of one school and
    leerjaar: classes taken together, so that a school's mean looks a little less sure than it is.
    """

    data: ResearchData
    scales: tuple[StudiedScale, ...]
    scores: pd.DataFrame
    means: pd.DataFrame
    model: Mapping[str, Sequence[str]]
    index_scales: tuple[str, ...]
    schools: pd.Series
    classes: pd.Series

    @property
    def clusters(self) -> pd.Series | None:
        """The school of every pupil, for errors that reckon with it; None where the file does not tell."""
        return self.schools if self.data.tells_schools else None

    @property
    def second_means(self) -> pd.DataFrame | None:
        """The score of each scale of whoever was asked twice, the second time; None where nobody was."""
        second = self.data.second
        if second is None:
            return None
        return scoring.scale_scores(scoring.item_scores(second, self.data.edition), self.data.edition)

    @property
    def items(self) -> pd.DataFrame:
        """The scores of the items of the model."""
        return self.scores[[item for items in self.model.values() for item in items]]

    @property
    def simulated(self) -> bool:
        """Whether the answers are simulated."""
        return self.data.simulated

    def title(self, scale: str) -> str:
        """Return the name of a scale for people."""
        return next(known.title for known in self.scales if known.code == scale)

    def groups(self, background: str) -> pd.Series:
        """Return the group of every pupil by one column of the background."""
        return self.data.background[background]


def of(data: ResearchData) -> Study:
    """Return the study of these data."""
    scores = scoring.item_scores(data.answers, data.edition)
    demandless = thresholds.load().causal_indicators
    model = {scale: items for scale, items in data.edition.model.items() if scale not in demandless}
    return Study(
        data=data,
        scales=tuple(studied_scale.of(data, scale.code) for scale in data.edition.scales),
        scores=scores,
        means=scoring.scale_scores(scores, data.edition),
        model=model,
        index_scales=tuple(scale for scale in data.edition.model if scale in demandless),
        schools=data.background[SCHOOL],
        classes=_classes(data.background),
    )


def backgrounds(study: Study) -> tuple[str, ...]:
    """Return the columns whose groups can be compared: leerjaar, and what else a foreign file brought."""
    frame = study.data.background.drop(columns=[SCHOOL, CLASS], errors="ignore")
    return tuple(str(name) for name in frame.columns if frame[name].nunique() <= MOST_GROUPS)


def _classes(background: pd.DataFrame) -> pd.Series:
    within = CLASS if CLASS in background else LEERJAAR
    grouped = background.groupby([SCHOOL, within], sort=False, dropna=False, observed=True)
    return grouped.ngroup().rename("class")
