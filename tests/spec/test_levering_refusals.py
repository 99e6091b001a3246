"""Every reason for which nothing is delivered: a sentence with its remedy, and nothing written anywhere."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from export.levering.ronde import LedgerBroken
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import sqlite
from instrument.store.data_folder import DataFolder
from instrument.store.refusals import Refused
from tests.levering.office import (
    BEGIN,
    CLOSED,
    EDITION,
    FORM,
    OPENED,
    YEAR,
    Moment,
    Office,
    closed_afname,
    office,
    open_afname,
    schools,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DUE = datetime(2027, 4, 1, 8, tzinfo=UTC)
FEW, PLAIN, OPEN, BARE, WIDE, NOBODY = schools(6)


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Keep schools of every kind in one folder, which each test copies."""
    folder = DataFolder.create(tmp_path_factory.mktemp("refusals") / "data", simulated=True)
    with office(folder, Moment()) as at:
        closed_afname(at.operator, PLAIN)
        open_afname(at.operator, OPEN)
        at.operator.add_school(BARE)
        _afname(at, FEW, [Stamgroep("6a", 6, 12)], n_answers=9)
        _afname(at, WIDE, [Stamgroep("4a", 4, 12), Stamgroep("6a", 6, 12)], n_answers=12)
        _afname(at, NOBODY, [Stamgroep("6a", 6, 0)], n_answers=0)
    return folder


