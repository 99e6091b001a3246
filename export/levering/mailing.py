"""Sending the mails that wait in the outbox: to whom, and once each as far as anybody can tell.

A mail is marked after the server took it: who is killed in between sends it again, under the same Message-ID.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from export.levering import berichten, post, stand, termijn
from instrument.school import Schooljaar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from email.headerregistry import Address
    from email.message import EmailMessage

    from export.levering.configuration import Configuration, MailServer
    from export.levering.verslag import Report
    from instrument.school import School
    from instrument.store.ledger.ledger_client import LedgerClient
    from instrument.store.ledger.outbox import Item

NOT_NEEDED = "niet meer nodig"
"""The receipt of a reminder to a school that has given its toestemming meanwhile."""


def send(
    items: Sequence[Item],
    client: LedgerClient,
    configuration: Configuration,
    report: Report,
    *,
    watch: Callable[[str, Sequence[Any]], Iterable[Any]],
) -> None:
    """Send every mail that has somebody to go to, and mark it; say of the others why they wait."""
    server = configuration.smtp
    if server is None:
        if items:
            report.done.append(f"{len(items)} mail(s) wait: levering.toml names no [smtp]")
        return
    ready = list(_ready(items, client, configuration, server, report)) if items else []
    try:
        _send(ready, client, server, report, watch)
    except post.NotMailed as fault:
        report.refuse("not mailed", fault)


def recipients(item: Item, school: School, configuration: Configuration) -> tuple[Address, ...]:
    """Return who hears of an item: the board's user administrator; of a reminder also the school."""
    board = configuration.boards.get(school.bevoegd_gezag_nummer or "")
    own = configuration.schools.get(school.vestigingsnummer) if item.seq is None else None
    return tuple(address for address in (board, own) if address is not None)


def _send(
    ready: list[tuple[Item, EmailMessage]],
    client: LedgerClient,
    server: MailServer,
    report: Report,
    watch: Callable[[str, Sequence[Any]], Iterable[Any]],
) -> None:
    if not ready:
        return
    with post.Post(server) as opened:
        for item, letter in watch("Mailing", ready):
            receipt = opened.send(letter)
            client.mark_sent(item.item_id, receipt=receipt)
            report.done.append(f"{item.vestigingsnummer}: mailed {item.item_id}")


def _ready(
    items: Sequence[Item],
    client: LedgerClient,
    configuration: Configuration,
    server: MailServer,
    report: Report,
) -> Iterator[tuple[Item, EmailMessage]]:
    schools = {school.vestigingsnummer: school for school in client.schools()}
    for item in items:
        school = schools[item.vestigingsnummer]
        to = recipients(item, school, configuration)
        if _is_moot(item, client):
            client.mark_sent(item.item_id, receipt=NOT_NEEDED)
        elif to:
            yield item, _letter(item, client, school, server.sender, to)
        else:
            number = school.bevoegd_gezag_nummer or "(no bevoegd gezag)"
            report.refused.append(
                f"{item.vestigingsnummer}: not mailed: levering.toml names nobody of bestuur {number}; add "
                f"[bestuur.{number}] with naam and email"
            )


def _is_moot(item: Item, client: LedgerClient) -> bool:
    if item.seq is not None:
        return False
    year = Schooljaar.parse(item.schooljaar)
    return not stand.stand(client.events(item.vestigingsnummer), year).lacks_toestemming


def _letter(
    item: Item, client: LedgerClient, school: School, sender: Address, to: tuple[Address, ...]
) -> EmailMessage:
    return berichten.compose(
        item,
        client.event_of(item.item_id),
        school,
        sender=sender,
        to=to,
        termijn=termijn.deadline(Schooljaar.parse(item.schooljaar)),
    )
