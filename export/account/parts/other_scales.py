"""The scales of an instrument collected elsewhere, of which the notebooks have no story of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from export.account import studied_scale, tables, thresholds
from export.account.answer_figure import answer_figure
from export.account.attempt import NotComputed, attempt
from export.account.texts import text
from psychometrics import items, reliability

if TYPE_CHECKING:
    import pandas as pd

    from export.account.findings import Block
    from export.account.research_file import ResearchData
    from export.account.thresholds import Judgement


@dataclass(frozen=True, slots=True, repr=False)
class OtherScales:
    """What was found of these scales: for the document, and for the notebook, which shows that first."""

    statistics: dict[str, pd.DataFrame | NotComputed]
    judgements: tuple[Judgement, ...]
    blocks: tuple[Block, ...]

    def __repr__(self) -> str:
        return text("other_scales", "some" if self.blocks else "none")

    @property
    def shown(self) -> tuple[object, ...]:
        """What a notebook displays."""
        drawn = [part for block in self.blocks for part in (block, *_beside(block))]
        return (self, *drawn)


def items_of(data: ResearchData) -> OtherScales:
    """Return how the questions of these scales work."""
    found: dict[str, pd.DataFrame | NotComputed] = {}
    blocks: list[Block] = []
    for scale in studied_scale.others(data):
        shares = attempt(items.answer_shares, scale.scores, options=scale.options)
        found[scale.code] = attempt(items.item_statistics, scale.scores, options=scale.options)
        blocks += [answer_figure(scale, shares), tables.item_table(scale, found[scale.code])]
    return OtherScales(found, (), tuple(blocks))


def reliability_of(data: ResearchData, drawing: dict[str, Any]) -> OtherScales:
    """Return how reliable these scales are; `drawing` is how schools are drawn for their intervals."""
    judgements: list[Judgement] = []
    blocks: list[Block] = []
    for scale in studied_scale.others(data):
        judgements.append(judged(scale, drawing))
        per_leerjaar = reliability.alpha_per_group(scale.scores, scale.leerjaren)
        blocks.append(tables.leerjaar_table(scale, per_leerjaar))
    return OtherScales({}, tuple(judgements), tuple(blocks))


def judged(scale: studied_scale.StudiedScale, drawing: dict[str, Any]) -> Judgement:
    """Return the reliability of a scale, with its verdict."""
    alpha = attempt(reliability.cronbach_alpha, scale.scores)
    lambda2 = attempt(reliability.guttman_lambda2, scale.scores)
    over = attempt(reliability.bootstrap_interval, reliability.cronbach_alpha, scale.scores, **drawing)
    return thresholds.judge_scale(scale.code, alpha, lambda2, over_schools=over)


def _beside(block: Block) -> tuple[object, ...]:
    return () if isinstance(block, tables.Table) else (block.table,)
