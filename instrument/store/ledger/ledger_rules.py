"""What the broker asks of whoever knows the law: decisions over toestemming and levering, and the summary.

The rules are handed to the broker, as its release of results is: the store knows no term and no statistics.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from instrument.store import afnames, schools
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.school import School, Schooljaar
    from instrument.store.ledger.ledger import Event, Ledger
    from instrument.store.responses import ResponseRow


@dataclass(frozen=True, slots=True)
class Matter:
    """One vestiging and schooljaar as the rules look at it; `now` has an offset."""

    school: School
    afname: Afname | None
    schooljaar: Schooljaar
    events: Sequence[Event] = field(repr=False)
    now: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be recorded; `announce` puts a mail to the board into the outbox with it."""

    type: str
    payload: Mapping[str, Any] = field(repr=False)
    level: str | None = None
    date: str | None = None
    announce: bool = True


class Rules(Protocol):
    """The law of a levering; raises `RuleFaults` with every reason at once, and changes nothing."""

    def decide(self, wanted: str, matter: Matter, fields: Mapping[str, Any]) -> Decision:
        """Return what to record where `wanted` (a type of event) is asked with these fields."""

    def summary(
        self, matter: Matter, rows: Sequence[ResponseRow], fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return `summary` as it would be delivered now, and what else belongs to that.

        With `{"controle": true}` only to be looked at; then also without a toestemming.
        """


def matter_of(
    connection: Connection, ledger: Ledger, vestigingsnummer: str, schooljaar: Schooljaar | None
) -> Matter:
    """Read a matter; without a schooljaar that of the latest afname, refused where there is none."""
    latest = afnames.latest(connection, vestigingsnummer, schooljaar=schooljaar)
    return Matter(
        school=schools.get(connection, vestigingsnummer),
        afname=latest,
        schooljaar=schooljaar or _of_latest(latest),
        events=ledger.of_vestiging(connection, vestigingsnummer),
        now=ledger.moment(connection),
    )


def _of_latest(afname: Afname | None) -> Schooljaar:
    if afname is None:
        raise Refused("no_afname")
    return afname.schooljaar
