"""Afnamen in the store: opening, closing, and the counts per stamgroep that stay when the codes go."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from instrument.afname import Afname, Stamgroep
from instrument.school import Schooljaar
from instrument.store import responses, schools
from instrument.store.keys import SALT_BYTES, Keys
from instrument.store.refusals import Refused
from instrument.store.tables import AFNAMES, CODES, DRAFTS, SPENT_CODES, STAMGROEPEN

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select


@dataclass(frozen=True, slots=True)
class OpenAfname:
    """What is needed to try a code against an open afname."""

    afname_id: str
    edition: str
    modules: tuple[str, ...]
    salt: bytes = field(repr=False)


def add(connection: Connection, afname: Afname, keys: Keys) -> Afname:
    """Open an afname under a new random id; refuses a second open one of the same vestiging."""
    schools.get(connection, afname.vestigingsnummer)
    if afname.opened_on not in afname.schooljaar:
        detail = {"opened_on": afname.opened_on.isoformat(), "schooljaar": str(afname.schooljaar)}
        raise Refused("outside_schooljaar", detail)
    if any(other.is_open for other in _of(connection, afname.vestigingsnummer)):
        raise Refused("afname_already_open", {"vestigingsnummer": afname.vestigingsnummer})
    opened = replace(afname, afname_id=secrets.token_hex(16), closed_on=None)
    connection.execute(insert(AFNAMES).values(_row(opened, keys)))
    connection.execute(insert(STAMGROEPEN), _group_rows(opened))
    return opened


def close(connection: Connection, afname: Afname, on: date) -> Afname:
    """Freeze an afname and destroy its drafts, its codes and their salt; only the counts stay."""
    if not afname.is_open:
        raise Refused("afname_closed")
    if on < afname.opened_on:
        raise Refused("closed_before_opened", {"opened_on": afname.opened_on.isoformat()})
    for table in (DRAFTS, CODES, SPENT_CODES):
        connection.execute(delete(table).where(table.c.afname_id == afname.afname_id))
    responses.deal_anew(connection, afname.afname_id)
    frozen = {"closed_on": on.isoformat(), "salt": None}
    connection.execute(update(AFNAMES).where(AFNAMES.c.afname_id == afname.afname_id).values(frozen))
    return replace(afname, closed_on=on)


def get(connection: Connection, afname_id: str) -> Afname:
    """Return one afname, or refuse."""
    found = _read(connection, select(AFNAMES).where(AFNAMES.c.afname_id == afname_id))
    if not found:
        raise Refused("unknown_afname")
    return found[0]


def latest(
    connection: Connection, vestigingsnummer: str, *, schooljaar: Schooljaar | None = None
) -> Afname | None:
    """Return the open afname of a vestiging (in a schooljaar), else the one that was opened last."""
    found = [
        afname
        for afname in _of(connection, vestigingsnummer)
        if schooljaar is None or afname.schooljaar == schooljaar
    ]
    return max(found, key=lambda afname: (afname.is_open, afname.opened_on), default=None)


def every(connection: Connection) -> list[Afname]:
    """Return all afnamen, by vestiging and day of opening."""
    return _read(connection, select(AFNAMES).order_by(AFNAMES.c.vestigingsnummer, AFNAMES.c.opened_on))


def all_open(connection: Connection) -> list[OpenAfname]:
    """Return what a code can be tried against."""
    columns = (AFNAMES.c.afname_id, AFNAMES.c.edition, AFNAMES.c.modules, AFNAMES.c.salt)
    rows = connection.execute(select(*columns).where(AFNAMES.c.closed_on.is_(None)))
    return [OpenAfname(row.afname_id, row.edition, _modules(row.modules), row.salt) for row in rows]


def used_codes(connection: Connection, afname_id: str) -> dict[str, int]:
    """Return the number of used codes per stamgroep: all that is shown while an afname is open (D1)."""
    columns = (STAMGROEPEN.c.name, STAMGROEPEN.c.used)
    rows = connection.execute(
        select(*columns).where(STAMGROEPEN.c.afname_id == afname_id).order_by(STAMGROEPEN.c.position)
    )
    return {row.name: row.used for row in rows}


def is_open(connection: Connection, afname_id: str) -> bool:
    """Tell whether pupils can still answer."""
    row = connection.execute(select(AFNAMES.c.closed_on).where(AFNAMES.c.afname_id == afname_id)).first()
    return row is not None and row.closed_on is None


def _of(connection: Connection, vestigingsnummer: str) -> list[Afname]:
    return _read(connection, select(AFNAMES).where(AFNAMES.c.vestigingsnummer == vestigingsnummer))


def _read(connection: Connection, query: Select[tuple[str, ...]]) -> list[Afname]:
    return [_afname(row, _groups(connection, row.afname_id)) for row in connection.execute(query).all()]


def _groups(connection: Connection, afname_id: str) -> tuple[Stamgroep, ...]:
    query = select(STAMGROEPEN).where(STAMGROEPEN.c.afname_id == afname_id).order_by(STAMGROEPEN.c.position)
    return tuple(Stamgroep(row.name, row.leerjaar, row.pupils) for row in connection.execute(query))


def _afname(row: Row[tuple[str, ...]], groups: tuple[Stamgroep, ...]) -> Afname:
    return Afname(
        afname_id=row.afname_id,
        vestigingsnummer=row.vestigingsnummer,
        schooljaar=Schooljaar.parse(row.schooljaar),
        edition=row.edition,
        fingerprint=row.fingerprint,
        stamgroepen=groups,
        opened_on=date.fromisoformat(row.opened_on),
        closed_on=date.fromisoformat(row.closed_on) if row.closed_on else None,
        modules=_modules(row.modules),
    )


def _modules(listed: str) -> tuple[str, ...]:
    return tuple(json.loads(listed))


def _row(afname: Afname, keys: Keys) -> dict[str, object]:
    return {
        "afname_id": afname.afname_id,
        "vestigingsnummer": afname.vestigingsnummer,
        "schooljaar": str(afname.schooljaar),
        "edition": afname.edition,
        "fingerprint": afname.fingerprint,
        "modules": json.dumps(afname.modules),
        "opened_on": afname.opened_on.isoformat(),
        "salt": secrets.token_bytes(SALT_BYTES),
        "n_responses": 0,
        "n_responses_mac": responses.count_mac(keys, afname.afname_id, 0),
    }


def _group_rows(afname: Afname) -> list[dict[str, object]]:
    return [
        {
            "afname_id": afname.afname_id,
            "name": group.name,
            "position": position,
            "leerjaar": group.leerjaar,
            "pupils": group.pupils,
            "issued": 0,
            "used": 0,
        }
        for position, group in enumerate(afname.stamgroepen)
    ]