@pytest.fixture(scope="module")
def shared(five: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Give one office to all tests after which nothing may have been recorded."""
    path = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(five.path, path, ignore=shutil.ignore_patterns("*.lock"))
    with office(DataFolder(path), Moment()) as at:
        yield at


@pytest.fixture
def at_five(five: DataFolder, tmp_path: Path) -> Iterator[Office]:
    path = tmp_path / "data"
    shutil.copytree(five.path, path, ignore=shutil.ignore_patterns("*.lock"))
    with office(DataFolder(path), Moment()) as at:
        yield at


def _afname(at: Office, school: School, groups: list[Stamgroep], *, n_answers: int) -> None:
    from instrument import editions  # noqa: PLC0415 - only here

    at.operator.add_school(school)
    opened = at.operator.open_afname(
        vestigingsnummer=school.vestigingsnummer,
        schooljaar=YEAR,
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=groups,
        opened_on=OPENED,
    )
    rows = [{"stamgroep": "6a", "answers": {item.code: 2 for item in EDITION.scored}}] * n_answers
    at.operator.add_responses(opened.afname_id, rows)
    at.operator.close_afname(school.vestigingsnummer, on=CLOSED)


def given(**fields: Any) -> Callable[[Office, str], None]:
    """Give a toestemming first."""
    return lambda at, number: at.give(number, **fields) and None


def withdrawn(at: Office, number: str) -> None:
    at.give(number)
    at.withdraw(number)


def nothing(_at: Office, _number: str) -> None:
    """Do nothing first."""


DELIVERING = {
    "no afname": (BARE, nothing, DUE, "heeft geen afname"),
    "not closed": (OPEN, nothing, DUE, "nog open"),
    "too few pupils": (FEW, given(), DUE, "te weinig leerlingen"),
    "no evidence for the population": (WIDE, given(), DUE, "niet onderbouwd voor groep 4"),
    "no toestemming": (PLAIN, nothing, DUE, "geen toestemming gegeven"),
    "withdrawn": (PLAIN, withdrawn, DUE, "is ingetrokken"),
    "before its day": (PLAIN, given(), DUE - timedelta(days=1), "00:00 uur"),
    "after 30 June": (PLAIN, given(), datetime(2027, 7, 1, 8, tzinfo=UTC), "lever als herstel"),
    "another content than was checked": (PLAIN, given(inhoud="0" * 64), DUE, "opnieuw bekijken"),
}


@pytest.mark.parametrize(("school", "before", "moment", "words"), DELIVERING.values(), ids=DELIVERING.keys())
def test_a_levering_is_refused(
    at_five: Office, tmp_path: Path, school: School, before: Any, moment: datetime, words: str
) -> None:
    """By whatever way it is asked; the ledger stays as it was, and no file appears."""
    from export.levering.transport import Flat  # noqa: PLC0415 - only here

    number = school.vestigingsnummer
    before(at_five, number)
    at_five.moment.now = moment
    known = at_five.operator.events(number)
    with pytest.raises(Refused) as refused:
        at_five.ronde().deliver((number, str(YEAR)), Flat(tmp_path / "out"))
    found = [line for line in str(refused.value).splitlines() if words in line]
    assert len(found) == 1
    assert ";" in found[0], "a reason ends with its remedy"
    at_five.run()
    assert at_five.operator.events(number) == known
    assert not (tmp_path / "out").exists()
    assert not (at_five.folder.path / "levering").exists()


GIVING = {
    "no afname": (BARE, {}, BEGIN, "heeft geen afname"),
    "not closed": (OPEN, {}, BEGIN, "nog open"),
    "no representativeness data": (NOBODY, {}, BEGIN, "geen leerlingaantallen"),
    "a date in the past": (PLAIN, {"leverdatum": "2027-02-28"}, BEGIN, "al voorbij"),
    "a date after 30 June": (PLAIN, {"leverdatum": "2027-07-01"}, BEGIN, "na 30 juni 2027"),
    "a date of another year": (PLAIN, {"leverdatum": "2026-07-31"}, BEGIN, "buiten schooljaar"),
    "akkoord in the future": (PLAIN, {"akkoord_datum": "2027-03-02"}, BEGIN, "moet nog komen"),
    "herstel within the term": (PLAIN, {"herstel": True}, BEGIN, "laat herstel weg"),
    "no akkoord": (PLAIN, {"akkoord_naam": ""}, BEGIN, "akkoord_naam: ontbreekt"),
}


@pytest.mark.parametrize(("school", "fields", "moment", "words"), GIVING.values(), ids=GIVING.keys())
def test_a_toestemming_is_refused(
    shared: Office, school: School, fields: dict[str, Any], moment: datetime, words: str
) -> None:
    """The broker decides, whatever a page says; nothing is recorded and no mail is put out."""
    shared.moment.now = moment
    with pytest.raises(Refused) as refused:
        shared.give(school.vestigingsnummer, **fields)
    assert [line for line in str(refused.value).splitlines() if words in line and ";" in line]
    assert shared.operator.events(school.vestigingsnummer) == []
    assert shared.ledger.pending() == []


def test_all_reasons_come_at_once(shared: Office) -> None:
    """A coordinator corrects a form once, not once per fault."""
    with pytest.raises(Refused) as refused:
        shared.give(OPEN.vestigingsnummer, naam="", leverdatum="2027-07-02", medium="steen")
    assert len(str(refused.value).splitlines()) == 4


def test_last_years_toestemming_does_not_count(at_five: Office) -> None:
    """A new one each schooljaar; one for a year without an afname is refused."""
    with pytest.raises(Refused, match="heeft geen afname"):
        at_five.ledger.decide("give_toestemming", PLAIN.vestigingsnummer, Schooljaar(2025), fields=FORM)
    at_five.give(PLAIN.vestigingsnummer)
    with pytest.raises(Refused, match="geen afname"):
        at_five.ledger.summary(PLAIN.vestigingsnummer, Schooljaar(2027), {})


def test_a_change_comes_in_time_or_not_at_all(at_five: Office) -> None:
    """Until one day before, by the calendar of Amsterdam: at 22:00 UTC of 30 March it is the last day."""
    number = PLAIN.vestigingsnummer
    at_five.give(number)
    at_five.moment.now = datetime(2027, 3, 31, 21, 59, tzinfo=UTC)
    assert at_five.give(number, leverdatum="2027-04-02")["type"] == "gewijzigd"
    at_five.moment.now = datetime(2027, 4, 1, 22, 0, tzinfo=UTC)
    for refused in (lambda: at_five.give(number, leverdatum="2027-05-01"), lambda: at_five.withdraw(number)):
        with pytest.raises(Refused, match="kon tot en met 1 april 2027"):
            refused()


def test_another_level_after_a_release_is_refused(at_five: Office) -> None:
    """D8: two levels of one school beside each other tell more than either."""
    number = PLAIN.vestigingsnummer
    at_five.give(number)
    at_five.moment.now = DUE
    at_five.run()
    with pytest.raises(Refused, match='al geleverd op niveau "de hele school"'):
        at_five.give(number, doorleverniveau="onderwijssoort", leverdatum="2027-05-01")
    with pytest.raises(Refused, match="is op 1 april 2027 begonnen"):
        at_five.give(number, leverdatum="2027-05-01")
    with pytest.raises(Refused, match="is op 1 april 2027 begonnen"):
        at_five.ronde().deliver((number, str(YEAR)), None)


def test_a_broken_chain_refuses_everything(at_five: Office) -> None:
    number = PLAIN.vestigingsnummer
    at_five.give(number)
    with sqlite.engine(at_five.folder.store).begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER events_stay")
        connection.exec_driver_sql("UPDATE events SET level = 'onderwijssoort'")
    at_five.moment.now = DUE
    for refused in (lambda: at_five.give(number), lambda: at_five.withdraw(number)):
        with pytest.raises(Refused, match="weerglas levering verify"):
            refused()
    with pytest.raises(LedgerBroken, match="event 1: is not what was recorded"):
        at_five.run()


@pytest.mark.parametrize("backwards", [timedelta(minutes=3), timedelta(days=60)])
def test_a_clock_that_runs_back_refuses_everything(at_five: Office, backwards: timedelta) -> None:
    """Else a day that has passed would come again."""
    number = PLAIN.vestigingsnummer
    at_five.give(number)
    at_five.moment.now = BEGIN - backwards
    with pytest.raises(Refused, match="set the clock right"):
        at_five.give(number, leverdatum="2027-05-01")


def test_the_command_turns_every_refusal_into_exit_code_2(
    at_five: Office, weerglas: Callable[..., Any], tmp_path: Path
) -> None:
    """And says each reason on a line of its own, without a traceback."""
    at = ("--data", at_five.folder.path, "--vestiging", OPEN.vestigingsnummer, "--schooljaar", str(YEAR))
    done = weerglas("levering", "export", *at, "--out", tmp_path / "out")
    assert (done.returncode, (tmp_path / "out").exists()) == (2, False)
    assert "weerglas: afname: de afname is nog open; sluit haar eerst" in done.stderr


def test_no_refusal_holds_an_answer(at_five: Office) -> None:
    """A reason names a number that is needed, never one that was counted."""
    at_five.give(FEW.vestigingsnummer)
    at_five.moment.now = DUE
    (line,) = at_five.run().refused
    assert "9" not in line.partition(": ")[2]
    assert date(2027, 4, 1) == DUE.date()
