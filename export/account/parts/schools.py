"""What the answers say of schools: how much they differ, how sure a mean is, and where a mean lies (EIS-D).

No school is shown: means are those of at least three schools together, or percentiles over all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from export.account import plot, tables, thresholds
from export.account.attempt import NotComputed, attempt, cautions, enough
from export.account.drawing import Interval, Line
from export.account.dutch_numbers import interval, number, percentage
from export.account.texts import text
from export.disclosure import MARGIN, MINIMUM_ANSWERS
from export.drawing.axes import axis
from psychometrics import irt, multilevel, norms

if TYPE_CHECKING:
    import pandas as pd

    from export.account.plot import Plot
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from psychometrics.irt import GradedResponse
    from psychometrics.multilevel import SchoolMeans, SchoolReliability

REQUIREMENT: Final = "EIS-D"
MOST_GROUPS: Final = 10
"""Of schools that are shown together, in order of mean."""
SEED: Final = 2026
ABILITIES: Final = tuple(round(-3 + step * 0.25, 2) for step in range(25))
SHOWN_ABILITIES: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)

Found = dict[str, Any]
"""Scale to a result, or to that there is none."""


def reliability_of(study: Study) -> Found:
    """Return per scale how much schools differ, with classes as a level of their own."""
    return {
        scale.code: attempt(
            multilevel.school_reliability, study.means[scale.code], study.schools, classes=study.classes
        )
        for scale in study.scales
    }


def means_of(study: Study) -> Found:
    """Return per scale the means of schools, shrunken as far as they are unsure."""
    return {
        scale.code: attempt(
            multilevel.school_means, study.means[scale.code], study.schools, classes=study.classes
        )
        for scale in study.scales
    }


def norms_of(study: Study) -> Found:
    """Return per scale where the means of schools lie, with how sure that is."""
    return {
        scale.code: attempt(norms.school_norms, study.means[scale.code], study.schools, seed=SEED)
        for scale in study.scales
    }


def curves_of(study: Study) -> Found:
    """Return per scale of the model its graded response model."""
    return {
        scale: attempt(irt.fit_graded_response, study.scores[list(items)])
        for scale, items in study.model.items()
    }


def reliability_table(study: Study, found: Found) -> Table:
    """Return, per scale, ICC(1), ICC(2) with its lower limit, and the smallest detectable difference."""
    used = thresholds.load().measures["school_mean"]
    rows = []
    for code, result in found.items():
        known: SchoolReliability | None = enough(result, fewest=MINIMUM_ANSWERS)
        if known is None:
            continue
        low = lower_limit(known)
        share = float((known.reliability_per_school >= used.good).mean())
        rows.append(
            (
                study.title(code),
                str(known.n_schools),
                number(known.icc1, decimals=3),
                interval(known.ci_low, known.ci_high, decimals=3),
                number(known.icc2),
                number(low),
                percentage(share, n_answers=known.n_schools),
                number(known.smallest_detectable_difference),
                used.judge(low),
            )
        )
    if not rows:
        return tables.without_figures("school_reliability", simulated=study.simulated)
    fields = {"cautions": cautions(*found.values()), "good": number(used.good)}
    return tables.table("school_reliability", rows, simulated=study.simulated, **fields)


def lower_limit(found: SchoolReliability) -> float:
    """Return ICC(2) at the lower limit of ICC(1), the rest of the variance as it was estimated."""
    rest = (found.class_variance or 0.0) + found.within_variance
    per_school = found.n_respondents / found.n_schools
    classes = (found.n_classes or found.n_schools) / found.n_schools
    error = (found.class_variance or 0.0) / classes + found.within_variance / per_school
    between = found.ci_low / (1 - found.ci_low) * rest
    return between / (between + error)


def means_plot(study: Study, scale: str, found: Found) -> Plot | Table:
    """Return the shrunken means of schools, some together, from low to high, with their intervals."""
    known: SchoolMeans | None = enough(found[scale], fewest=MINIMUM_ANSWERS)
    title = study.title(scale)
    if known is None or known.n_schools < 2 * MARGIN:
        return tables.without_figures("school_means", simulated=study.simulated, scale=title)
    together = _together(known.table)
    rows = [
        (text("school_means", "group", place=place, n=int(row["n"])), number(row["shrunken_mean"]),
         interval(row["ci_low"], row["ci_high"]))
        for place, row in enumerate(together, 1)
    ]  # fmt: skip
    table = tables.table("school_means", rows, simulated=study.simulated, scale=title)
    ends = [row[end] for row in together for end in ("ci_low", "ci_high")]
    bars = [
        Interval(label, row["ci_low"], row["shrunken_mean"], row["ci_high"])
        for (label, *_), row in zip(rows, together, strict=True)
    ]
    across = axis(text("school_means", "x"), ends, steps=[0.05, 0.1, 0.2, 0.5], decimals=2)
    return plot.of_intervals("school_means", bars, across, table, simulated=study.simulated, scale=title)


def norm_table(study: Study, found: Found) -> Table:
    """Return, per scale, the mean of a school at each percentile, with its interval."""
    rows = []
    n_schools = 0
    for code, frame in found.items():
        if isinstance(frame, NotComputed):
            continue
        n_schools = frame.attrs["n_schools"]
        cells = [f"{number(row.value)} ({interval(row.ci_low, row.ci_high)})" for row in frame.itertuples()]
        rows.append((study.title(code), *cells))
    if not rows:
        return tables.without_figures("norms", simulated=study.simulated)
    return tables.table("norms", rows, simulated=study.simulated, n_schools=str(n_schools))


def information_plot(study: Study, found: Found) -> Plot | Table:
    """Return where each scale tells most of a pupil, drawn and in numbers."""
    curves: dict[str, GradedResponse] = {
        study.title(code): known for code, fit in found.items() if (known := enough(fit)) is not None
    }
    if not curves:
        return tables.without_figures("information", simulated=study.simulated)
    said = cautions(*curves.values())
    rows = [
        (title, *(number(value, decimals=1) for value in curve.information(SHOWN_ABILITIES)["test"]))
        for title, curve in curves.items()
    ]
    table = tables.table("information", rows, simulated=study.simulated, cautions=said)
    lines = [
        Line(title, tuple(zip(ABILITIES, curve.information(ABILITIES)["test"], strict=True)))
        for title, curve in curves.items()
    ]
    highest = max(height for line in lines for _, height in line.points)
    return plot.of_lines(
        "information",
        lines,
        axis(text("information", "x"), [-3, 3], steps=[1]),
        axis(text("information", "y"), [0, highest], steps=[1, 2, 5, 10, 20]),
        table,
        simulated=study.simulated,
        cautions="",
    )


def verdicts(study: Study, found: Found) -> list[Verdict]:
    """Return, per scale, the verdict on the lower limit of the reliability of a school's mean."""
    judged = []
    for code, result in found.items():
        known = enough(result, fewest=MINIMUM_ANSWERS)
        low = None if known is None else lower_limit(known)
        judged.append(thresholds.judge(REQUIREMENT, "school_mean", study.title(code), low))
    return judged


def _together(table: pd.DataFrame) -> list[pd.Series]:
    """Return the averages of at least three schools together, from the lowest means to the highest."""
    ordered = table.sort_values("shrunken_mean", ignore_index=True)
    n_groups = min(MOST_GROUPS, len(ordered) // MARGIN)
    columns = ["shrunken_mean", "ci_low", "ci_high"]
    parts = [ordered.iloc[places] for places in np.array_split(np.arange(len(ordered)), n_groups)]
    averages = [part[columns].mean() for part in parts]
    for average, part in zip(averages, parts, strict=True):
        average["n"] = len(part)
    return averages
