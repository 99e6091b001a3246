"""Pupil counts of a school per stamgroep and schooljaar, in the store: numbers, and never a pupil."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from instrument.afname import Stamgroep
from instrument.roster.limits import MOST_GROUPS, faults_of
from instrument.school import Schooljaar
from instrument.store.preparation.school_tables import ROSTERS

if TYPE_CHECKING:
    from sqlalchemy import Connection


def read(connection: Connection, vestigingsnummer: str, schooljaar: Schooljaar) -> list[Stamgroep]:
    """Return the stamgroepen of a school in a schooljaar, in the order in which they were given."""
    query = select(ROSTERS).where(*_here(vestigingsnummer, schooljaar)).order_by(ROSTERS.c.position)
    return [Stamgroep(row.name, row.leerjaar, row.pupils) for row in connection.execute(query)]


def keep(
    connection: Connection, vestigingsnummer: str, schooljaar: Schooljaar, groups: list[Stamgroep]
) -> None:
    """Put these stamgroepen in the place of all earlier ones of this schooljaar."""
    connection.execute(delete(ROSTERS).where(*_here(vestigingsnummer, schooljaar)))
    of = {"vestigingsnummer": vestigingsnummer, "schooljaar": str(schooljaar)}
    rows = [
        {**of, "name": group.name, "position": position, "leerjaar": group.leerjaar, "pupils": group.pupils}
        for position, group in enumerate(groups)
    ]
    if rows:
        connection.execute(insert(ROSTERS), rows)


def checked(given: Any, sector: str) -> list[Stamgroep]:  # noqa: ANN401 - not known yet
    """Return the stamgroepen of a request; raises `ValueError` with the first fault."""
    if not isinstance(given, list) or len(given) > MOST_GROUPS:
        raise ValueError(f"give a list of at most {MOST_GROUPS} stamgroepen")
    groups = [_group(one, sector) for one in given]
    if len({group.name.casefold() for group in groups}) < len(groups):
        raise ValueError("two stamgroepen have the same name; give each its own")
    return groups


def _group(given: Any, sector: str) -> Stamgroep:  # noqa: ANN401 - not known yet
    match given:
        case {"name": str(name), "leerjaar": int(leerjaar), "pupils": int(pupils)}:
            group = Stamgroep(name, leerjaar, pupils)
        case _:
            raise ValueError("a stamgroep has a name, a leerjaar and a number of pupils")
    if faults := faults_of(group, sector):
        raise ValueError(f"a stamgroep is out of form: {', '.join(faults)}")
    return group


def _here(vestigingsnummer: str, schooljaar: Schooljaar) -> tuple[Any, ...]:
    return (ROSTERS.c.vestigingsnummer == vestigingsnummer, ROSTERS.c.schooljaar == str(schooljaar))
