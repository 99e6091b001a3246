"""Schools and the accounts of their coordinators, in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from instrument.school import School
from instrument.store.records import school_to_dict
from instrument.store.refusals import Refused
from instrument.store.tables import ACCOUNTS, SCHOOLS

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


def add(connection: Connection, school: School) -> None:
    """Keep a school; refuses one that is there already."""
    if find(connection, school.vestigingsnummer) is not None:
        raise Refused("school_exists", {"vestigingsnummer": school.vestigingsnummer})
    fields = school_to_dict(school)
    connection.execute(insert(SCHOOLS).values({**fields, "simulated": int(school.simulated)}))


def find(connection: Connection, vestigingsnummer: str) -> School | None:
    """Return one school."""
    row = connection.execute(select(SCHOOLS).where(SCHOOLS.c.vestigingsnummer == vestigingsnummer)).first()
    return None if row is None else _school(row)


def get(connection: Connection, vestigingsnummer: str) -> School:
    """Return one school, or refuse."""
    school = find(connection, vestigingsnummer)
    if school is None:
        raise Refused("unknown_school", {"vestigingsnummer": vestigingsnummer})
    return school


def every(connection: Connection) -> list[School]:
    """Return all schools by vestigingsnummer."""
    return [_school(row) for row in connection.execute(select(SCHOOLS).order_by(SCHOOLS.c.vestigingsnummer))]


def add_account(connection: Connection, *, name: str, vestigingsnummer: str, password_hash: str) -> None:
    """Keep a coordinator's account; refuses a name that is taken."""
    get(connection, vestigingsnummer)
    if account(connection, name) is not None:
        raise Refused("account_exists")
    fields = {"name": name, "vestigingsnummer": vestigingsnummer, "password_hash": password_hash}
    connection.execute(insert(ACCOUNTS).values(fields))


def account(connection: Connection, name: str) -> Row[tuple[str, str, str]] | None:
    """Return name, vestigingsnummer and password hash of an account."""
    return connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).first()


def _school(row: Row[tuple[str, ...]]) -> School:
    fields = row._asdict()
    return School(**{**fields, "simulated": bool(fields["simulated"])})
