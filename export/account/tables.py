"""Results as Dutch tables for notebook, page and paper: headings, rounding, level of use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from export import dutch
from export.account import thresholds
from export.account.attempt import NotComputed
from export.account.dutch_numbers import NO_NUMBER, count, interval, number, percentage
from export.account.texts import caption, text, texts
from export.account.verdicts import NOT_APPLICABLE, TOO_LITTLE
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

    @property
    def shown(self) -> tuple[Table, ...]:
        """What a notebook displays of it."""
        return (self,)

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
    return table("about", rows, simulated=data.simulated)


def item_table(scale: StudiedScale, statistics: pd.DataFrame | NotComputed) -> Table:
    """Return the result of `psychometrics.items.item_statistics`; a row of too few answers stays empty."""
    rows = _statistics_rows(scale, statistics)
    fields = {"scale": scale.title, "level_of_use": thresholds.load().level_of_use}
    if not rows:
        return without_figures("item_statistics", simulated=scale.simulated, said=NOT_APPLICABLE, **fields)
    return table("item_statistics", rows, simulated=scale.simulated, **fields)


def reliability_table(data: ResearchData, judgements: Sequence[Judgement]) -> Table:
    """Return alpha, interval, lambda-2 and verdict per scale, with the reason where nothing is demanded."""
    titles = {scale.code: scale.title["nl"] for scale in data.edition.scales}
    used = thresholds.load()
    reasons = [
        text("reliability", "reason", scale=titles[scale], reason=reason)
        for scale, reason in used.causal_indicators.items()
        if scale in titles and scale in {judgement.scale for judgement in judgements}
    ]
    asked = [judgement for judgement in judgements if judgement.scale in titles]
    rows = [_reliability_row(titles[judgement.scale], judgement) for judgement in asked]
    fields = {"level_of_use": used.level_of_use, "reasons": " ".join(reasons)}
    if not rows:
        return without_figures("reliability", simulated=data.simulated, said=NOT_APPLICABLE, **fields)
    return table("reliability", rows, simulated=data.simulated, **fields)


def leerjaar_table(scale: StudiedScale, alphas: pd.DataFrame) -> Table:
    """Return the result of `psychometrics.reliability.alpha_per_group` over leerjaren, with verdicts."""
    fields = {"scale": scale.title, "level_of_use": thresholds.load().level_of_use}
    if not scale.items:
        return without_figures("leerjaar", simulated=scale.simulated, said=NOT_APPLICABLE, **fields)
    rows = [_leerjaar_row(scale, leerjaar, row) for leerjaar, row in alphas.iterrows()]
    return table("leerjaar", rows, simulated=scale.simulated, **fields)


def threshold_table() -> Table:
    """Return the thresholds in use, with their sources."""
    used = thresholds.load().measures.values()
    changed = "changed" if any(threshold.changed for threshold in used) else "unchanged"
    counts = {f"n_{how}": str(sum(one.checked == how for one in used)) for how in thresholds.CHECKED}
    fields = {"changed": text("thresholds", changed), "n_thresholds": str(len(used)), **counts}
    return table("thresholds", map(_threshold_row, used), simulated=False, **fields)


def table(part: str, rows: Iterable[tuple[str, ...]], *, simulated: bool, **fields: str) -> Table:
    """Return a table of a part: caption, headings and note from the texts, filled with `fields`."""
    return Table(
        part=part,
        caption=caption(part, simulated=simulated, **fields),
        columns=tuple(column.format(**fields) for column in texts()[part]["columns"]),
        rows=tuple(rows),
        note=text(part, "note", **fields).strip(),
    )


def without_figures(part: str, *, simulated: bool, said: str = TOO_LITTLE, **fields: str) -> Table:
    """Return the table of a part of which nothing could be computed: it says so, and explains no figure."""
    known = defaultdict(lambda: NO_NUMBER, fields)
    columns = tuple(column.format_map(known) for column in texts()[part]["columns"])
    rows = ((said, *[""] * (len(columns) - 1)),)
    return Table(part, caption(part, simulated=simulated, **fields), columns, rows, note="")


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


def _threshold_row(threshold: Threshold) -> tuple[str, ...]:
    low = number(threshold.sufficient, decimals=threshold.decimals)
    high = number(threshold.good, decimals=threshold.decimals)
    way = "to" if threshold.lower_is_better else "from"
    mark = text("thresholds", "mark") if threshold.changed else ""
    return (
        threshold.measure + mark,
        text("thresholds", way, border=low),
        text("thresholds", way, border=high),
        text("thresholds", "source", source=threshold.source, year=threshold.year),
        _looked_up(threshold),
    )


def _looked_up(threshold: Threshold) -> str:
    """Return how far somebody looked up what the source says, and where."""
    said = text("thresholds", "in_source" if threshold.checked == "source" else threshold.checked)
    if not threshold.read_in:
        return said
    return text("thresholds", "looked_up", how=said, where=threshold.read_in)
