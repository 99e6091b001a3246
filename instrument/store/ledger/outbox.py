"""The outbox: what is still to be sent; filled in the transaction that records the decision."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select, update

from instrument.store.ledger.ledger_tables import OUTBOX
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

LEVERING: Final = "levering"
BERICHT: Final = "bericht"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to send: the packed files of a levering, or a mail about the event `seq`."""

    item_id: str
    kind: str
    purpose: str
    vestigingsnummer: str
    schooljaar: str
    seq: int | None = None
    content: bytes | None = field(default=None, repr=False)
    made_at: str = ""
    sent_at: str | None = None
    receipt: str | None = None


def add(connection: Connection, item: Item, now: datetime) -> bool:
    """Put something out; tells whether it is new, for what was put out before is not put out again."""
    if find(connection, item.item_id) is not None:
        return False
    fields = {name: getattr(item, name) for name in OUTBOX.c.keys()}  # noqa: SIM118 - a ColumnCollection
    connection.execute(insert(OUTBOX).values({**fields, "made_at": _stamp(now)}))
    return True


def find(connection: Connection, item_id: str) -> Item | None:
    """Return one item with its content."""
    row = connection.execute(select(OUTBOX).where(OUTBOX.c.item_id == item_id)).first()
    return None if row is None else _item(row)


def get(connection: Connection, item_id: str) -> Item:
    """Return one item with its content, or refuse."""
    item = find(connection, item_id)
    if item is None:
        raise Refused("unknown_item_to_send", {"item_id": item_id})
    return item


def pending(connection: Connection) -> list[Item]:
    """Return what is not sent yet, without contents: deliveries in their order, then mails."""
    columns = [column for column in OUTBOX.c if column.name != "content"]
    query = select(*columns).where(OUTBOX.c.sent_at.is_(None))
    items = [Item(**row._asdict()) for row in connection.execute(query.order_by(OUTBOX.c.item_id))]
    return sorted(items, key=lambda item: (item.kind != LEVERING, item.seq or 0, item.item_id))


def of_vestiging(connection: Connection, vestigingsnummer: str) -> list[Item]:
    """Return everything that was put out for one vestiging, without contents, the oldest first."""
    columns = [column for column in OUTBOX.c if column.name != "content"]
    query = select(*columns).where(OUTBOX.c.vestigingsnummer == vestigingsnummer)
    return [Item(**row._asdict()) for row in connection.execute(query.order_by(OUTBOX.c.made_at))]


def mark(connection: Connection, item_id: str, *, receipt: str, now: datetime) -> bool:
    """Mark as sent, and let go of the content; tells whether this was the first time."""
    if get(connection, item_id).sent_at is not None:
        return False
    marked = {"sent_at": _stamp(now), "receipt": receipt, "content": None}
    connection.execute(update(OUTBOX).where(OUTBOX.c.item_id == item_id).values(marked))
    return True


def _stamp(now: datetime) -> str:
    return now.astimezone(UTC).isoformat(timespec="seconds")


def _item(row: Row[tuple[object, ...]]) -> Item:
    return Item(**row._asdict())
