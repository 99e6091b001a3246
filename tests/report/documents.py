"""Results documents of simulated schools: one that stays as it is, and others as the gate makes them now."""

from __future__ import annotations

import copy
import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from export.account import simulation
from export.results import results
from instrument import catalogue, editions
from instrument.afname import Afname
from instrument.school import School, Schooljaar

SCHOOL: Final = Path(__file__).with_name("school.json")
"""Made once by `export.results` from simulated answers: what a report makes of it can be pinned down."""
ONDERWIJSSOORTEN: Final = {"po": "BO", "so": "SO", "vo": "VWO"}
PREVIOUS: Final = {
    "schooljaar": "2025-2026",
    "mean": 2.9,
    "difference": 0.3,
    "interval": [0.1, 0.5],
    "verdict": "higher",
}
REFERENCE: Final = {
    "n_schools": 41,
    "mean": 3.4,
    "low": 3.2,
    "high": 3.6,
    "difference": -0.2,
    "shrunken": 3.2,
    "interval": [3.0, 3.4],
    "verdict": "no_clear_difference",
}


def document(*, simulated: bool = True) -> dict[str, Any]:
    """Return the results of one simulated school of 139 pupils, beside last year's and other schools'."""
    found = json.loads(SCHOOL.read_text("utf-8"))
    return {**_compared(found), "gesimuleerd": simulated}


def compared(edition: str, *, pupils: int) -> dict[str, Any]:
    """Return results as the gate makes them now, beside last year's and other schools'."""
    return _compared(alone(edition, pupils=pupils))


def alone(edition: str = "po_bovenbouw_2026", *, pupils: int = 60) -> dict[str, Any]:
    """Return results as the gate makes them now, of a school that has nothing to compare with yet."""
    return copy.deepcopy(_figures(edition, pupils))


def _compared(found: dict[str, Any]) -> dict[str, Any]:
    for indicator in found["indicators"]:
        shown = indicator["mean"] is not None
        indicator |= {
            "previous": dict(PREVIOUS) if shown else None,
            "reference": dict(REFERENCE) if shown else None,
        }
    return found


@cache
def _figures(code: str, pupils: int) -> dict[str, Any]:
    edition = catalogue.edition(code)
    answers = simulation.simulated_answers(edition, n_schools=1, pupils_per_school=pupils, seed=5)
    soort = ONDERWIJSSOORTEN[edition.sector]
    school = School("99AA00", "Simulatieschool De Toets", edition.sector, soort, simulated=True)
    afname = Afname(
        afname_id="a",
        vestigingsnummer="99AA00",
        schooljaar=Schooljaar(2026),
        edition=code,
        fingerprint=editions.fingerprint(edition),
        stamgroepen=simulation.simulated_stamgroepen(edition, n_pupils=pupils),
        opened_on=date(2026, 11, 2),
        closed_on=date(2026, 11, 20),
    )
    return results(school, afname, simulation.response_rows(answers))
