"""Responses in the store: a random key, a stamgroep, the answers; no time, no order, no way to a code."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypedDict

from sqlalchemy import bindparam, delete, insert, select, update

from instrument.store.refusals import Refused
from instrument.store.tables import AFNAMES, RESPONSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

    from instrument.afname import Afname
    from instrument.store.keys import Keys

ID_BYTES: Final = 16
PAGE_BYTES: Final = 512 * 1024
"""A page ends behind the row that exceeds this, and so fits a frame of the operator."""

# Made once: every submitting pupil runs these, and making one costs as much as running it.
_THIS_AFNAME: Final = AFNAMES.c.afname_id == bindparam("afname")
_ADD: Final = insert(RESPONSES)
_NUMBER: Final = select(AFNAMES.c.n_responses).where(_THIS_AFNAME)
_COUNT: Final = (
    update(AFNAMES)
    .where(_THIS_AFNAME)
    .values(n_responses=bindparam("number"), n_responses_mac=bindparam("sealed"))
)


class ResponseRow(TypedDict):
    """`{"stamgroep": "7a", "answers": {"VB01": 3}}`; within the house only, never for a coordinator."""

    stamgroep: str
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Page:
    """Some responses in the order of their random keys; `after` continues, and is None at the end."""

    rows: list[ResponseRow] = field(repr=False)
    after: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What the seals of one afname say: rows found, rows changed, and whether the count is right."""

    afname_id: str
    n_rows: int
    n_damaged: int
    count_is_right: bool

    @property
    def is_sound(self) -> bool:
        """Whether no row was changed, added or taken away behind the broker's back."""
        return self.n_damaged == 0 and self.count_is_right


def add(connection: Connection, keys: Keys, afname_id: str, rows: list[ResponseRow]) -> None:
    """Keep responses under random keys, seal each of them, and count them."""
    connection.execute(_ADD, [_sealed(keys, afname_id, row) for row in rows])
    number = connection.execute(_NUMBER, {"afname": afname_id}).scalar_one() + len(rows)
    sealed = count_mac(keys, afname_id, number)
    connection.execute(_COUNT, {"afname": afname_id, "number": number, "sealed": sealed})


def page(connection: Connection, afname: Afname, *, after: str | None, limit: int) -> Page:
    """Return at most `limit` responses of a closed afname, behind the key `after`."""
    if afname.is_open:
        raise Refused("afname_open")
    query = select(RESPONSES).where(RESPONSES.c.afname_id == afname.afname_id)
    if after is not None:
        query = query.where(RESPONSES.c.response_id > bytes.fromhex(after))
    rows = connection.execute(query.order_by(RESPONSES.c.response_id).limit(limit)).all()
    taken = rows[: _fitting(rows)]
    more = len(taken) < len(rows) or len(rows) == limit
    return Page([_response(row) for row in taken], taken[-1].response_id.hex() if more and taken else None)


def key(value: str | None) -> str | None:
    """Return a key as a request gives it; raises `ValueError` or `TypeError` where it is none."""
    return None if value is None else bytes.fromhex(value).hex()


def every(connection: Connection, afname: Afname) -> list[ResponseRow]:
    """Return all responses of a closed afname, in the order of their random keys."""
    if afname.is_open:
        raise Refused("afname_open")
    query = select(RESPONSES).where(RESPONSES.c.afname_id == afname.afname_id)
    return [_response(row) for row in connection.execute(query.order_by(RESPONSES.c.response_id))]


def deal_anew(connection: Connection, afname_id: str) -> None:
    """Write the responses of an afname anew, all at once and in the order of their random keys.

    PostgreSQL keeps beside each row the number of the transaction that wrote it: the order of submitting.
    """
    here = RESPONSES.c.afname_id == afname_id
    rows = connection.execute(select(RESPONSES).where(here).order_by(RESPONSES.c.response_id)).all()
    connection.execute(delete(RESPONSES).where(here))
    if rows:
        connection.execute(_ADD, [row._asdict() for row in rows])


def count_mac(keys: Keys, afname_id: str, n_responses: int) -> bytes:
    """Return the seal over the number of responses of an afname."""
    return keys.mac("count", afname_id, n_responses)


def verify(connection: Connection, keys: Keys) -> Iterator[Verification]:
    """Check every seal of every afname."""
    for afname in connection.execute(select(AFNAMES).order_by(AFNAMES.c.afname_id)).all():
        query = select(RESPONSES).where(RESPONSES.c.afname_id == afname.afname_id)
        whole = [_is_whole(row, keys) for row in connection.execute(query)]
        sealed = count_mac(keys, afname.afname_id, len(whole))
        right = len(whole) == afname.n_responses and sealed == afname.n_responses_mac
        yield Verification(afname.afname_id, len(whole), whole.count(False), right)


def _sealed(keys: Keys, afname_id: str, response: ResponseRow) -> dict[str, object]:
    response_id = secrets.token_bytes(ID_BYTES)
    stamgroep = response["stamgroep"]
    # Sorted, for the order in which a pupil answered is nobody's business.
    answers = json.dumps(response["answers"], sort_keys=True, separators=(",", ":"))
    return {
        "afname_id": afname_id,
        "response_id": response_id,
        "stamgroep": stamgroep,
        "answers": answers,
        "mac": _row_mac(keys, afname_id, response_id, stamgroep, answers),
    }


def _fitting(rows: Sequence[Row[tuple[str, ...]]]) -> int:
    size = 0
    for number, row in enumerate(rows, start=1):
        size += len(row.answers) + len(row.stamgroep)
        if size > PAGE_BYTES:
            return number
    return len(rows)


def _response(row: Row[tuple[str, ...]]) -> ResponseRow:
    return {"stamgroep": row.stamgroep, "answers": json.loads(row.answers)}


def _is_whole(row: Row[tuple[str, ...]], keys: Keys) -> bool:
    return bool(row.mac == _row_mac(keys, row.afname_id, row.response_id, row.stamgroep, row.answers))


def _row_mac(keys: Keys, afname_id: str, response_id: bytes, stamgroep: str, answers: str) -> bytes:
    return keys.mac("response", afname_id, response_id.hex(), stamgroep, answers)
