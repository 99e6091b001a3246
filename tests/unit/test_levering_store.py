"""A levering out of a real store: broker, closed afname, ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from export.account import simulation
from export.levering import delivery as levering
from export.levering import summary, termijn, toestemming
from instrument import catalogue, editions
from instrument.school import Schooljaar
from instrument.store import client
from instrument.store.data_folder import DataFolder

if TYPE_CHECKING:
    from pathlib import Path

EDITION = catalogue.edition("po_bovenbouw_2026")
SCHOOL = simulation.simulated_schools(1)[0]
NUMBER = SCHOOL.vestigingsnummer
GROUPS = simulation.simulated_stamgroepen(EDITION, n_pupils=30)
ROWS = simulation.response_rows(
    simulation.simulated_answers(EDITION, n_schools=1, pupils_per_school=30, seed=1)
)
NOW = datetime.now(UTC)
TODAY = termijn.today(NOW)
YEAR = Schooljaar.of(TODAY)
AFTER_TERM = termijn.deadline(YEAR) < TODAY
FORM = {
    "naam": "S. de Vries",
    "functie": "coördinator",
    "akkoord_naam": "J. van den Berg",
    "akkoord_datum": TODAY.isoformat(),
    "doorleverniveau": "school",
    "leverdatum": TODAY.isoformat(),
    "afnamewijze": "klassikaal",
    "toezicht": "eigen leerkracht",
    "voorgelezen": False,
    "medium": "digitaal",
    "herstel": AFTER_TERM,
}


def closed_afname(operator: client.Operator) -> str:
    """Keep a school with a closed afname of thirty pupils; return the id of the afname."""
    operator.add_school(SCHOOL)
    opened = operator.open_afname(
        vestigingsnummer=NUMBER,
        schooljaar=YEAR,
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=GROUPS,
        opened_on=TODAY,
    )
    operator.add_responses(opened.afname_id, ROWS)
    return operator.close_afname(NUMBER, on=TODAY).afname_id


def test_answers_in_a_store_reach_the_files_and_the_event_its_ledger(tmp_path: Path):
    """The way of the command, nothing left out."""
    with client.operator(DataFolder.create(tmp_path / "data", simulated=True)) as operator:
        afname_id = closed_afname(operator)
        given = toestemming.give(FORM, vestigingsnummer=NUMBER, schooljaar=YEAR, today=TODAY)
        operator.append_event(**given)
        afname = operator.afnames()[0]
        delivered = levering.deliver(
            school=operator.schools()[0],
            afname=afname,
            rows=list(operator.responses(afname_id)),
            events=operator.events(NUMBER),
            now=datetime.now(UTC),
            out=tmp_path / "uit",
            herstel=AFTER_TERM,
        )
        operator.append_event(**delivered.event)
        assert operator.verify()["sound"] is True
    assert delivered.summary["indicator"] == summary.release(SCHOOL, afname, ROWS)["indicator"]
    assert sorted(path.suffix for path in delivered.files) == [".csv", ".json", ".pdf"]
