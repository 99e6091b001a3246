"""Mails to the board, by a real mail server: who, what, when, the head of the ledger; never in the clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from export.levering import configuration
from tests.levering.mail_server import PASSWORD
from tests.levering.office import Office, write_configuration

if TYPE_CHECKING:
    from instrument.store.data_folder import DataFolder
    from tests.levering.mail_server import MailServer


def test_mails_go_to_the_board_with_the_head_of_the_ledger(
    at_office: Office, folder: DataFolder, mailbox: MailServer
) -> None:
    """After giving, changing, withdrawing and delivering: who, which level, which date, seq and head hash."""
    at_office.configuration = mailing(folder, mailbox)
    at_office.give()
    at_office.give(doorleverniveau="onderwijssoort", leverdatum="2027-04-02")
    at_office.withdraw()
    at_office.run()
    events = at_office.operator.events("99AA00")
    assert mailbox.subjects() == [
        f"Toestemming {word}: School 0, schooljaar 2026-2027"
        for word in ("gegeven", "gewijzigd", "ingetrokken")
    ]
    for mail, event in zip(mailbox.taken, events, strict=True):
        assert mail["To"] == "Beheer van het bestuur <beheer@bestuur.example>"
        assert f"{event['seq']}:{event['hash']}" in mail.get_content()
        assert "gesimuleerde school" in mail.get_content()
    changed = mailbox.taken[1].get_content()
    assert "S. de Vries, coördinator (ingelogd als beheerder, beheerder)" in changed
    assert "Niveau: per onderwijssoort" in changed
    assert "Leverdatum: 2 april 2027" in changed
    at_office.run()
    assert len(mailbox.taken) == 3, "each mail is sent once"


def test_a_mail_that_is_refused_waits_and_keeps_its_message_id(
    at_office: Office, folder: DataFolder, mailbox: MailServer
) -> None:
    at_office.configuration = mailing(folder, mailbox)
    event = at_office.give()
    mailbox.refusing = True
    assert any("not mailed" in line for line in at_office.run().refused)
    mailbox.refusing = False
    at_office.run()
    (mail,) = mailbox.taken
    digest = event["hash"].removeprefix("sha256:")[:16]
    assert mail["Message-ID"] == f"<gegeven.1.{digest}@aanbieder.example>"


def test_a_mail_never_goes_without_tls(at_office: Office, folder: DataFolder, mailbox: MailServer) -> None:
    """A server whose certificate nobody we know has signed gets nothing, not even our name."""
    at_office.configuration = mailing(folder, mailbox, without=f'ca = "{mailbox.certificate}"')
    at_office.give()
    assert any("SSLCertVerificationError" in line for line in at_office.run().refused)
    assert mailbox.taken == []


def test_a_board_without_an_address_is_said_not_dropped(
    at_office: Office, folder: DataFolder, mailbox: MailServer
) -> None:
    at_office.configuration = mailing(folder, mailbox, without="[bestuur.41234]", instead="[bestuur.11111]")
    at_office.give()
    assert any("[bestuur.41234]" in line for line in at_office.run().refused)
    assert [item.sent_at for item in at_office.ledger.pending()] == [None]


def mailing(folder: DataFolder, mailbox: MailServer, *, without: str = "", instead: str = "") -> Any:
    text = mailbox.toml().replace(without, instead) if without else mailbox.toml()
    write_configuration(folder.path, text, {"smtp.password": PASSWORD})
    return configuration.load(folder.path)
