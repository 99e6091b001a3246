"""The schools that lie beside one another: their released means, read in pages and kept for a while."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from sqlalchemy import and_, func, select

from instrument.store.results.release_tables import SCHOOL_MEANS, SNAPSHOTS
from instrument.store.results.releases import before, mean_of
from instrument.store.tables import AFNAMES, SCHOOLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Row

    from instrument.afname import Afname
    from instrument.school import School

    Document: TypeAlias = dict[str, Any]

PAGE: Final = 250
"""Other schools read at once: some milliseconds of the writer's one thread."""
SMALL: Final = 3000
"""So many means are read anew whenever one has come: three each of a thousand schools."""
LASTS: Final = 600.0
"""Seconds for which the means of more schools are used again, although one has come."""


class Pooling(Protocol):
    """Who knows what schools have in common."""

    def pool(self, means: Sequence[Document], /) -> object:
        """Return what schools have in common on one indicator, from the released mean of each."""


@dataclass(frozen=True, slots=True)
class Page:
    """Means of other schools, and the afname_id behind which the next page begins."""

    means: list[Document]
    last: str


@dataclass(frozen=True, slots=True)
class Peers:
    """Which schools lie beside one another: of one sector, asked with one edition in these schooljaren."""

    edition: str
    sector: str
    simulated: bool
    schooljaren: tuple[str, ...]

    @classmethod
    def of(cls, school: School, afname: Afname) -> Peers:
        """Return the peers of a school: in the schooljaar of its afname, and in the one before."""
        years = (str(before(afname.schooljaar)), str(afname.schooljaar))
        return cls(afname.edition, school.sector, school.simulated, years)


@dataclass(frozen=True, slots=True)
class PeerMeans:
    """The means of peers as they were read, by indicator and school, and what they have in common."""

    number: int
    means: dict[str, dict[str, Document]]
    read_at: float = field(default_factory=time.monotonic)
    pools: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, number: int, found: list[Document]) -> PeerMeans:
        """Take one afname of each school, the last that was closed."""
        means: dict[str, dict[str, Document]] = {}
        for mean in sorted(found, key=lambda mean: mean["closed"]):
            means.setdefault(mean["indicator"], {})[mean["vestigingsnummer"]] = mean["figures"]
        return cls(number, means)

    def serves(self, number: int) -> bool:
        """Tell whether they can be used where the store holds so many means by now."""
        return self.number == number or not (number <= SMALL or self.is_old)

    @property
    def is_old(self) -> bool:
        """Whether they were read long ago, for a store in which schools come by the hour."""
        return time.monotonic() - self.read_at > LASTS

    def pools_for(self, vestigingsnummer: str, release: Pooling) -> dict[str, tuple[object, Document | None]]:
        """Return the pool of each indicator with the school's own mean in it; made once for all schools."""
        for indicator, of_school in self.means.items():
            if indicator not in self.pools:
                self.pools[indicator] = release.pool(list(of_school.values()))
        return {
            indicator: (self.pools[indicator], of_school.get(vestigingsnummer))
            for indicator, of_school in self.means.items()
        }


def number_of_means(connection: Connection) -> int:
    """Return how many means there are; as long as it is the same, so are they."""
    return int(connection.execute(select(func.count()).select_from(SCHOOL_MEANS)).scalar_one())


def page_of_peers(connection: Connection, peers: Peers, *, after: str) -> Page | None:
    """Return the means of frozen afnamen behind `after`, with school, schooljaar and day; None at the end."""
    behind = SNAPSHOTS.c.afname_id > after
    ids = select(SNAPSHOTS.c.afname_id).where(behind).order_by(SNAPSHOTS.c.afname_id).limit(PAGE).subquery()
    last = connection.execute(select(func.max(ids.c.afname_id))).scalar()
    if last is None:
        return None
    joined = SCHOOL_MEANS.join(AFNAMES).join(
        SCHOOLS, SCHOOLS.c.vestigingsnummer == AFNAMES.c.vestigingsnummer
    )
    columns = (*SCHOOL_MEANS.c, AFNAMES.c.vestigingsnummer, AFNAMES.c.schooljaar, AFNAMES.c.closed_on)
    here = and_(SCHOOL_MEANS.c.afname_id > after, SCHOOL_MEANS.c.afname_id <= last, _among(peers))
    rows = connection.execute(select(*columns).select_from(joined).where(here))
    return Page([_placed(row) for row in rows], last)


def _among(peers: Peers) -> Any:  # noqa: ANN401 - a condition of SQLAlchemy
    return and_(
        AFNAMES.c.edition == peers.edition,
        AFNAMES.c.schooljaar.in_(peers.schooljaren),
        SCHOOLS.c.sector == peers.sector,
        SCHOOLS.c.simulated == int(peers.simulated),
    )


def _placed(row: Row[Any]) -> Document:
    placed = {
        "indicator": row.indicator,
        "vestigingsnummer": row.vestigingsnummer,
        "closed": (row.schooljaar, row.closed_on),
    }
    return {**placed, "figures": mean_of(row)}
