"""Results on their way from a notebook to the document: what its last cell shows, and nothing typed.

`facts` say what the account rests on and what it judged; `sections` are tables and figures, by the chapter of
the document in which they stand.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export import dutch
from export.account import tables as account_tables
from export.account import thresholds
from export.account.answer_figure import AnswerFigure
from export.account.attempt import NotComputed
from export.account.notebooks import MIME
from export.account.plot import Plot
from export.account.provenance import hash_of_data
from export.account.tables import Table
from export.account.texts import text
from export.account.verdicts import NOT_DEMANDED, TOO_LITTLE, Verdict
from export.disclosure import TOO_FEW
from instrument import editions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from export.account.collected import Collected
    from export.account.research_file import ResearchData
    from export.account.thresholds import Judgement

VERDICT_DECIMALS: Final = 6
DECIMALS: Final = 9
"""More than any table shows, fewer than where two machines differ."""

Block: TypeAlias = Table | AnswerFigure | Plot
"""What a section of the document is made of."""
Sections: TypeAlias = "Mapping[str, Sequence[Block]]"
"""Section by name."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What one notebook found: `facts` for the claims table, `sections` of blocks for the document."""

    facts: dict[str, Any]
    sections: dict[str, list[Block]]

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        blocks = [block for section in self.sections.values() for block in section]
        n_tables = sum(isinstance(block, Table) for block in blocks)
        sent = text("findings", "sent", n_tables=n_tables, n_figures=len(blocks) - n_tables)
        sections = {name: [_block(block) for block in section] for name, section in self.sections.items()}
        return {MIME: {"facts": self.facts, "sections": sections}, "text/markdown": sent, "text/plain": sent}


def of_section(
    data: ResearchData, section: str, blocks: Sequence[Block], verdicts: Sequence[Verdict] = ()
) -> Findings:
    """Return the findings for one section of the document: what to print, and what was judged."""
    return of_sections(data, {section: blocks}, verdicts)


def of_sections(
    data: ResearchData,
    sections: Sections,
    verdicts: Sequence[Verdict],
    **facts: object,
) -> Findings:
    """Return the findings for sections of the document by name; `facts` are what a claim rests on besides."""
    # of an instrument with one scale, the first is the last: what stands there twice is printed once
    printed = {name: list(dict.fromkeys(blocks)) for name, blocks in sections.items()}
    return Findings({**about(data), **facts, "verdicts": [_verdict(one) for one in verdicts]}, printed)


def of_claims(collected: Collected, claims: Table, verdicts: Table) -> Findings:
    """Return the claims table with every verdict behind it, and the facts they were made of."""
    return Findings(collected.facts, {"claims": [claims], "verdicts": [verdicts]})


def of_items(
    data: ResearchData, statistics: Mapping[str, pd.DataFrame | NotComputed], blocks: Sequence[Block]
) -> Findings:
    """Return the findings of the item analysis: scale code to item statistics, and what to print."""
    asked = data.edition.model
    items = [_item_facts(data, scale, frame) for scale, frame in statistics.items() if scale in asked]
    verdicts = [_item_verdict(scale) for scale in items if scale["consistency_demanded"]]
    printed = [block for block in blocks if not isinstance(block, AnswerFigure) or block.bars]
    sections: Sections = {"data": [account_tables.about(data)], "items": printed}
    return of_sections(data, sections, verdicts, items=items)


def of_reliability(
    data: ResearchData,
    judgements: Sequence[Judgement],
    blocks: Sequence[Block],
    verdicts: Sequence[Verdict] = (),
) -> Findings:
    """Return the findings on reliability: a judgement per scale, what to print, what was judged besides."""
    asked = [judgement for judgement in judgements if judgement.scale in data.edition.model]
    scales = [_reliability_facts(data, judgement) for judgement in asked]
    of_scales = [_scale_verdict(scale) for scale in scales if scale["verdict"] != NOT_DEMANDED]
    sections: Sections = {"reliability": blocks, "thresholds": [account_tables.threshold_table()]}
    facts = {"reliability": scales, "retest": data.second is not None}
    return of_sections(data, sections, [*of_scales, *verdicts], **facts)


def about(data: ResearchData) -> dict[str, Any]:
    """Return what the account rests on: edition, population, numbers, and a fingerprint of the data."""
    return {
        "edition": data.edition.code,
        "edition_title": data.edition.title["nl"],
        "fingerprint": editions.fingerprint(data.edition),
        "sector": data.edition.sector,
        "leerjaren": sorted(int(leerjaar) for leerjaar in data.background["leerjaar"].unique()),
        "n_respondents": data.n_respondents,
        "n_schools": data.n_schools,
        "simulated": data.simulated,
        "dated": data.dated.isoformat(),
        "dated_in_words": dutch.day(data.dated),
        "data": hash_of_data(data),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    value = None if verdict.value is None else round(verdict.value, VERDICT_DECIMALS)
    return {**asdict(verdict), "value": value}


def _item_verdict(scale: dict[str, Any]) -> Verdict:
    return thresholds.judge("EIS-C2", "item_rest", scale["title"], scale.get("lowest_rir"))


def _scale_verdict(scale: dict[str, Any]) -> Verdict:
    low = scale.get("ci_low")
    said = TOO_LITTLE if low is None else scale["verdict"]
    return Verdict("EIS-C3", "reliability", scale["title"], low, said)


def _block(block: Block) -> dict[str, Any]:
    kinds = {Table: "table", AnswerFigure: "figure", Plot: "plot"}
    return {"kind": kinds[type(block)], **asdict(block)}


def _item_facts(data: ResearchData, scale: str, statistics: pd.DataFrame | NotComputed) -> dict[str, Any]:
    lowest = {} if isinstance(statistics, NotComputed) else _lowest(statistics["rir"])
    return {**_scale_facts(data, scale), **lowest}


def _lowest(rir: pd.Series) -> dict[str, Any]:
    return {"lowest_item": str(rir.idxmin()), "lowest_rir": round(float(rir.min()), DECIMALS)}


def _reliability_facts(data: ResearchData, judgement: Judgement) -> dict[str, Any]:
    about = {**_scale_facts(data, judgement.scale), "verdict": judgement.verdict}
    result, lambda2 = judgement.reliability, judgement.lambda2
    if judgement.verdict == TOO_FEW or isinstance(result, NotComputed) or isinstance(lambda2, NotComputed):
        return about
    return {
        **about,
        "alpha": round(result.alpha, DECIMALS),
        "ci_low": round(result.ci_low, DECIMALS),
        "ci_high": round(result.ci_high, DECIMALS),
        "lambda2": round(lambda2.value, DECIMALS),
        "n_respondents": result.n_respondents,
    }


def _scale_facts(data: ResearchData, code: str) -> dict[str, Any]:
    return {
        "scale": code,
        "title": next(scale.title["nl"] for scale in data.edition.scales if scale.code == code),
        "n_items": len(data.edition.items_of(code)),
        "consistency_demanded": code not in thresholds.load().causal_indicators,
    }
