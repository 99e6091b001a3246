"""The claims table: each legal requirement, its evidence, the verdict, and what is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from export.account import thresholds
from export.account.dutch_numbers import count, interval, number
from export.account.tables import Table, table
from export.account.texts import text, texts
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

if TYPE_CHECKING:
    from collections.abc import Sequence

Facts = dict[str, Any]


def claims_table(facts: Facts) -> Table:
    """Return the claims with the evidence filled in from the notebooks' facts, and nothing beside it."""
    return table("claims", [_row(claim, facts) for claim in texts()["claim"]], simulated=facts["simulated"])


def verdict_table(facts: Facts) -> Table:
    """Return every verdict with what was judged, its value and the border of voldoende."""
    in_order = sorted(facts["verdicts"], key=lambda verdict: str(verdict["requirement"]))
    rows = [_verdict_row(verdict) for verdict in in_order]
    return table("verdicts", rows, simulated=facts["simulated"])


def verdict_of(requirement: str, facts: Facts) -> str:
    """Return the worst verdict on a requirement; of one on which nothing was computed, what the texts say."""
    claim = next(claim for claim in texts()["claim"] if claim["requirement"] == requirement)
    judged = _judged(requirement, facts)
    return thresholds.worst(one["verdict"] for one in judged) if judged else str(claim["verdict"])


def _row(claim: Facts, facts: Facts) -> tuple[str, ...]:
    fields = _fields(claim["requirement"], facts)
    verdict = verdict_of(claim["requirement"], facts)
    if claim["partial"] and _judged(claim["requirement"], facts):
        verdict = text("claims", "verdict_partial", verdict=verdict)
    if facts["simulated"] and claim["rests_on_answers"]:
        verdict = text("claims", "verdict_simulated", verdict=verdict)
    evidence = " ".join(claim["evidence"].format(**fields).split())
    return (claim["requirement"], claim["claim"], evidence, verdict, _not_shown(claim, facts))


def _not_shown(claim: Facts, facts: Facts) -> str:
    """Return what is not shown: always, and where something was not examined."""
    lacking = [said for name, said in claim.get("not_shown_without", {}).items() if not facts.get(name)]
    return " ".join([*lacking, claim["not_shown"]])


def _fields(requirement: str, facts: Facts) -> dict[str, str]:
    items = facts["items"]
    return {
        "fingerprint_start": facts["fingerprint"][: len("sha256:") + 12],
        "minimum_answers": str(MINIMUM_ANSWERS),
        "n_items": str(sum(scale["n_items"] for scale in items)),
        "items_per_scale": ", ".join(f"{scale['n_items']} {scale['title'].lower()}" for scale in items),
        "reliability_evidence": " ".join(_evidence(scale) for scale in facts["reliability"]),
        "content": _content(facts),
        "judged": _worst_per_measure(_judged(requirement, facts)),
        "judged_besides": _worst_per_measure(
            [one for one in _judged(requirement, facts) if one["measure"] != "reliability"]
        ),
    }


def _content(facts: Facts) -> str:
    if not facts.get("content"):
        return text("claims", "not_rated")
    return text("claims", "rated", n_experts=facts["content"]["n_experts"])


def _judged(requirement: str, facts: Facts) -> list[Facts]:
    return [one for one in facts["verdicts"] if one["requirement"] == requirement]


def _worst_per_measure(judged: Sequence[Facts]) -> str:
    """Return a sentence per measure, on the subject that did worst on it."""
    measures = dict.fromkeys(one["measure"] for one in judged)
    return " ".join(
        _sentence(min((one for one in judged if one["measure"] == measure), key=_rank))
        for measure in measures
    )


def _rank(judged: Facts) -> tuple[int, float]:
    """Order by verdict, then by value, so that the worst comes first."""
    used = thresholds.load().measures[judged["measure"]]
    value = judged["value"] or 0.0
    return thresholds.WORST_FIRST.index(judged["verdict"]), -value if used.lower_is_better else value


def _sentence(judged: Facts) -> str:
    used = thresholds.load().measures[judged["measure"]]
    label = used.label[0].upper() + used.label[1:]
    if judged["value"] is None:
        return text("claims", "judged_nothing", label=label, verdict=judged["verdict"])
    return text(
        "claims",
        "judged",
        label=label,
        value=used.printed(judged["value"]),
        subject=judged["subject"],
        verdict=judged["verdict"],
    )


def _verdict_row(judged: Facts) -> tuple[str, ...]:
    used = thresholds.load().measures[judged["measure"]]
    value = "" if judged["value"] is None else used.printed(judged["value"])
    way = "to" if used.lower_is_better else "from"
    border = text("verdicts", way, border=number(used.sufficient, decimals=used.decimals))
    return (judged["requirement"], used.measure, judged["subject"], value, border, judged["verdict"])


def _evidence(scale: Facts) -> str:
    if scale["verdict"] == TOO_FEW:
        return text("claims", "too_few_evidence", scale=scale["title"], verdict=TOO_FEW)
    return text(
        "claims",
        "reliability_evidence",
        scale=scale["title"],
        alpha=number(scale["alpha"]),
        interval=interval(scale["ci_low"], scale["ci_high"]),
        n_respondents=count(scale["n_respondents"]),
        verdict=scale["verdict"],
    )
