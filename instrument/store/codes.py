"""Deelnamecodes in the store: only tags of them, and never more than pupils + 10 % (D11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select, update

from instrument.store import afnames
from instrument.store.refusals import Refused
from instrument.store.tables import CODES, SPENT_CODES, STAMGROEPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from instrument.store.keys import CodeKeys

SPARE: Final = 10
"""One spare code for every so many pupils: D11."""

# Made once: every pupil's answers run these, and making one costs as much as running it.
_THIS_CODE: Final = (CODES.c.afname_id == bindparam("afname")) & (CODES.c.code_tag == bindparam("tag"))
_STAMGROEP_OF: Final = select(CODES.c.stamgroep).where(_THIS_CODE)
_VOID: Final = delete(CODES).where(_THIS_CODE)
_SPEND: Final = insert(SPENT_CODES)
_COUNT_USED: Final = (
    update(STAMGROEPEN)
    .where(STAMGROEPEN.c.afname_id == bindparam("afname"), STAMGROEPEN.c.name == bindparam("stamgroep"))
    .values(used=STAMGROEPEN.c.used + bindparam("number"))
)


def reserve(connection: Connection, afname_id: str, stamgroep: str, number: int) -> None:
    """Count `number` more codes as issued to a stamgroep; refuses beyond pupils + 10 %."""
    if not afnames.get(connection, afname_id).is_open:
        raise Refused("afname_closed")
    here = (STAMGROEPEN.c.afname_id == afname_id) & (STAMGROEPEN.c.name == stamgroep)
    row = connection.execute(select(STAMGROEPEN.c.pupils, STAMGROEPEN.c.issued).where(here)).first()
    if row is None:
        known = ", ".join(afnames.used_codes(connection, afname_id))
        raise Refused("unknown_stamgroep", {"known": known})
    allowed = row.pupils + row.pupils // SPARE
    if row.issued + number > allowed:
        detail = {"stamgroep": stamgroep, "allowed": allowed, "issued": row.issued}
        raise Refused("too_many_codes", detail)
    connection.execute(update(STAMGROEPEN).where(here).values(issued=row.issued + number))


def add(connection: Connection, afname_id: str, stamgroep: str, tags: Sequence[bytes]) -> None:
    """Keep the tags of codes that were reserved before."""
    rows = [{"afname_id": afname_id, "code_tag": tag, "stamgroep": stamgroep} for tag in tags]
    connection.execute(insert(CODES), rows)


def stamgroep_of(connection: Connection, afname_id: str, keys: CodeKeys) -> str | None:
    """Return the stamgroep of a code that can still be used."""
    return connection.execute(_STAMGROEP_OF, {"afname": afname_id, "tag": keys.code_tag}).scalar()


def is_spent(connection: Connection, afname_id: str, keys: CodeKeys) -> bool:
    """Tell whether a code was used."""
    here = (SPENT_CODES.c.afname_id == afname_id) & (SPENT_CODES.c.spent_tag == keys.spent_tag)
    return connection.execute(select(SPENT_CODES.c.spent_tag).where(here)).first() is not None


def usable(connection: Connection, afname_id: str, keys: CodeKeys) -> str:
    """Return the stamgroep of a code, or refuse it with the reason why it can no longer be used."""
    stamgroep = stamgroep_of(connection, afname_id, keys)
    if stamgroep is None:
        still_open = afnames.is_open(connection, afname_id)
        raise Refused("used_code" if still_open else "afname_closed")
    return stamgroep


def spend(connection: Connection, afname_id: str, keys: CodeKeys) -> str:
    """Void a code for good and return its stamgroep; of several at once only one gets this far."""
    stamgroep = usable(connection, afname_id, keys)
    connection.execute(_VOID, {"afname": afname_id, "tag": keys.code_tag})
    connection.execute(_SPEND, {"afname_id": afname_id, "spent_tag": keys.spent_tag})
    count_used(connection, afname_id, stamgroep, 1)
    return stamgroep


def issued(connection: Connection, afname_id: str) -> dict[str, int]:
    """Return the number of codes drawn so far per stamgroep."""
    query = select(STAMGROEPEN.c.name, STAMGROEPEN.c.issued).where(STAMGROEPEN.c.afname_id == afname_id)
    return {row.name: row.issued for row in connection.execute(query.order_by(STAMGROEPEN.c.position))}


def count_used(connection: Connection, afname_id: str, stamgroep: str, number: int) -> None:
    """Count `number` more used codes of a stamgroep."""
    connection.execute(_COUNT_USED, {"afname": afname_id, "stamgroep": stamgroep, "number": number})
