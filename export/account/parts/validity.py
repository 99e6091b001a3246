"""Are the scales apart, do they explain their questions, do groups differ as predicted (EIS-C2)?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import pandas as pd

from export.account import tables, thresholds
from export.account.attempt import NotComputed, attempt, cautions, enough
from export.account.dutch_numbers import count, interval, number, percentage, rounded_share
from export.account.parts.dimensions import REQUIREMENT, Z
from export.account.texts import text
from export.account.verdicts import NOT_APPLICABLE, TOO_LITTLE
from export.disclosure import MINIMUM_ANSWERS, TOO_FEW
from psychometrics import prevalence, validity

if TYPE_CHECKING:
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from psychometrics.confirmatory import OrdinalFit
    from psychometrics.ordinal.composite_reliability import HierarchicalOmega
    from psychometrics.validity import KnownGroups

OFTEN: Final = 2
"""An event scored at most this far above the least favourable score happened often."""
FEWEST_IN_GROUP: Final = 30
"""Of fewer pupils, the spread of a group is not known well enough to compare it with another."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A difference predicted before looking: who meets with aantasting often scores lower on `scale`."""

    scale: str
    found: KnownGroups | NotComputed

    @property
    def limits(self) -> tuple[float, float, float] | None:
        """Hedges' g in the predicted direction with both ends of its interval; None where there is none."""
        if isinstance(self.found, NotComputed) or self.found.groups["n"].min() < FEWEST_IN_GROUP:
            return None
        row = self.found.contrasts.iloc[0]
        return float(row["hedges_g"]), float(row["ci_low"]), float(row["ci_high"])


def discriminant_table(
    study: Study, ratios: pd.DataFrame | NotComputed, fit: OrdinalFit | NotComputed
) -> Table:
    """Return, per pair of scales, HTMT and the correlation of the factors with its interval."""
    found, model = enough(ratios), enough(fit)
    if found is None or model is None:
        said = TOO_LITTLE if len(study.model) > 1 else NOT_APPLICABLE
        return tables.without_figures("discriminant", simulated=study.simulated, said=said)
    used = thresholds.load().measures
    rows = []
    for first, second in combinations(study.model, 2):
        ratio, (low, value, high) = _ratio(found, first, second), _correlation(model, first, second)
        judged = [used["htmt"].judge(ratio["ci_high"]), used["factor_correlation"].judge(high)]
        ends = (interval(ratio["ci_low"], ratio["ci_high"]), number(value), interval(low, high))
        rows.append((_pair(study, first, second), number(ratio["htmt"]), *ends, thresholds.worst(judged)))
    fields = {"n": count(model.n_respondents), "cautions": cautions(found)}
    return tables.table("discriminant", rows, simulated=study.simulated, **fields)


def extracted_table(study: Study, fit: OrdinalFit | NotComputed) -> Table:
    """Return, per scale, the share of its questions that it explains (AVE)."""
    found = enough(fit)
    if found is None:
        return tables.without_figures("extracted", simulated=study.simulated)
    used = thresholds.load().measures["variance_extracted"]
    shares = _extracted(found)
    rows = [(study.title(scale), used.printed(value), used.judge(value)) for scale, value in shares.items()]
    return tables.table("extracted", rows, simulated=study.simulated)


def general_table(study: Study, omega: HierarchicalOmega | NotComputed) -> Table:
    """Return how much of a total over all scales would come from one general factor."""
    found = enough(omega)
    if found is None:
        return tables.without_figures("general", simulated=study.simulated)
    values = (found.value, found.total, found.explained_common_variance)
    names = ("omega_h", "omega_total", "common")
    rows = [(text("general", name), number(value)) for name, value in zip(names, values, strict=True)]
    fields = {"n": count(found.n_respondents), "cautions": cautions(found)}
    return tables.table("general", rows, simulated=study.simulated, **fields)


def predictions(study: Study) -> list[Prediction]:
    """Return what was predicted: pupils who often meet with aantasting score lower on every other scale."""
    events = _events(study, OFTEN)
    if events.empty:
        return []
    # in the order of the alphabet, so that a difference is that of the first minus the second
    groups = events.any(axis="columns").map({False: "1 rarely", True: "2 often"})
    return [
        Prediction(scale, attempt(validity.known_groups, study.means[scale], groups, schools=study.clusters))
        for scale in study.model
    ]


def prediction_table(study: Study, found: list[Prediction]) -> Table:
    """Return each prediction with what was found, and the verdict on the lower limit."""
    rows = [row for prediction in found if (row := _prediction_row(study, prediction))]
    if not rows:
        said = TOO_LITTLE if study.index_scales else NOT_APPLICABLE
        return tables.without_figures("predictions", simulated=study.simulated, said=said)
    return tables.table("predictions", rows, simulated=study.simulated)


