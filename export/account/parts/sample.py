"""Do those who answered stand for all who could be asked (EIS-B)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from export import dutch
from export.account import tables, thresholds
from export.account.attempt import NotComputed, attempt
from export.account.dutch_numbers import count, number, p_value, percentage
from export.account.study import LEERJAAR
from export.account.texts import text
from export.disclosure import MINIMUM_ANSWERS
from psychometrics import representativeness

if TYPE_CHECKING:
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from psychometrics.representativeness import Raking, Representativeness

REQUIREMENT: Final = "EIS-B"
NO_POPULATION: Final = NotComputed(("no population",))
FEWEST_SCHOOLS: Final = 3
"""Of fewer, the largest and the smallest school could be recognised."""


def compared(study: Study, population: dict[int, int] | None) -> Representativeness | NotComputed:
    """Return the pupils who answered beside those who could, per leerjaar."""
    if population is None:
        return NO_POPULATION
    counts = study.groups(LEERJAAR).value_counts()
    respondents = dict(zip(map(int, counts.index), map(int, counts), strict=True))
    return attempt(representativeness.compare, respondents, population)


def weighted(study: Study, found: Representativeness | NotComputed) -> Raking | NotComputed:
    """Return the weights under which every leerjaar counts as much as it does in the population."""
    if isinstance(found, NotComputed):
        return found
    answered = found.strata[found.strata["respondents"] > 0]
    margin = dict(zip(map(int, answered.index), map(int, answered["population"]), strict=True))
    frame = study.groups(LEERJAAR).astype(int).to_frame()
    return attempt(representativeness.rake, frame, {LEERJAAR: margin})


def response_table(study: Study, found: Representativeness | NotComputed) -> Table:
    """Return response and deviation per leerjaar."""
    if isinstance(found, NotComputed):
        return tables.without_figures("response", simulated=study.simulated)
    rows = [
        (
            text("leerjaar", "group", leerjaar=leerjaar),
            count(int(row["population"])),
            count(int(row["respondents"])),
            percentage(row["respondents"] / row["population"], n_answers=int(row["population"])),
            dutch.signed(round(row["deviation"], 1) + 0.0, decimals=1),
        )
        for leerjaar, row in found.strata.iterrows()
    ]
    test = text(
        "response",
        "test",
        n=count(found.n_respondents),
        population=count(found.n_population),
        required=count(found.required_sample),
        w=number(found.effect_size),
        p=p_value(found.p_value),
    )
    return tables.table("response", rows, simulated=study.simulated, test=test)


def spread_table(study: Study) -> Table:
    """Return over how many schools the pupils are spread, without naming one."""
    sizes = study.schools.value_counts().to_numpy()
    if len(sizes) < FEWEST_SCHOOLS or sizes.sum() < MINIMUM_ANSWERS:
        return tables.without_figures("spread", simulated=study.simulated)
    quarters = np.percentile(sizes, [25, 50, 75])
    rows = [(text("spread", "schools"), str(len(sizes)))]
    for name, value in zip(("quarter", "half", "three_quarters"), quarters, strict=True):
        rows.append((text("spread", name), count(round(float(value)))))
    return tables.table("spread", rows, simulated=study.simulated)


def weighting_table(study: Study, weights: Raking | NotComputed) -> Table:
    """Return what weighting would change: each scale's mean, and what it costs in precision."""
    if isinstance(weights, NotComputed) or len(study.scores) < MINIMUM_ANSWERS:
        return tables.without_figures("weighting", simulated=study.simulated)
    rows = []
    for scale in study.scales:
        scored = study.means[scale.code].dropna()
        mean = np.average(scored, weights=weights.weights.loc[scored.index])
        rows.append((scale.title, number(scored.mean()), number(float(mean))))
    fields = {"n": count(weights.n_respondents), "n_effective": count(round(weights.n_effective))}
    return tables.table("weighting", rows, simulated=study.simulated, **fields)


def verdicts(found: Representativeness | NotComputed) -> list[Verdict]:
    """Return the verdicts on the number of pupils and on how they are spread over leerjaren."""
    subject = text("verdicts", "sample")
    if isinstance(found, NotComputed):
        return [thresholds.judge(REQUIREMENT, name, subject, None) for name in ("sample_size", "skew")]
    beyond_chance = found.p_value < representativeness.SIGNIFICANCE
    skew = found.effect_size if beyond_chance else 0.0
    reached = found.n_respondents / found.required_sample
    exceeded = found.verdict == representativeness.POPULATION_EXCEEDED
    return [
        thresholds.judge(REQUIREMENT, "sample_size", subject, None if exceeded else reached),
        thresholds.judge(REQUIREMENT, "skew", subject, None if exceeded else skew),
    ]
