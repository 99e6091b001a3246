"""From closed afnamen to research data: the answers, the vestiging, the leerjaar; no stamgroep, no person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from export.account.research_file import BACKGROUND, ResearchData
from instrument import catalogue, editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from export.indicators import Row
    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.school import School


class ExtractError(ValueError):
    """There is nothing to extract, or it belongs to another edition; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class Part:
    """One closed afname of a school, with its responses."""

    school: School
    afname: Afname
    rows: Sequence[Row]


def research_data(parts: Sequence[Part], *, edition: str) -> ResearchData:
    """Return the answers of all parts together; one simulated school makes all of it simulated.

    Raises:
        ExtractError: no closed afname, an open one, or one of another edition or fingerprint.
    """
    asked = catalogue.edition(edition)
    _check(parts, asked)
    frame = pd.DataFrame(_records(parts), columns=[*BACKGROUND, *(item.code for item in asked.scored)])
    # by content, so that the order of the rows says nothing about the order of the answers
    frame = frame.sort_values(list(frame.columns), ignore_index=True)
    return ResearchData(
        edition=asked,
        answers=frame[[item.code for item in asked.scored]].astype("Int64"),
        background=frame[list(BACKGROUND)],
        simulated=any(part.school.simulated for part in parts),
        source=f"{len(parts)} afnamen, {len(frame)} ingevulde vragenlijsten",
        dated=max(part.afname.closed_on or part.afname.opened_on for part in parts),
    )


def _check(parts: Sequence[Part], asked: Edition) -> None:
    if not parts:
        raise ExtractError(f"no closed afname of edition {asked.code} here; close one: weerglas afname close")
    for part in parts:
        place = f"{part.afname.vestigingsnummer} {part.afname.schooljaar}"
        if part.afname.is_open:
            raise ExtractError(f"{place}: this afname is still open; close it first")
        if part.afname.fingerprint != editions.fingerprint(asked):
            raise ExtractError(
                f"{place}: asked with other wording than {asked.code} has here; put the original file back"
            )


def _records(parts: Sequence[Part]) -> Iterable[dict[str, object]]:
    for part in parts:
        leerjaren = {group.name: group.leerjaar for group in part.afname.stamgroepen}
        for row in part.rows:
            background = (part.school.vestigingsnummer, leerjaren[row["stamgroep"]])
            yield {**dict(zip(BACKGROUND, background, strict=True)), **row["answers"]}
