"""Results as Dutch tables for notebook, page and paper: headings, rounding, level of use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from export import dutch
from export.account import thresholds
from export.account.attempt import NotComputed
from export.account.dutch_numbers import count, number, percentage
from export.account.texts import caption, text, texts
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW
from instrument import editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from export.account.research_file import ResearchData
    from export.account.studied_scale import StudiedScale
    from export.account.thresholds import Judgement, Threshold


@dataclass(frozen=True, slots=True, repr=False)
class Table:
    """A table as it is printed everywhere: cells are text, rounded and in Dutch; `part` says which."""

    part: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str

    def __repr__(self) -> str:
        return self.caption

    def _repr_markdown_(self) -> str:
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
        return "\n\n".join(part for part in (f"**{self.caption}**", table, self.note) if part)


def about(data: ResearchData) -> Table:
    """Return what the account rests on: edition, source, numbers."""
    facts = {
        "edition": f"{data.edition.title['nl']} ({data.edition.code})",
        "fingerprint": editions.fingerprint(data.edition),
        "source": data.source,
        "simulated": dutch.yes_no(data.simulated),
        "dated": dutch.day(data.dated),
        "n_respondents": count(data.n_respondents),
        "n_schools": str(data.n_schools),
    }
    rows = [(text("about", key), value) for key, value in facts.items()]
    return _table("about", rows, simulated=data.simulated)


def item_table(scale: StudiedScale, statistics: pd.DataFrame | NotComputed) -> Table:
    """Return the result of `psychometrics.items.item_statistics`; a row of too few answers stays empty."""
    rows = _statistics_rows(scale, statistics)
    used = thresholds.load().level_of_use
    return _table("item_statistics", rows, simulated=scale.simulated, scale=scale.title, level_of_use=used)


def reliability_table(data: ResearchData, judgements: Sequence[Judgement]) -> Table:
    """Return alpha, interval, lambda-2 and verdict per scale, with the reason where nothing is demanded."""
    titles = {scale.code: scale.title["nl"] for scale in data.edition.scales}
    used = thresholds.load()
    reasons = [
        text("reliability", "reason", scale=titles[scale], reason=reason)
        for scale, reason in used.causal_indicators.items()
        if scale in {judgement.scale for judgement in judgements}
    ]
    rows = [_reliability_row(titles[judgement.scale], judgement) for judgement in judgements]
    fields = {"level_of_use": used.level_of_use, "reasons": " ".join(reasons)}
    return _table("reliability", rows, simulated=data.simulated, **fields)


def leerjaar_table(scale: StudiedScale, alphas: pd.DataFrame) -> Table:
    """Return the result of `psychometrics.reliability.alpha_per_group` over leerjaren, with verdicts."""
    rows = [_leerjaar_row(scale, leerjaar, row) for leerjaar, row in alphas.iterrows()]
    used = thresholds.load().level_of_use
    return _table("leerjaar", rows, simulated=scale.simulated, scale=scale.title, level_of_use=used)


def threshold_table() -> Table:
    """Return the thresholds in use, with their sources."""
    used = thresholds.load()
    return _table(
        "thresholds", [_threshold_row(used.reliability), _threshold_row(used.item_rest)], simulated=False
    )


def _table(part: str, rows: Iterable[tuple[str, ...]], *, simulated: bool, **fields: str) -> Table:
    return Table(
        part=part,
        caption=caption(part, simulated=simulated, **fields),
        columns=tuple(texts()[part]["columns"]),
        rows=tuple(rows),
        note=text(part, "note", **fields).strip(),
    )


def _statistics_rows(scale: StudiedScale, statistics: pd.DataFrame | NotComputed) -> list[tuple[str, ...]]:
    if isinstance(statistics, NotComputed):
        return [(item.code, TOO_FEW, *[""] * 6) for item in scale.items]
    return [(str(code), *_statistics_cells(row)) for code, row in statistics.iterrows()]


def _statistics_cells(row: pd.Series) -> tuple[str, ...]:
    n_answers = int(row["n"])
    if n_answers < MINIMUM_ANSWERS:
        return (TOO_FEW, "", "", "", "", "", "")
    measures = [number(row[name]) for name in ("mean", "sd", "rit", "rir", "alpha_if_deleted")]
    return (count(n_answers), percentage(row["missing_rate"], n_answers=n_answers), *measures)


def _reliability_row(title: str, judgement: Judgement) -> tuple[str, ...]:
    result, lambda2 = judgement.reliability, judgement.lambda2
    if judgement.verdict == TOO_FEW or isinstance(result, NotComputed) or isinstance(lambda2, NotComputed):
        return (title, "", "", "", "", "", TOO_FEW)
    numbers = (number(result.alpha), interval(result.ci_low, result.ci_high), number(lambda2.value))
    return (title, str(result.n_items), count(result.n_respondents), *numbers, judgement.verdict)


def _leerjaar_row(scale: StudiedScale, leerjaar: object, row: pd.Series) -> tuple[str, ...]:
    name = text("leerjaar", "group", leerjaar=leerjaar)
    verdict = thresholds.judge_value(scale.code, row["ci_low"], n_respondents=int(row["n_respondents"]))
    if verdict == TOO_FEW or row["fault"]:
        return (name, "", "", "", TOO_FEW)
    ends = interval(row["ci_low"], row["ci_high"])
    return (name, count(int(row["n_respondents"])), number(row["alpha"]), ends, verdict)


def interval(low: float, high: float) -> str:
    """Return both ends of an interval with a dash between."""
    return text("reliability", "interval", low=number(low), high=number(high))


def _threshold_row(threshold: Threshold) -> tuple[str, ...]:
    low, high = number(threshold.sufficient), number(threshold.good)
    source = "source" if threshold.checked else "unchecked"
    return (
        threshold.measure,
        text("thresholds", "below", border=low),
        text("thresholds", "between", low=low, high=high),
        text("thresholds", "from", border=high),
        text("thresholds", source, source=threshold.source, year=threshold.year),
    )
