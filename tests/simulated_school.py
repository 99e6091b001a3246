"""One simulated school with an open afname: what tests and benchmarks begin with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from instrument import catalogue, editions
from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instrument.store.client import Operator

EDITION: Final = catalogue.edition("po_bovenbouw_2026")
VESTIGING: Final = "02QZ00"
OPENED_ON: Final = date(2026, 11, 3)


def open_school(operator: Operator, *groups: Stamgroep, modules: Sequence[str] = ()) -> Afname:
    """Add the school and open its afname for these stamgroepen."""
    operator.add_school(School(VESTIGING, "De Proef (gesimuleerd)", "po", "BO", simulated=True))
    return operator.open_afname(
        vestigingsnummer=VESTIGING,
        schooljaar=Schooljaar(2026),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=groups,
        opened_on=OPENED_ON,
        modules=modules,
    )


def open_class(operator: Operator, *, n_pupils: int, n_codes: int | None = None) -> list[str]:
    """Open an afname of one stamgroep, and return deelnamecodes: one for each pupil unless told."""
    afname = open_school(operator, Stamgroep("7a", 7, n_pupils))
    return operator.issue_codes(afname.afname_id, stamgroep="7a", number=n_codes or n_pupils)
