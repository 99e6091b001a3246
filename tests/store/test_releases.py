"""What was released of an afname, on both stores: frozen once, handed out and recorded together."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from export.account import simulation
from export.results.served import Served
from instrument import editions
from instrument.afname import Stamgroep
from instrument.school import Schooljaar
from instrument.store import broker, client, stores
from instrument.store.refusals import Refused
from instrument.store.results import releases
from instrument.store.results.release_tables import RELEASES, SNAPSHOT_DOCUMENTS, SNAPSHOTS
from tests.simulated_school import EDITION
from tests.unit.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from instrument.school import School
    from instrument.store.client import Operator
    from tests.store.conftest import Ground

SCHOOLS = simulation.simulated_schools(12)
GROUPS = (Stamgroep("7a", 7, 15), Stamgroep("8a", 8, 15))
ANSWERS = simulation.simulated_answers(EDITION, n_schools=13, pupils_per_school=30, seed=7)
ROWS = [simulation.response_rows(each) for _, each in ANSWERS.groupby("vestigingsnummer")]


@contextmanager
def serving(ground: Ground, release: Served | None = None) -> Iterator[Operator]:
    with (
        broker.running(ground.folder, effort=QUICK, release=release or Served()),
        client.operator(ground.folder) as operator,
    ):
        yield operator


def close(operator: Operator, place: int, year: int, rows: list[Any]) -> None:
    """Put answers into an afname of a school in a schooljaar, and close it."""
    opened = operator.open_afname(
        vestigingsnummer=SCHOOLS[place].vestigingsnummer,
        schooljaar=Schooljaar(year),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=GROUPS,
        opened_on=date(year, 11, 3),
    )
    placed = [{**row, "stamgroep": GROUPS[number % 2].name} for number, row in enumerate(rows)]
    operator.add_responses(opened.afname_id, placed)
    operator.close_afname(SCHOOLS[place].vestigingsnummer, on=date(year, 11, 20))


def ask(operator: Operator, year: int = 2026) -> dict[str, Any]:
    """Return the results of the first school."""
    named = {"vestigingsnummer": SCHOOLS[0].vestigingsnummer, "schooljaar": str(Schooljaar(year))}
    return operator.ask("results_of", **named)


def snapshots(ground: Ground) -> list[Row[Any]]:
    same = SNAPSHOTS.c.afname_id == SNAPSHOT_DOCUMENTS.c.afname_id
    return ground.rows(select(SNAPSHOTS, SNAPSHOT_DOCUMENTS.c.document).where(same))


def test_a_school_lies_beside_last_year_and_beside_others(ground: Ground) -> None:
    """Eleven others of the same sector and edition; the own school is none of them.

    What nobody looked at was frozen too, so that it can stand beside others.
    """
    with serving(ground) as operator:
        for place, school in enumerate(SCHOOLS):
            operator.add_school(school)
            close(operator, place, 2026, ROWS[place])
        assert {each["previous"] for each in ask(operator)["indicators"]} == {None}
        close(operator, 0, 2025, ROWS[-1])
        found = ask(operator)["indicators"]
    assert [each["reference"]["n_schools"] for each in found] == [len(SCHOOLS) - 1] * 3
    assert [each["previous"]["schooljaar"] for each in found] == ["2025-2026"] * 3
    assert len(snapshots(ground)) == len(SCHOOLS) + 1


def test_d1_d3_what_was_released_is_frozen_recorded_once_and_stays(ground: Ground) -> None:
    """The same question gets the same answer; the audit would be blind to what is taken out of the ledger."""
    with serving(ground) as operator:
        operator.add_school(SCHOOLS[0])
        close(operator, 0, 2026, ROWS[0])
        first, again = ask(operator), ask(operator)
        with pytest.raises(Refused) as refused:
            ask(operator, 2024)
    assert refused.value.reason == "no_afname"
    assert releases.canonical(first) == releases.canonical(again)
    told = sorted(ground.rows(select(RELEASES)), key=lambda row: row.number)
    assert [(row.unit, row.what) for row in told] == releases.told(first)
    (kept,) = snapshots(ground)
    assert {(row.audience, row.sha256) for row in told} == {("operator", kept.sha256)}
    with stores.of(ground.folder).engine().connect() as connection:
        other = releases.freeze(connection, kept.afname_id, {"indicators": [], "items": []})
        connection.commit()
        assert other.document == json.loads(kept.document)
        for table in ("snapshots", "snapshot_documents", "school_means", "releases"):
            refuse_all(connection, table, ground.name)


def refuse_all(connection: Any, table: str, store: str) -> None:
    """Try to take rows out of a table, or to change them, in every way that the store knows."""
    anew = f"REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608 - our own words
    emptied = {"sqlite": anew, "postgres": f"TRUNCATE {table}"}
    taken = f"DELETE FROM {table}", f"UPDATE {table} SET afname_id = 'x'"  # noqa: S608 - as above
    for statement in (*taken, emptied[store]):
        with pytest.raises(IntegrityError, match="stays released"):
            connection.execute(text(statement))
        connection.rollback()


def test_a_levering_is_recorded_beside_the_coordinators_page(ground: Ground) -> None:
    """D3, D8: everything ever released of an afname, to anybody, at any level, is in one ledger."""
    with serving(ground) as operator:
        operator.add_school(SCHOOLS[0])
        close(operator, 0, 2026, ROWS[0])
        ask(operator)
    (kept,) = snapshots(ground)
    told = [("school", "aantasting"), ("onderwijssoort:BO", "aantasting")]
    figures = [{"code": "aantasting", "onderdrukt": None}, {"code": "welbevinden", "onderdrukt": "te weinig"}]
    with stores.of(ground.folder).engine().connect() as connection, connection.begin():
        number = releases.record(
            connection, kept.afname_id, told=told, audience="inspectie", sha256="sha256:1"
        )
        assert number == 2
        assert releases.history(connection, kept.afname_id)[0] == ("leerjaar:7", "aantasting")
        assert {unit for unit, _ in releases.history(connection, kept.afname_id)} >= {"onderwijssoort:BO"}
        for level in ("school", "school", "onderwijssoort"):
            summary = {"indicator": figures, "doorleverniveau": level, "onderwijssoort": "BO"}
            releases.record_summary(connection, kept.afname_id, summary)
    levered = [row for row in ground.rows(select(RELEASES)) if row.audience == releases.LEVERING]
    assert {(row.unit, row.what) for row in levered} == {
        ("school", "aantasting"),
        ("onderwijssoort:BO", "aantasting"),
    }
    assert len(levered) == 2


class Faulty(Served):
    """A release that cannot count one school."""

    def __call__(self, school: School, *given: Any, **named: Any) -> dict[str, Any]:
        if school == SCHOOLS[1]:
            raise ValueError("an answer: 7")
        return super().__call__(school, *given, **named)


def test_another_schools_fault_keeps_nobody_from_the_own_results(
    ground: Ground, caplog: pytest.LogCaptureFixture
) -> None:
    """It stands beside nobody; the log says that, and no answer."""
    with serving(ground, Faulty()) as operator:
        for place in range(2):
            operator.add_school(SCHOOLS[place])
            close(operator, place, 2026, ROWS[place])
        assert ask(operator)["indicators"][0]["mean"] is not None
    assert len(snapshots(ground)) == 1
    assert "ValueError" in caplog.text
    assert "an answer" not in caplog.text
