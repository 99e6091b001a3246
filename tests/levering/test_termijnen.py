"""Terms as data: reminders, the state at any moment, and the dossier of who was late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from export.levering import dossier, overzicht, ronde, stand, termijn
from instrument.school import Schooljaar
from instrument.store.refusals import Refused
from tests.levering.mail_server import PASSWORD
from tests.levering.office import BEGIN, YEAR, Office, schools, write_configuration

if TYPE_CHECKING:
    from instrument.store.data_folder import DataFolder
    from tests.levering.mail_server import MailServer

LATE = datetime(2027, 9, 1, 8, tzinfo=UTC)
BRIEF = {
    "stand": "geopend",
    "ontvangen_op": "2027-08-30",
    "termijn": "2027-10-01",
    "document": "herstelopdracht.pdf",
    "document_sha256": "ab" * 32,
}


@pytest.fixture
def posting(at_office: Office, folder: DataFolder, mailbox: MailServer) -> Office:
    """Give an office that can mail, to an empty mailbox."""
    from export.levering import configuration  # noqa: PLC0415 - only here

    mailbox.taken.clear()
    text = mailbox.toml() + '\n[school.99AA00]\nnaam = "De coördinator"\nemail = "school@school.example"\n'
    write_configuration(folder.path, text, {"smtp.password": PASSWORD})
    at_office.configuration = configuration.load(folder.path)
    return at_office


@pytest.mark.parametrize(
    ("day", "weeks"),
    [
        (date(2027, 5, 18), None), (date(2027, 5, 19), 6), (date(2027, 6, 8), 6), (date(2027, 6, 9), 3),
        (date(2027, 6, 22), 3), (date(2027, 6, 23), 1), (date(2027, 6, 30), 1), (date(2027, 7, 1), None),
    ],
)  # fmt: skip
def test_six_three_and_one_weeks_before_30_june(day: date, weeks: int | None) -> None:
    assert termijn.reminder(Schooljaar(2026), day) == weeks


def test_a_school_without_toestemming_is_reminded_once_each_time(
    posting: Office, mailbox: MailServer
) -> None:
    """Its board and the school itself; every round of six weeks, three mails."""
    posting.moment.now = datetime(2027, 5, 1, 9, tzinfo=UTC)
    while posting.moment.now < datetime(2027, 7, 10, tzinfo=UTC):
        posting.run()
        posting.moment.now += timedelta(days=3)
    assert mailbox.subjects() == [
        f"Nog {weeks} weken: toestemming voor School 0, schooljaar 2026-2027" for weeks in (6, 3, 1)
    ]
    assert "school@school.example" in mailbox.taken[0]["To"]
    assert "beheer@bestuur.example" in mailbox.taken[0]["To"]


def test_who_gave_toestemming_is_not_reminded(posting: Office, mailbox: MailServer) -> None:
    posting.give(leverdatum="2027-06-20")
    posting.moment.now = datetime(2027, 6, 10, 9, tzinfo=UTC)
    posting.run()
    assert [subject for subject in mailbox.subjects() if subject.startswith("Nog")] == []


def test_a_reminder_that_waited_is_dropped_when_it_is_no_longer_needed(
    posting: Office, mailbox: MailServer
) -> None:
    """The mail server was away, and the school gave its toestemming meanwhile."""
    posting.moment.now = datetime(2027, 6, 10, 9, tzinfo=UTC)
    mailbox.refusing = True
    posting.run()
    mailbox.refusing = False
    posting.give(leverdatum="2027-06-20")
    posting.run()
    assert mailbox.subjects() == ["Toestemming gegeven: School 0, schooljaar 2026-2027"]
    assert posting.ledger.pending() == []


def test_a_school_that_was_late_has_a_dossier_from_letter_to_closing(at_office: Office) -> None:
    """Received, its own term, the late levering marked as such, closed: each with a date and a document."""
    at_office.moment.now = LATE
    at_office.ledger.decide("herstel", "99AA00", YEAR, fields=BRIEF)
    with pytest.raises(Refused, match="na de hersteltermijn van 1 oktober 2027"):
        at_office.give(leverdatum="2027-10-02", akkoord_datum="2027-08-31", herstel=True)
    at_office.give(leverdatum="2027-09-20", akkoord_datum="2027-08-31", herstel=True)
    at_office.moment.now = datetime(2027, 9, 20, 8, tzinfo=UTC)
    assert at_office.run().refused == []
    closing = {**BRIEF, "stand": "gesloten", "ontvangen_op": "2027-09-20", "document": "besluit.pdf"}
    at_office.ledger.decide("herstel", "99AA00", YEAR, fields=closing)
    events = at_office.operator.events("99AA00")
    found = dossier.dossier(events, YEAR)
    assert found == dossier.Dossier(
        ontvangen_op=date(2027, 8, 30),
        termijn=date(2027, 10, 1),
        document="herstelopdracht.pdf",
        is_open=False,
        late_levering=date(2027, 9, 20),
        gesloten_op=date(2027, 9, 20),
    )
    assert stand.stand(events, YEAR).status == "herstel"
    (line,) = overzicht.lines(schools(1), {"99AA00": events}, YEAR, date(2027, 9, 21))
    assert (line.stand, line.opmerking) == (
        "geleverd als herstel",
        "hersteldossier gesloten op 20 september 2027",
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"stand": "half"}, "geopend of gesloten"),
        ({"ontvangen_op": "gisteren"}, "ontvangen_op: is geen datum"),
        ({"ontvangen_op": "2027-09-02"}, "moet nog komen"),
        ({"termijn": ""}, "termijn: is geen datum"),
        ({"termijn": "2027-08-30"}, "niet na de ontvangst"),
        ({"document": ""}, "noem het bestand"),
        ({"document_sha256": "ab"}, "noem het bestand zelf"),
        ({"stand": "gesloten"}, "geen dossier open"),
    ],
)
def test_a_dossier_out_of_form_is_refused(at_office: Office, fields: dict[str, Any], words: str) -> None:
    at_office.moment.now = LATE
    with pytest.raises(Refused, match=words):
        at_office.ledger.decide("herstel", "99AA00", YEAR, fields={**BRIEF, **fields})
    assert at_office.types() == []


def test_a_dossier_is_opened_once_and_only_after_the_term(at_office: Office) -> None:
    with pytest.raises(Refused, match="loopt nog tot en met 30 juni 2027"):
        at_office.ledger.decide("herstel", "99AA00", YEAR, fields={**BRIEF, "ontvangen_op": "2027-02-01"})
    at_office.moment.now = LATE
    at_office.ledger.decide("herstel", "99AA00", YEAR, fields=BRIEF)
    with pytest.raises(Refused, match="al een dossier open"):
        at_office.ledger.decide("herstel", "99AA00", YEAR, fields=BRIEF)


def test_a_toestemming_that_lapsed_with_the_term_gives_way_to_a_herstel(at_office: Office) -> None:
    """Given in time, never delivered: after 30 June the school agrees again, to a late levering."""
    at_office.give()
    at_office.moment.now = LATE
    assert any("lever als herstel" in line for line in at_office.run().refused)
    given = at_office.give(leverdatum="2027-09-02", akkoord_datum="2027-08-31", herstel=True)
    assert given["type"] == "gegeven"
    at_office.moment.now += timedelta(days=1)
    assert at_office.run().refused == []


def test_the_state_of_any_past_day_is_replayed(at_office: Office) -> None:
    """What stood on a day is what was recorded by its end."""
    at_office.give()
    at_office.moment.now = BEGIN + timedelta(days=2)
    at_office.withdraw()
    at_office.moment.now = BEGIN + timedelta(days=4)
    at_office.give()
    at_office.moment.now = datetime(2027, 4, 1, 8, tzinfo=UTC)
    at_office.run()
    events = ronde.by_matter(at_office.ledger.records())["99AA00", str(YEAR)]
    seen = [
        stand.stand(stand.until(events, BEGIN + timedelta(days=day)), YEAR).status
        for day in (-1, 1, 3, 5, 40)
    ]
    assert seen == ["geen", "gepland", "ingetrokken", "gepland", "geleverd"]
