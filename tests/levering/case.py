"""One closed afname of a simulated school, and the toestemming it gave: what may be delivered, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from instrument import editions
from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar
from tests.simulated_school import EDITION

SCHOOL: Final = School("99AA00", "Simulatieschool De Toets", "po", "BO", simulated=True)
FORM: Final[dict[str, Any]] = {
    "naam": "S. de Vries",
    "functie": "coördinator",
    "akkoord_naam": "J. van den Berg",
    "akkoord_datum": "2027-03-10",
    "doorleverniveau": "school",
    "leverdatum": "2027-04-01",
    "afnamewijze": "klassikaal",
    "toezicht": "eigen leerkracht",
    "voorgelezen": False,
    "medium": "digitaal",
}
GIVEN: Final[dict[str, Any]] = {
    "seq": 1,
    "vestigingsnummer": SCHOOL.vestigingsnummer,
    "schooljaar": "2026-2027",
    "type": "gegeven",
    "at_utc": "2027-03-15T08:00:00+00:00",
    "payload": FORM,
}


def closed_afname(pupils: int) -> Afname:
    """Return an afname of two stamgroepen of so many pupils each, closed in November."""
    return Afname(
        afname_id="a",
        vestigingsnummer=SCHOOL.vestigingsnummer,
        schooljaar=Schooljaar(2026),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=(Stamgroep("6-zonnebloem", 6, pupils), Stamgroep("7-roos", 7, pupils)),
        opened_on=date(2026, 11, 2),
        closed_on=date(2026, 11, 20),
    )
