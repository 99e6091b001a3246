"""One scale under study: its scored answers with what a table or figure has to say of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from instrument import scoring

if TYPE_CHECKING:
    from export.account.research_file import ResearchData
    from instrument.questionnaire import Item


OURS: Final = ("veiligheidsbeleving", "aantasting", "welbevinden")
"""The scales of every edition of ours, by which the notebooks tell their story."""


NO_OPTIONS: Final = (0, 1)
"""Of a scale that was not asked: for headings of tables without a row."""


@dataclass(frozen=True, slots=True)
class StudiedScale:
    """The item scores of one scale, high = favourable; `options` are the scores possible, rising.

    Of a scale that was not asked there are no items.
    """

    code: str
    title: str
    items: tuple[Item, ...]
    scores: pd.DataFrame
    options: tuple[int, ...]
    leerjaren: pd.Series
    simulated: bool


def others(data: ResearchData) -> tuple[StudiedScale, ...]:
    """Return the scales that are none of ours, of an instrument collected elsewhere."""
    return tuple(of(data, code) for code in data.edition.model if code not in OURS)


def of(data: ResearchData, code: str) -> StudiedScale:
    """Return a scale of the data by its code; without an item where it was not asked."""
    scale = next((known for known in data.edition.scales if known.code == code), None)
    if scale is None:
        nothing = pd.DataFrame(index=data.answers.index)
        leerjaren = data.background["leerjaar"]
        return StudiedScale(code, code.capitalize(), (), nothing, NO_OPTIONS, leerjaren, data.simulated)
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
