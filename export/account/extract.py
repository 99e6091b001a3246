"""From closed afnamen to research data: the answers, the leerjaar, a pseudonym of the school; no person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from export.account.research_data import BACKGROUND, CLASSES, ResearchData
from instrument import catalogue, editions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from export.indicators import Row
    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.school import School

_SCHOOL: Final = BACKGROUND[0]


class ExtractError(ValueError):
    """There is nothing to extract, or it belongs to another edition; the message names the remedy."""


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """One closed afname of a school, with its responses."""

    school: School
    afname: Afname
    rows: Sequence[Row]


def research_data(parts: Sequence[Part], *, edition: str, classes: bool = False) -> ResearchData:
    """Return the answers of all parts together; one simulated school makes all of it simulated.

    A stamgroep becomes its leerjaar and is gone. With `classes`, a number takes its place that tells
    classes of one school apart and nothing else, for statistics that stay here.

    Raises:
        ExtractError: no closed afname, an open one, or one of another edition or fingerprint.
    """
    asked = catalogue.edition(edition)
    _check(parts, asked)
    items = [item.code for item in asked.scored]
    frame = pd.DataFrame(_records(parts), columns=[*BACKGROUND, CLASSES, *items])
    schools, content = frame[_SCHOOL], frame[[BACKGROUND[1], *items]]
    frame[CLASSES] = _numbered(schools + "/" + frame[CLASSES], schools, content).astype(str)
    everything = pd.Series("", frame.index)
    frame[_SCHOOL] = "S" + _numbered(schools, everything, content).astype(str).str.zfill(4)
    background = [*BACKGROUND, *([CLASSES] if classes else [])]
    # by content, so that the order of the rows says nothing about the order of the answers
    frame = frame.sort_values([*background, *items], ignore_index=True)
    return ResearchData(
        edition=asked,
        answers=frame[items].astype("Int64"),
        background=frame[background],
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
            background = (part.school.vestigingsnummer, leerjaren[row["stamgroep"]], row["stamgroep"])
            yield {**dict(zip((*BACKGROUND, CLASSES), background, strict=True)), **row["answers"]}


def _numbered(units: pd.Series, groups: pd.Series, content: pd.DataFrame) -> pd.Series:
    """Number units within their group by a hash of what was answered in them: that order says nothing."""
    hashes = pd.Series({unit: _hash(rows) for unit, rows in content.groupby(units)}, dtype=object)
    known = pd.DataFrame({"group": groups.groupby(units).first(), "hash": hashes})
    return units.map(known.sort_values(["group", "hash"]).groupby("group").cumcount() + 1)


def _hash(rows: pd.DataFrame) -> str:
    ordered = rows.sort_values(list(rows.columns))
    return hashlib.sha256(ordered.to_csv(index=False).encode()).hexdigest()
