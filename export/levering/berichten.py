"""The mails about a levering: what was decided, by whom, and the head of the ledger."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from export.dutch import day
from export.levering.sentences import TEXTS, value
from instrument.store.ledger.ledger_chain import Anchor

if TYPE_CHECKING:
    from email.headerregistry import Address

    from export.levering.toestemming import Event
    from instrument.school import School
    from instrument.store.ledger.outbox import Item

HERINNERING: Final = "herinnering"


def compose(  # noqa: PLR0913 - what a mail says, each by its name
    item: Item,
    event: Event | None,
    school: School,
    *,
    sender: Address,
    to: tuple[Address, ...],
    termijn: date,
) -> EmailMessage:
    """Return the mail of an item; the same item always gives the same mail."""
    words = {**_of_the_school(item, school, termijn), **({} if event is None else _of_the_event(event))}
    kind = HERINNERING if event is None else item.purpose
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = _text("onderwerp", kind, words)
    message["Date"] = datetime.fromisoformat(item.made_at).astimezone(UTC)
    message["Message-ID"] = f"<{item.item_id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    parts = [_text("bericht", kind, words)]
    parts += [] if event is None else [_text("slot", "grootboek", words)]
    parts += [_text("slot", "gesimuleerd", words)] if school.simulated else []
    message.set_content("\n\n".join(part.strip() for part in [*parts, _text("slot", "groet", words)]) + "\n")
    return message


def _of_the_school(item: Item, school: School, termijn: date) -> dict[str, Any]:
    return {
        "school": school.name,
        "vestiging": school.vestigingsnummer,
        "schooljaar": item.schooljaar,
        "termijn": day(termijn),
        "weken": item.purpose.rpartition("-")[2],
    }


def _of_the_event(event: Event) -> dict[str, Any]:
    payload = event["payload"]
    return {
        "door": value_or_dash(payload.get("naam")),
        "functie": value_or_dash(payload.get("functie")),
        "account": event["actor"],
        "rol": value(event["role"]),
        "niveau": value(event["level"]),
        "datum": value(None) if event["date"] is None else day(date.fromisoformat(event["date"])),
        "op": _moment(event["at_local"]),
        "akkoord": value_or_dash(payload.get("akkoord_naam")),
        "ontvangst": value_or_dash(payload.get("ontvangst")),
        "stand": value_or_dash(payload.get("stand")),
        "document": value_or_dash(payload.get("document")),
        "seq": event["seq"],
        "kop": Anchor(event["seq"], event["hash"]),
    }


def value_or_dash(text: object) -> str:
    """Return a text, or that it was not given."""
    return str(text) if text else value(None)


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return f"{day(moment)}, {moment:%H:%M} uur"


def _text(part: str, key: str, words: dict[str, Any]) -> str:
    return str(_texts()[part][key]).format(**words)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads((TEXTS / "berichten.toml").read_text(encoding="utf-8"))
