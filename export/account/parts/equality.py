"""Does the questionnaire measure the same thing in the same way in groups of pupils (EIS-C2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from export.account import tables, thresholds
from export.account.attempt import NotComputed, attempt, cautions, enough
from export.account.dutch_numbers import count, number, probability
from export.account.parts.dimensions import REQUIREMENT
from export.account.study import backgrounds
from export.account.texts import text, texts
from psychometrics import dif, invariance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict

FEWEST_IN_GROUP: Final = 100
"""Complete pupils; of smaller groups, correlations are too uncertain to be held against one another."""

Frames = dict[str, "pd.DataFrame | NotComputed"]
"""Name of a background to its result."""


def invariance_of(study: Study) -> Frames:
    """Return the steps of measurement invariance over every background of which groups can be compared."""
    return {
        name: attempt(
            invariance.measurement_invariance,
            *_of_large_groups(study, name),
            schools=None if study.clusters is None else study.clusters.loc[_in_large_groups(study, name)],
        )
        for name in backgrounds(study)
    }


def dif_of(study: Study) -> dict[str, Frames]:
    """Return, per background and scale, whether each question works alike in the groups."""
    return {name: _dif_of_scales(study, name) for name in backgrounds(study)}


def invariance_table(study: Study, found: Frames) -> Table:
    """Return the fit of each step over each background, and how much it lost."""
    rows = [row for name, steps in found.items() for row in _step_rows(name, steps)]
    if not rows:
        return tables.without_figures("invariance", simulated=study.simulated)
    return tables.table("invariance", rows, simulated=study.simulated, cautions=cautions(*found.values()))


def dif_table(study: Study, found: Mapping[str, Frames]) -> Table:
    """Return, per question, how much knowing the group adds to knowing the rest of the scale."""
    rows = [
        row for name, scales in found.items() for frame in scales.values() for row in _dif_rows(name, frame)
    ]
    if not rows:
        return tables.without_figures("dif", simulated=study.simulated)
    said = cautions(*(frame for scales in found.values() for frame in scales.values()))
    return tables.table("dif", rows, simulated=study.simulated, cautions=said)


def verdicts(study: Study, steps: Frames, items: Mapping[str, Frames]) -> list[Verdict]:
    """Return, per background, the verdicts on the largest loss of fit and on the largest DIF per scale."""
    judged = []
    for name in backgrounds(study):
        judged.append(thresholds.judge(REQUIREMENT, "invariance", _named(name), _largest_loss(steps[name])))
        for scale, frame in items[name].items():
            subject = text("verdicts", "scale_over", scale=study.title(scale), background=_named(name))
            judged.append(thresholds.judge(REQUIREMENT, "dif", subject, _largest_dif(frame)))
    return judged


def _of_large_groups(study: Study, name: str) -> tuple[pd.DataFrame, Any, pd.Series]:
    kept = _in_large_groups(study, name)
    return study.items.loc[kept], study.model, study.groups(name).loc[kept]


def _in_large_groups(study: Study, name: str) -> pd.Series:
    """Tell which pupils belong to a group with enough complete pupils."""
    groups = study.groups(name)
    complete = study.items.notna().all(axis="columns")
    sizes = groups[complete].value_counts()
    return groups.isin(sizes.index[sizes >= FEWEST_IN_GROUP])


def _dif_of_scales(study: Study, name: str) -> Frames:
    kept = _in_large_groups(study, name)
    groups = study.groups(name).loc[kept]
    return {
        scale: attempt(dif.ordinal_dif, study.scores.loc[kept, list(items)], groups)
        for scale, items in study.model.items()
    }


def _step_rows(name: str, steps: pd.DataFrame | NotComputed) -> list[tuple[str, ...]]:
    found = enough(steps)
    if found is None:
        return []
    return [
        (
            text("invariance", "groups", background=_named(name), n=int(row["n_groups"])),
            texts()["invariance"]["steps"][str(step)],
            number(row["cfi_scaled"], decimals=3),
            number(row["rmsea_scaled"], decimals=3),
            number(row["delta_cfi"], decimals=3),
            probability(row["p_difference"]),
        )
        for step, row in found.iterrows()
    ]


def _dif_rows(name: str, frame: pd.DataFrame | NotComputed) -> list[tuple[str, ...]]:
    found = enough(frame)
    if found is None:
        return []
    return [
        (
            str(item),
            _named(name),
            count(int(row["n_respondents"])),
            number(row["delta_r2"], decimals=3),
            probability(row["p_total"]),
            str(row["class"]),
        )
        for item, row in found.iterrows()
    ]


def _largest_loss(steps: pd.DataFrame | NotComputed) -> float | None:
    found = enough(steps)
    if found is None or found["delta_cfi"].isna().all():
        return None
    return max(0.0, float(-found["delta_cfi"].min()))


def _largest_dif(frame: pd.DataFrame | NotComputed) -> float | None:
    """Return the largest increase that is more than chance, zero where there is none."""
    found = enough(frame)
    if found is None:
        return None
    beyond = found.loc[found["p_total"] < dif.SIGNIFICANCE, "delta_r2"]
    return float(beyond.max()) if len(beyond) else 0.0


def _named(background: str) -> str:
    return str(texts()["backgrounds"].get(background, background))
