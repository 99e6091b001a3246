"""The three indicators of a closed afname, scored and disclosed; holds no single answer or score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from instrument import catalogue, editions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

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
    if editions.fingerprint(found) != afname.fingerprint:
        raise editions.EditionChangedError(
            f'edition "{found.code}" differs from what this afname asked; put its file back'
        )
    return found


def indicators(gate: Disclosure, rows: Sequence[Row]) -> tuple[Indicator, ...]:
    """Score the responses of a closed afname and release the mean of each indicator."""
    edition = edition_of(gate.afname)
    scores = _scale_scores(rows, edition)
    return tuple(_indicator(gate, edition, code, scores[code].tolist()) for code in INDICATORS)


def _scale_scores(rows: Sequence[Row], edition: Edition) -> pd.DataFrame:
    # broker and web server import this module; pandas costs two seconds, so only where it is used
    import pandas as pd  # noqa: PLC0415

    from instrument import scoring  # noqa: PLC0415

    answers = pd.DataFrame([dict(row["answers"]) for row in rows])
    return scoring.scale_scores(scoring.item_scores(answers, edition), edition)


def _indicator(gate: Disclosure, edition: Edition, code: str, scores: list[float]) -> Indicator:
    from instrument import scoring  # noqa: PLC0415 - as above

    limits = scoring.score_range(edition, code)
    title = next(scale.title["nl"] for scale in edition.scales if scale.code == code)
    figure = gate.mean(scores, low=limits.minimum, high=limits.maximum)
    return Indicator(code, title, limits.minimum, limits.maximum, figure)
