"""The claims table: each legal requirement, its evidence, the verdict, and what is not shown."""

from __future__ import annotations

from typing import Any

from export.account import thresholds
from export.account.dutch_numbers import count, number
from export.account.tables import Table, interval
from export.account.texts import caption, text, texts
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW

Facts = dict[str, Any]


def claims_table(facts: Facts) -> Table:
    """Return the claims with the evidence filled in from the notebooks' facts, and nothing beside it."""
    fields = _fields(facts)
    return Table(
        part="claims",
        caption=caption("claims", simulated=facts["simulated"]),
        columns=tuple(texts()["claims"]["columns"]),
        rows=tuple(_row(claim, fields, simulated=facts["simulated"]) for claim in texts()["claim"]),
        note=text("claims", "note"),
    )


def _row(claim: Facts, fields: dict[str, str], *, simulated: bool) -> tuple[str, ...]:
    verdict = claim["verdict"].format(**fields)
    if simulated and claim["rests_on_answers"]:
        verdict = text("claims", "verdict_simulated", verdict=verdict)
    return (
        claim["requirement"],
        claim["claim"],
        claim["evidence"].format(**fields),
        verdict,
        claim["not_shown"],
    )


def _fields(facts: Facts) -> dict[str, str]:
    return {
        "fingerprint_start": facts["fingerprint"][: len("sha256:") + 12],
        "minimum_answers": str(MINIMUM_ANSWERS),
        **_item_fields(facts["items"]),
        **_reliability_fields(facts["reliability"]),
    }


def _item_fields(items: list[Facts]) -> dict[str, str]:
    return {
        "n_items": str(sum(scale["n_items"] for scale in items)),
        "items_per_scale": ", ".join(f"{scale['n_items']} {scale['title'].lower()}" for scale in items),
        "item_rest_evidence": _item_rest(items),
    }


def _item_rest(items: list[Facts]) -> str:
    judged = [scale for scale in items if scale["consistency_demanded"]]
    if not judged or any("lowest_rir" not in scale for scale in judged):
        return text("claims", "too_few_item_rest")
    lowest = min(judged, key=lambda scale: float(scale["lowest_rir"]))
    return text(
        "claims",
        "item_rest_evidence",
        rir=number(lowest["lowest_rir"]),
        item=lowest["lowest_item"],
        verdict=thresholds.load().item_rest.judge(lowest["lowest_rir"]),
    )


def _reliability_fields(scales: list[Facts]) -> dict[str, str]:
    judged = [scale["verdict"] for scale in scales if scale["consistency_demanded"]]
    return {
        "reliability_evidence": " ".join(_evidence(scale) for scale in scales),
        "reliability_verdict": thresholds.worst(judged),
    }


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
