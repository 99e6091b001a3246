"""One scale under study: its scored answers with what a table or figure has to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from instrument import scoring

if TYPE_CHECKING:
    import pandas as pd

    from export.account.research_file import ResearchData
    from instrument.questionnaire import Item


@dataclass(frozen=True, slots=True)
class StudiedScale:
    """The item scores of one scale, high = favourable; `options` are the scores possible, rising."""

    code: str
    title: str
    items: tuple[Item, ...]
    scores: pd.DataFrame
    options: tuple[int, ...]
    leerjaren: pd.Series
    simulated: bool


def of(data: ResearchData, code: str) -> StudiedScale:
    """Return a scale of the data by its code; `KeyError` names a code that the edition has not."""
    scale = {known.code: known for known in data.edition.scales}[code]
    reach = scoring.score_range(data.edition, code)
    scores = scoring.item_scores(data.answers, data.edition)
    return StudiedScale(
        code=code,
        title=scale.title["nl"],
        items=data.edition.items_of(code),
        scores=scores[data.edition.model[code]],
        options=tuple(range(reach.minimum, reach.maximum + 1)),
        leerjaren=data.background["leerjaar"],
        simulated=data.simulated,
    )
