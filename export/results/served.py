"""What the broker is handed: the figures to freeze, and what stands beside them; in plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from export.disclosure import Release, Unit
from export.results import document
from export.results.comparison import Earlier, Pool, pooled
from export.results.uncertainty import SchoolMean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from export.indicators import Row
    from instrument.afname import Afname
    from instrument.school import School

    Fields: TypeAlias = Mapping[str, Any]
    Told: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Served:
    """The release that a broker is handed (`instrument.store.results.results_desk.Results`)."""

    def __call__(
        self, school: School, afname: Afname, rows: Sequence[Row], /, *, history: Sequence[Told] = ()
    ) -> dict[str, Any]:
        """Return the figures of a closed afname; `history` names unit and question of all that was told."""
        earlier = tuple(Release(Unit.parse(unit), what) for unit, what in history)
        return document.figures(school, afname, rows, history=earlier)

    def pool(self, means: Sequence[Fields]) -> Pool | None:
        """Return what schools have in common on one indicator, from the released mean of each."""
        return pooled([SchoolMean(**fields) for fields in means])

    def beside(
        self,
        figures: dict[str, Any],
        *,
        previous: tuple[str, Mapping[str, Fields]] | None,
        pools: Mapping[str, tuple[Pool | None, Fields | None]],
        releases: int,
    ) -> dict[str, Any]:
        """Return frozen figures with last year's means (schooljaar, indicators) and other schools' beside.

        With each pool stands the mean that the school itself has in it, which is taken out.
        """
        earlier = None
        if previous is not None:
            schooljaar, found = previous
            earlier = Earlier(schooljaar, {code: SchoolMean(**fields) for code, fields in found.items()})
        others = {code: _others(*pool) for code, pool in pools.items()}
        return document.beside(figures, previous=earlier, pools=others, releases=releases)


def _others(pool: Pool | None, own: Fields | None) -> Pool | None:
    return pool if pool is None or own is None else pool.without(SchoolMean(**own))
