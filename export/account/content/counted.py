"""What a panel of experts makes of an edition: indices with verdicts, as spreadsheet or JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from statistics import fmean
from typing import TYPE_CHECKING, Any

from export.account import thresholds
from export.account.content.blueprint import LANGUAGE
from export.account.content.validity_index import (
    FEWEST_EXPERTS,
    RELEVANT,
    ItemValidity,
    ScaleValidity,
    item_validity,
    scale_validity,
)
from export.account.content.words import words
from export.account.dutch_numbers import number
from instrument import editions
from instrument.interchange import workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from export.account.content.ratings import Panel

MEASURES = ("item_content_validity", "scale_content_validity", "scale_content_agreement")


def written(panel: Panel, *, form: str) -> bytes:
    """Return the counts as `.json` or `.xlsx`; the same ratings in the same order give the same bytes."""
    if form == ".json":
        return (json.dumps(facts(panel), ensure_ascii=False, indent=2) + "\n").encode()
    return _spreadsheet(panel)


def facts(panel: Panel) -> dict[str, Any]:
    """Return every figure in full precision, with its verdict."""
    items = _items(panel)
    return {
        "edition": panel.edition.code,
        "fingerprint": editions.fingerprint(panel.edition),
        "n_experts": len(panel.experts),
        "items": {
            code: {**asdict(found), "clear_rate": _clear(panel, code), "verdict": _of_item(found)}
            for code, found in items.items()
        },
        "scales": {
            scale: {**asdict(found), **_of_scale(found)} for scale, found in _scales(panel, items).items()
        },
        "coverage": {scale.code: _coverage(panel, scale.code) for scale in panel.edition.scales},
        "thresholds": {name: asdict(thresholds.load().measures[name]) for name in MEASURES},
    }


def _items(panel: Panel) -> dict[str, ItemValidity]:
    codes = [item.code for item in panel.edition.scored]
    return {code: item_validity([expert.relevance[code] for expert in panel.experts]) for code in codes}


def _scales(panel: Panel, items: Mapping[str, ItemValidity]) -> dict[str, ScaleValidity]:
    return {
        scale: scale_validity({code: items[code] for code in codes})
        for scale, codes in panel.edition.model.items()
    }


def _clear(panel: Panel, code: str) -> float:
    return fmean(expert.clarity[code] >= RELEVANT for expert in panel.experts)


def _coverage(panel: Panel, scale: str) -> float:
    return fmean(expert.coverage[scale] for expert in panel.experts)


def _of_item(found: ItemValidity) -> str:
    return _verdict("item_content_validity", found.kappa, found.n_experts)


def _of_scale(found: ScaleValidity) -> dict[str, str]:
    return {
        "verdict": _verdict("scale_content_validity", found.s_cvi_average, found.n_experts),
        "verdict_universal": _verdict("scale_content_agreement", found.s_cvi_universal, found.n_experts),
    }


def _verdict(measure: str, value: float, n_experts: int) -> str:
    if n_experts < FEWEST_EXPERTS:
        return str(words("beoordeling")["count"]["too_few"])
    return thresholds.load().measures[measure].judge(round(value, 9))  # 7 of 10 is no 0.7 in binary


def _spreadsheet(panel: Panel) -> bytes:
    said = words("beoordeling")["count"]
    found = facts(panel)
    return workbook.write({
        said["scales"]: [said["scale_columns"], *_scale_rows(panel, found)],
        said["items"]: [said["item_columns"], *_item_rows(panel, found)],
        said["coverage"]: [said["coverage_columns"], *_coverage_rows(panel, found)],
        said["remarks"]: [said["remark_columns"], *_remarks(panel)],
        said["about"]: [said["about_columns"], *_about(panel)],
    })  # fmt: skip


def _scale_rows(panel: Panel, found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            scale.title[LANGUAGE],
            str(row["n_items"]),
            str(row["n_experts"]),
            number(row["s_cvi_average"]),
            row["verdict"],
            number(row["s_cvi_universal"]),
            row["verdict_universal"],
        )
        for scale in panel.edition.scales
        for row in [found["scales"][scale.code]]
    ]


def _item_rows(panel: Panel, found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    titles = {scale.code: scale.title[LANGUAGE] for scale in panel.edition.scales}
    return [
        (
            item.code,
            titles[item.scale or ""],
            item.text[LANGUAGE],
            str(row["n_experts"]),
            str(row["n_relevant"]),
            *(number(row[name]) for name in ("i_cvi", "chance", "kappa")),
            row["verdict"],
            number(row["clear_rate"]),
        )
        for item in panel.edition.scored
        for row in [found["items"][item.code]]
    ]


def _coverage_rows(panel: Panel, found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (
            scale.title[LANGUAGE],
            scale.legal_question,
            str(len(panel.experts)),
            number(found["coverage"][scale.code]),
        )
        for scale in panel.edition.scales
    ]


def _remarks(panel: Panel) -> list[tuple[str, str]]:
    """By what they are about and by their words, so that no row tells whose it is."""
    return sorted(remark for expert in panel.experts for remark in expert.remarks)


def _about(panel: Panel) -> list[tuple[str, str]]:
    said = words("beoordeling")
    used = thresholds.load().measures
    known = sorted(expert.expertise for expert in panel.experts if expert.expertise)
    return [
        (said["facts"]["edition"], panel.edition.code),
        (said["facts"]["fingerprint"], editions.fingerprint(panel.edition)),
        (said["count"]["n_experts"], str(len(panel.experts))),
        (said["count"]["expertise"], "; ".join(known)),
        (said["count"]["explained"], said["count"]["explanation"].format(fewest=FEWEST_EXPERTS)),
        *((used[name].label, _said(name)) for name in MEASURES),
        (said["count"]["not_shown"], said["count"]["limits"]),
    ]


def _said(name: str) -> str:
    used = thresholds.load().measures[name]
    said: str = words("beoordeling")["count"]["threshold"]
    return said.format(
        measure=used.measure,
        sufficient=number(used.sufficient),
        good=number(used.good),
        source=used.source,
        year=used.year,
    )
