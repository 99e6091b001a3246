"""How precisely do scales measure, beyond alpha: omega, and the same pupils asked again (EIS-C3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.account import tables, thresholds
from export.account.attempt import NotComputed, attempt, cautions, enough
from export.account.dutch_numbers import count, interval, number
from export.account.texts import text
from export.account.verdicts import NOT_APPLICABLE, NOT_EXAMINED
from psychometrics import agreement, reliability

if TYPE_CHECKING:
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from psychometrics.agreement import Retest
    from psychometrics.ordinal.composite_reliability import CategoricalOmega

REQUIREMENT: Final = "EIS-C3"
FEWEST_ASKED_TWICE: Final = 50
"""Pupils with both scores; of fewer the interval says next to nothing."""

Found = dict[str, Any]
"""Scale to a result, or to that there is none."""


def omegas_of(study: Study) -> Found:
    """Return omega of every scale whose questions should go together."""
    return {
        scale: attempt(reliability.categorical_omega, study.scores[list(items)], schools=study.clusters)
        for scale, items in study.model.items()
    }


def retests_of(study: Study) -> Found:
    """Return how far pupils who were asked twice score the same; empty where nobody was asked twice."""
    second = study.second_means
    if second is None:
        return {}
    return {
        scale.code: attempt(agreement.test_retest, study.means[scale.code], second[scale.code])
        for scale in study.scales
    }


def omega_table(study: Study, found: Found) -> Table:
    """Return omega per scale with its interval, and how well one factor fits."""
    rows = [_omega_row(study, scale, known) for scale, result in found.items() if (known := enough(result))]
    if not rows:
        said = {} if found else {"said": NOT_APPLICABLE}
        return tables.without_figures("omega", simulated=study.simulated, **said)
    schools = text("omega", "alone" if study.clusters is None else "schools")
    fields = {"schools": schools, "cautions": cautions(*found.values())}
    return tables.table("omega", rows, simulated=study.simulated, **fields)


def retest_table(study: Study, found: Found) -> Table:
    """Return per scale how far two scores of the same pupil agree; that nobody was asked twice, if so."""
    if not found:
        return tables.without_figures("retest", simulated=study.simulated, said=NOT_EXAMINED)
    rows = [_retest_row(study, scale, known) for scale, result in found.items() if (known := _twice(result))]
    if not rows:
        return tables.without_figures("retest", simulated=study.simulated)
    return tables.table("retest", rows, simulated=study.simulated)


def verdicts(study: Study, omegas: Found, retests: Found) -> list[Verdict]:
    """Return, per scale, the verdicts on the lower limits of omega and of the agreement of two scores."""
    judged = []
    for scale, result in omegas.items():
        known: CategoricalOmega | None = enough(result)
        low = None if known is None else known.ci_low
        judged.append(thresholds.judge(REQUIREMENT, "omega", study.title(scale), low))
    for scale, result in retests.items():
        again = _twice(result)
        low = None if again is None else again.ci_low
        judged.append(thresholds.judge(REQUIREMENT, "retest", study.title(scale), low))
    return judged


def _twice(result: Retest | NotComputed) -> Retest | None:
    return enough(result, fewest=FEWEST_ASKED_TWICE)


def _omega_row(study: Study, scale: str, found: CategoricalOmega) -> tuple[str, ...]:
    verdict = thresholds.load().measures["omega"].judge(found.ci_low)
    ends = interval(found.ci_low, found.ci_high)
    n = count(found.n_respondents)
    return (study.title(scale), n, number(found.value), ends, number(found.srmr, decimals=3), verdict)


def _retest_row(study: Study, scale: str, found: Retest) -> tuple[str, ...]:
    verdict = thresholds.load().measures["retest"].judge(found.ci_low)
    return (
        study.title(scale),
        count(found.n_respondents),
        number(found.icc),
        interval(found.ci_low, found.ci_high),
        number(found.standard_error_of_measurement),
        number(found.smallest_detectable_change),
        verdict,
    )
