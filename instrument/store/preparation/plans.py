"""Between which days pupils may begin, as a school planned it; closing for good is in afnames.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from instrument.store.preparation.school_tables import PLANS
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.school import Schooljaar


@dataclass(frozen=True, slots=True)
class Plan:
    """The first and the last day on which a code opens the questionnaire."""

    opens_on: date
    closes_on: date

    def check(self, schooljaar: Schooljaar) -> None:
        """Refuse days in the wrong order, or outside the schooljaar."""
        for name in ("opens_on", "closes_on"):
            if (day := getattr(self, name)) not in schooljaar:
                detail = {"opened_on": day.isoformat(), "schooljaar": str(schooljaar)}
                raise Refused("outside_schooljaar", detail)
        if self.closes_on < self.opens_on:
            raise Refused("ends_before_begin", {"opens_on": self.opens_on.isoformat()})


def add(connection: Connection, afname_id: str, plan: Plan) -> None:
    """Keep the plan of a new afname."""
    days = {"opens_on": plan.opens_on.isoformat(), "closes_on": plan.closes_on.isoformat()}
    connection.execute(insert(PLANS).values(afname_id=afname_id, **days))


def extend(connection: Connection, afname: Afname, closes_on: date) -> None:
    """Give an afname another last day; one that was opened without a plan has one from here on."""
    plan = Plan(afname.opened_on, closes_on)
    plan.check(afname.schooljaar)
    connection.execute(delete(PLANS).where(PLANS.c.afname_id == afname.afname_id))
    add(connection, afname.afname_id, plan)


def of(connection: Connection, afname_id: str) -> Plan | None:
    """Return the plan of an afname; None where it was opened without one, and is open until closed."""
    row = connection.execute(select(PLANS).where(PLANS.c.afname_id == afname_id)).first()
    if row is None:
        return None
    return Plan(date.fromisoformat(row.opens_on), date.fromisoformat(row.closes_on))


def check_day(connection: Connection, afname_id: str, today: date) -> None:
    """Refuse to begin before the first day or after the last one."""
    plan = of(connection, afname_id)
    if plan is not None and today < plan.opens_on:
        raise Refused("not_open_yet", {"opens_on": plan.opens_on.isoformat()})
    if plan is not None and today > plan.closes_on:
        raise Refused("afname_closed")
