"""What experts make of the questions: do they cover what the law asks (EIS-A)?"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.account import tables, thresholds
from export.account.content import counted, ratings
from export.account.content.validity_index import FEWEST_EXPERTS
from export.account.dutch_numbers import number
from export.account.texts import text
from export.account.verdicts import NOT_EXAMINED
from instrument import editions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from export.account.content.ratings import Panel
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from instrument.questionnaire import Edition

REQUIREMENT: Final = "EIS-A"
VARIABLE: Final = "WEERGLAS_BEOORDELINGEN"
"""The environment variable with the paths of filled-in rating sheets, as PATH has its folders."""
FOLDER: Final = "beoordelingen"
"""Of a data folder: where filled-in sheets (.xlsx) may be put."""


def sheets_of(folder: Path) -> tuple[Path, ...]:
    """Return the filled-in sheets in a data folder."""
    return tuple(sorted((folder / FOLDER).glob("*.xlsx")))


def panel_of(study: Study) -> Panel | None:
    """Return the experts whose sheets WEERGLAS_BEOORDELINGEN names; None where nobody rated."""
    given = os.environ.get(VARIABLE, "")
    return read([Path(path) for path in given.split(os.pathsep)], study.data.edition) if given else None


def read(paths: Sequence[Path], edition: Edition) -> Panel:
    """Return the experts who rated this edition.

    Raises:
        RatingSheetError: a sheet that cannot be used, with every fault, or sheets of another edition.
    """
    panel = ratings.read(paths)
    if editions.fingerprint(panel.edition) != editions.fingerprint(edition):
        fault = f"{panel.edition.code} was rated, and the answers are to {edition.code}"
        raise ratings.RatingSheetError([f"{paths[0].name}: {fault}; give the sheets of that edition"])
    return panel


def content_table(study: Study, panel: Panel | None) -> Table:
    """Return, per scale, whether experts find its questions relevant; that nobody rated, if so."""
    if panel is None:
        return tables.without_figures("content", simulated=False, said=NOT_EXAMINED)
    found = counted.facts(panel)
    rows = [_row(study, scale, found) for scale in found["scales"]]
    return tables.table("content", rows, simulated=False, n_experts=str(found["n_experts"]))


def verdicts(study: Study, panel: Panel | None) -> list[Verdict]:
    """Return the verdicts on every scale, and on its question that the fewest find relevant."""
    if panel is None:
        return []
    found = counted.facts(panel)
    return [
        thresholds.judge(REQUIREMENT, measure, study.title(scale), value)
        for scale in found["scales"]
        for measure, value in _judged(study, scale, found).items()
    ]


def facts(panel: Panel | None) -> dict[str, Any]:
    """Return for the claims how many experts rated, and a fingerprint of what they filled in."""
    if panel is None:
        return {}
    content = repr([(dict(one.relevance), dict(one.clarity), dict(one.coverage)) for one in panel.experts])
    digest = hashlib.sha256(content.encode()).hexdigest()
    return {"content": {"n_experts": len(panel.experts), "sha256": f"sha256:{digest}"}}


def _judged(study: Study, scale: str, found: dict[str, Any]) -> dict[str, float | None]:
    whole = found["scales"][scale]
    values = {
        "item_content_validity": _lowest(study, scale, found)[1],
        "scale_content_validity": whole["s_cvi_average"],
        "scale_content_agreement": whole["s_cvi_universal"],
    }
    enough = found["n_experts"] >= FEWEST_EXPERTS
    # 7 of 10 is no 0.7 in binary
    return {measure: round(value, 9) if enough else None for measure, value in values.items()}


def _lowest(study: Study, scale: str, found: dict[str, Any]) -> tuple[str, float]:
    kappas = {item: found["items"][item]["kappa"] for item in study.data.edition.model[scale]}
    item = min(kappas, key=lambda code: kappas[code])
    return item, kappas[item]


def _row(study: Study, scale: str, found: dict[str, Any]) -> tuple[str, ...]:
    whole, (item, kappa) = found["scales"][scale], _lowest(study, scale, found)
    judged = _judged(study, scale, found)
    verdict = thresholds.worst(
        thresholds.judge(REQUIREMENT, measure, scale, value).verdict for measure, value in judged.items()
    )
    return (
        study.title(scale),
        number(whole["s_cvi_average"]),
        number(whole["s_cvi_universal"]),
        text("content", "lowest", item=item, kappa=number(kappa)),
        number(found["coverage"][scale], decimals=1),
        verdict,
    )