def event_table(study: Study) -> Table:
    """Return how many pupils met with each event at all, with intervals over whole schools."""
    events = _events(study, None)
    found = attempt(prevalence.prevalence, events, study.schools)
    if isinstance(found, NotComputed) or len(events) < MINIMUM_ANSWERS or events.empty:
        said = TOO_LITTLE if study.index_scales else NOT_APPLICABLE
        return tables.without_figures("events", simulated=study.simulated, said=said)
    edition = study.data.edition
    rows = [
        (str(code), edition.item(str(code)).text["nl"], *_event_cells(row)) for code, row in found.iterrows()
    ]
    return tables.table("events", rows, simulated=study.simulated)


def verdicts(
    study: Study,
    ratios: pd.DataFrame | NotComputed,
    fit: OrdinalFit | NotComputed,
    predicted: list[Prediction],
) -> list[Verdict]:
    """Return the verdicts on telling scales apart, on what they explain, and on the predictions."""
    found, model = enough(ratios), enough(fit)
    judged = []
    for first, second in combinations(study.model, 2):
        pair = _pair(study, first, second)
        ratio = None if found is None else _ratio(found, first, second)["ci_high"]
        high = None if model is None else _correlation(model, first, second)[2]
        judged.append(thresholds.judge(REQUIREMENT, "htmt", pair, ratio))
        judged.append(thresholds.judge(REQUIREMENT, "factor_correlation", pair, high))
    shares = {} if model is None else _extracted(model)
    judged += [
        thresholds.judge(REQUIREMENT, "variance_extracted", study.title(scale), shares.get(scale))
        for scale in study.model
    ]
    for prediction in predicted:
        low = None if prediction.limits is None else prediction.limits[1]
        judged.append(thresholds.judge(REQUIREMENT, "known_groups", study.title(prediction.scale), low))
    return judged


def _correlation(fit: OrdinalFit, first: str, second: str) -> tuple[float, float, float]:
    value = _at(fit.factor_correlations, first, second)
    margin = Z * _at(fit.factor_correlation_errors, first, second)
    return value - margin, value, value + margin


def _ratio(found: pd.DataFrame, first: str, second: str) -> dict[str, float]:
    row = found[(found["first"] == first) & (found["second"] == second)].iloc[0]
    return {name: float(row[name]) for name in ("htmt", "ci_low", "ci_high")}


def _at(frame: pd.DataFrame, first: str, second: str) -> float:
    return float(frame[second].to_numpy()[list(frame.index).index(first)])


def _pair(study: Study, first: str, second: str) -> str:
    return text("numbers", "pair", first=study.title(first), second=study.title(second))


def _extracted(fit: OrdinalFit) -> dict[str, float]:
    shares = validity.average_variance_extracted(fit)
    return dict(zip(map(str, shares.index), map(float, shares), strict=True))


def _events(study: Study, highest: int | None) -> pd.DataFrame:
    """Return per question on events whether it happened: at all, or at a score of `highest` at most."""
    columns: dict[str, pd.Series] = {}
    for scale in study.scales:
        if scale.code in study.index_scales:
            border = scale.options[-1] - 1 if highest is None else min(highest, scale.options[-1] - 1)
            happened = (scale.scores <= border).astype("boolean").mask(scale.scores.isna())
            columns |= {str(code): happened[code] for code in happened}
    return pd.DataFrame(columns, index=study.scores.index)


def _prediction_row(study: Study, prediction: Prediction) -> tuple[str, ...] | None:
    if prediction.limits is None or isinstance(prediction.found, NotComputed):
        return None
    value, low, high = prediction.limits
    groups = prediction.found.groups
    verdict = thresholds.load().measures["known_groups"].judge(low)
    means = [
        f"{number(groups.loc[name, 'mean'])} ({count(int(groups.loc[name, 'n']))})" for name in groups.index
    ]
    words = text("predictions", "words", scale=study.title(prediction.scale).lower())
    return (words, *means, number(value), interval(low, high), verdict)


def _event_cells(row: pd.Series) -> tuple[str, ...]:
    n_answers = int(row["n"])
    if n_answers < MINIMUM_ANSWERS:
        return (TOO_FEW, "", "")
    ends = [f"{100 * rounded_share(row[end], n_answers=n_answers):.0f}" for end in ("ci_low", "ci_high")]
    return (
        count(n_answers),
        percentage(row["rate"], n_answers=n_answers),
        text("events", "interval", low=ends[0], high=ends[1]),
    )
