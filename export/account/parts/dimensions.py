"""How many things do the questions measure, and does the intended structure hold (EIS-C2)?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from export.account import plot, tables, thresholds
from export.account.attempt import NotComputed, cautions, enough
from export.account.drawing import Interval, Line
from export.account.dutch_numbers import count, interval, number, p_value
from export.account.texts import text
from export.drawing.axes import axis

if TYPE_CHECKING:
    import pandas as pd

    from export.account.plot import Plot
    from export.account.study import Study
    from export.account.tables import Table
    from export.account.verdicts import Verdict
    from psychometrics.confirmatory import OrdinalFit
    from psychometrics.dimensionality import (
        ExploratoryFactors,
        ParallelAnalysis,
        SamplingAdequacy,
        Sphericity,
    )

REQUIREMENT: Final = "EIS-C2"
Z: Final = 1.959964
"""Half the width of a 95 % interval, in standard errors."""
LARGE_RESIDUAL: Final = 0.10
"""A correlation that the model misses by so much is worth a look (Kline 2016)."""
MOST_RESIDUALS: Final = 5
INDICES: Final = {"cfi": "cfi_scaled", "rmsea": "rmsea_ci_high", "srmr": "srmr"}
"""What is judged of each: of the RMSEA, the upper limit."""


def factorability_table(
    study: Study, adequacy: SamplingAdequacy | NotComputed, sphericity: Sphericity | NotComputed
) -> Table:
    """Return whether there is anything common at all: KMO and Bartlett's test."""
    found, test = enough(adequacy), enough(sphericity)
    if found is None or test is None:
        return tables.without_figures("factorability", simulated=study.simulated)
    words = text("factorability", "test", chi2=number(test.chi2, decimals=0), df=test.df)
    rows = [
        (text("factorability", "kmo"), number(found.value), text("factorability", "kmo_reading")),
        (text("factorability", "bartlett"), words, p_value(test.p_value)),
    ]
    fields = {"n": count(found.n_respondents), "cautions": cautions(found, test)}
    return tables.table("factorability", rows, simulated=study.simulated, **fields)


def eigenvalues(study: Study, parallel: ParallelAnalysis | NotComputed) -> Plot | Table:
    """Return what is observed beside what chance gives, component by component, drawn and in numbers."""
    found = enough(parallel)
    intended = str(len(study.model))
    if found is None:
        return tables.without_figures("eigenvalues", simulated=study.simulated)
    fields = {
        "n_factors": str(found.n_factors),
        "intended": intended,
        "replications": str(found.replications),
        "quantile": f"{100 * found.quantile:.0f}",
        "n": count(found.n_respondents),
        "cautions": cautions(found),
    }
    pairs = list(zip(found.observed, found.reference, strict=True))
    rows = [(str(place), number(own), number(chance)) for place, (own, chance) in enumerate(pairs, 1)]
    table = tables.table("eigenvalues", rows, simulated=study.simulated, **fields)
    return plot.of_lines(
        "eigenvalues",
        [
            Line(text("eigenvalues", "observed"), tuple(enumerate((own for own, _ in pairs), 1))),
            Line(text("eigenvalues", "reference"), tuple(enumerate((chance for _, chance in pairs), 1))),
        ],
        axis(text("eigenvalues", "x"), [1, len(pairs)], steps=[1, 2, 5, 10]),
        axis(text("eigenvalues", "y"), [0, max(found.observed)], steps=[1, 2, 5]),
        table,
        simulated=study.simulated,
        **fields,
    )


def pattern_table(study: Study, factors: ExploratoryFactors | NotComputed) -> Table:
    """Return which questions go together without being told: the pattern of exploratory factors."""
    found = enough(factors)
    if found is None:
        return tables.without_figures("pattern", simulated=study.simulated)
    rows = [_pattern_row(str(item), row, found) for item, row in found.loadings.iterrows()]
    fields = {"n": count(found.n_respondents), "cautions": cautions(found)}
    return tables.table("pattern", rows, simulated=study.simulated, **fields)


