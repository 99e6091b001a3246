"""The three indicators of a closed afname, scored and disclosed; holds no single answer or score."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.disclosure import SCHOOL, tally
from instrument import catalogue, editions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from export.disclosure import Disclosed, Disclosure
    from instrument.afname import Afname
    from instrument.questionnaire import Edition

INDICATORS: Final = ("veiligheidsbeleving", "aantasting", "welbevinden")
"""The three aspects of Besluit Stb. 2020, 209 (EIS-A), in its order; other scales stay inside (EIS-D)."""

Row: TypeAlias = "Mapping[str, Any]"
"""One response: `{"stamgroep": str, "answers": {item: value}}`."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One school mean, or the reason why it is not shown, on its own scale; high = favourable."""

    code: str
    title: str
    low: int
    high: int
    figure: Disclosed


def edition_of(afname: Afname) -> Edition:
    """Return the edition that was put to the pupils; refuses one whose words changed since."""
    found = catalogue.edition(afname.edition)
    if _fingerprint(found.code) != afname.fingerprint:
        raise editions.EditionChangedError(
            f'edition "{found.code}" differs from what this afname asked; put its file back'
        )
    return found


def indicators(gate: Disclosure, rows: Sequence[Row]) -> tuple[Indicator, ...]:
    """Count the responses of a closed afname and release the mean of each indicator."""
    edition = edition_of(gate.afname)
    counted = tally.of_rows(gate.afname, edition, rows)
    return tuple(_indicator(gate, edition, code, counted) for code in INDICATORS)


def _indicator(gate: Disclosure, edition: Edition, code: str, counted: tally.Tally) -> Indicator:
    scale = counted.scales[code]
    figure = gate.means(counted, code)[SCHOOL]
    return Indicator(code, title_of(edition, code), scale.low, scale.high, figure)


@cache
def _fingerprint(code: str) -> str:
    # of a bundled edition, which the catalogue reads once: as slow as counting a school
    return editions.fingerprint(catalogue.edition(code))


def title_of(edition: Edition, code: str) -> str:
    """Return the Dutch title of a scale."""
    return next(scale.title["nl"] for scale in edition.scales if scale.code == code)
