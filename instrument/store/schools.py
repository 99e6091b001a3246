"""Schools in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from instrument.school import School
from instrument.store.records import school_to_dict
from instrument.store.refusals import Refused
from instrument.store.tables import SCHOOLS

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


def page(connection: Connection, *, after: str, limit: int) -> list[School]:
    """Return at most `limit` schools behind a vestigingsnummer, in its order."""
    query = select(SCHOOLS).where(SCHOOLS.c.vestigingsnummer > after)
    rows = connection.execute(query.order_by(SCHOOLS.c.vestigingsnummer).limit(limit))
    return [_school(row) for row in rows]


def of_board(connection: Connection, bevoegd_gezag_nummer: str) -> list[School]:
    """Return the vestigingen of a bevoegd gezag by vestigingsnummer."""
    here = SCHOOLS.c.bevoegd_gezag_nummer == bevoegd_gezag_nummer
    rows = connection.execute(select(SCHOOLS).where(here).order_by(SCHOOLS.c.vestigingsnummer))
    return [_school(row) for row in rows]


def change(connection: Connection, school: School) -> None:
    """Give a school another name, sector or onderwijssoort; whether it is simulated and of whom, stays."""
    fields = {"name": school.name, "sector": school.sector, "onderwijssoort": school.onderwijssoort}
    here = SCHOOLS.c.vestigingsnummer == school.vestigingsnummer
    connection.execute(update(SCHOOLS).where(here).values(fields))


def _school(row: Row[tuple[str, ...]]) -> School:
    fields = row._asdict()
    return School(**{**fields, "simulated": bool(fields["simulated"])})