def fit_table(study: Study, fit: OrdinalFit | NotComputed) -> Table:
    """Return how well the intended structure fits, index by index, with its verdict."""
    found = enough(fit)
    if found is None:
        return tables.without_figures("fit", simulated=study.simulated)
    used = thresholds.load().measures
    chi2 = text("fit", "chi2", df=found.df)
    ends = interval(found.rmsea_ci_low, found.rmsea_ci_high, decimals=3)
    judged = {name: used[name].judge(getattr(found, field)) for name, field in INDICES.items()}
    rows = [
        (chi2, number(found.chi2_scaled, decimals=1), "", p_value(found.p_value_scaled)),
        (text("fit", "cfi"), number(found.cfi_scaled, decimals=3), "", judged["cfi"]),
        (text("fit", "tli"), number(found.tli_scaled, decimals=3), "", ""),
        (text("fit", "rmsea"), number(found.rmsea_scaled, decimals=3), ends, judged["rmsea"]),
        (text("fit", "srmr"), number(found.srmr, decimals=3), "", judged["srmr"]),
    ]
    schools = "alone" if found.n_schools is None else "schools"
    said = text("fit", schools, n_schools=found.n_schools)
    fields = {"n": count(found.n_respondents), "schools": said}
    return tables.table("fit", rows, simulated=study.simulated, cautions=cautions(found), **fields)


def loadings(study: Study, fit: OrdinalFit | NotComputed) -> Plot | Table:
    """Return how strongly each question hangs on its scale, with intervals, drawn and in numbers."""
    found = enough(fit)
    if found is None:
        return tables.without_figures("loadings", simulated=study.simulated)
    bars = _bars(study, found)
    used = thresholds.load().measures["loading"]
    rows = [
        (item, study.title(scale), number(bar.value), interval(bar.low, bar.high), used.judge(bar.low))
        for item, scale, bar in bars
    ]
    fields = {"n": count(found.n_respondents), "cautions": ""}
    table = tables.table("loadings", rows, simulated=study.simulated, **fields)
    lows = [bar.low for _, _, bar in bars]
    across = axis(text("loadings", "x"), [min(0, *lows), 1], steps=[0.2, 0.5], decimals=1)
    drawn = [bar for _, _, bar in bars]
    return plot.of_intervals(
        "loadings", drawn, across, table, border=used.sufficient, simulated=study.simulated, **fields
    )


def residual_table(study: Study, fit: OrdinalFit | NotComputed) -> Table:
    """Return the pairs of questions that the structure explains worst."""
    found = enough(fit)
    fields = {"border": number(LARGE_RESIDUAL)}
    if found is None:
        return tables.without_figures("residuals", simulated=study.simulated)
    pairs = _pairs(found.residuals)
    largest = sorted(pairs, key=lambda pair: -abs(pair[2]))[:MOST_RESIDUALS]
    rows = [
        (text("numbers", "pair", first=first, second=second), number(value))
        for first, second, value in largest
    ]
    n_large = str(sum(abs(value) > LARGE_RESIDUAL for _, _, value in pairs))
    return tables.table("residuals", rows, simulated=study.simulated, n_large=n_large, **fields)


def verdicts(
    study: Study, parallel: ParallelAnalysis | NotComputed, fit: OrdinalFit | NotComputed
) -> list[Verdict]:
    """Return the verdicts on the number of factors, the fit and the weakest loading of each scale."""
    counted, found = enough(parallel), enough(fit)
    extra = None if counted is None else abs(counted.n_factors - len(study.model))
    whole = text("verdicts", "model")
    judged = [thresholds.judge(REQUIREMENT, "extra_factors", whole, extra)]
    for name, field in INDICES.items():
        value = None if found is None else getattr(found, field)
        judged.append(thresholds.judge(REQUIREMENT, name, whole, value))
    bars = [] if found is None else _bars(study, found)
    for scale in study.model:
        lowest = min((bar.low for _, code, bar in bars if code == scale), default=None)
        judged.append(thresholds.judge(REQUIREMENT, "loading", study.title(scale), lowest))
    return judged


def _pattern_row(item: str, row: pd.Series, found: ExploratoryFactors) -> tuple[str, ...]:
    values = row.to_numpy()
    order = np.abs(values).argsort()[::-1]
    # of one factor there is no second loading
    second = float(values[order[1]]) if len(order) > 1 else float("nan")
    communality = float(found.communalities[item])
    strongest = str(row.index[order[0]])
    return (item, strongest, number(float(values[order[0]])), number(second), number(communality))


def _pairs(residuals: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Return every pair of questions once, with what is left of their correlation."""
    values, items = residuals.to_numpy(), list(map(str, residuals.index))
    places = zip(*np.triu_indices(len(items), k=1), strict=True)
    return [(items[first], items[second], float(values[first, second])) for first, second in places]


def _bars(study: Study, fit: OrdinalFit) -> list[tuple[str, str, Interval]]:
    """Return item, scale and loading with both ends of its interval, in order."""
    bars = []
    for row in fit.loadings.to_dict("records"):
        item, scale, value, margin = row["item"], row["factor"], row["loading"], Z * row["se"]
        label = f"{study.title(scale)} {item}"
        bars.append((item, scale, Interval(label, value - margin, value, value + margin)))
    return bars
