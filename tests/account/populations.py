"""Pupils and answers from known parameters: a population that is good, and worse where a test asks for it."""

import pandas as pd

from export.account import research_file
from export.account.research_data import CLASSES, ResearchData
from instrument import catalogue
from psychometrics.simulate import OrdinalModel, simulate_answers

EDITION = catalogue.edition("po_bovenbouw_2026")
LEERJAREN = EDITION.leerjaren


def pupils(n_schools: int = 60, n_in_class: int = 30, leerjaren: tuple[int, ...] = LEERJAREN) -> pd.DataFrame:
    """Return schools with one class of each leerjaar."""
    rows = [
        (f"99{chr(65 + school // 26)}{chr(65 + school % 26)}00", leerjaar, f"{leerjaar}a")
        for school in range(n_schools)
        for leerjaar in leerjaren
        for _ in range(n_in_class)
    ]
    return pd.DataFrame(rows, columns=["vestigingsnummer", "leerjaar", CLASSES])


def answered(scores: pd.DataFrame, background: pd.DataFrame) -> ResearchData:
    """Return scores as the answers that give them, of an instrument that is not said to be simulated."""
    columns = {}
    for item in EDITION.scored:
        stored = sorted((option.value for option in item.option_set.options), reverse=item.reversed)
        columns[item.code] = scores[item.code].map(dict(enumerate(stored, 1))).astype("Int64")
    return ResearchData(
        edition=EDITION,
        answers=pd.DataFrame(columns),
        background=background,
        simulated=False,
        source="gesimuleerd voor een toets",
        dated=research_file.SIMULATED_ON,
    )


def population_of(
    background: pd.DataFrame,
    *,
    loading: float = 0.8,
    correlation: float = 0.6,
    schools: float = 0.10,
    seed: int = 7,
) -> pd.DataFrame:
    """Return item scores of pupils: good by default; worse as a test asks."""
    scales = list(EDITION.model)
    correlations = pd.DataFrame(correlation, index=scales, columns=scales)
    for scale in scales:
        correlations.loc[scale, scale] = 1.0
    model = OrdinalModel(
        factors=EDITION.model,
        loadings={item.code: loading for item in EDITION.scored},
        thresholds={item.code: [-1.5, -0.8, 0.0] for item in EDITION.scored},
        factor_correlations=correlations,
        school_variance=schools,
        class_variance=0.01,
    )
    groups = background[["vestigingsnummer", CLASSES]].set_axis(["school", "class"], axis="columns")
    return simulate_answers(model, groups, seed=seed)


def counts(background: pd.DataFrame, leerjaren: tuple[int, ...] = LEERJAREN) -> dict[int, int]:
    """Return a population in which every leerjaar is as large."""
    each = int(1.2 * len(background) / len(leerjaren))
    return dict.fromkeys(leerjaren, each)
