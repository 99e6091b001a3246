"""What was released of an afname, to whom, and its figures as first made: only ever added to (D1, D3).

The store knows the form of a results document, and of its figures only that they passed the gate.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import insert, select

from instrument.store.results.release_tables import RELEASES, SCHOOL_MEANS, SNAPSHOT_DOCUMENTS, SNAPSHOTS
from instrument.store.tables import AFNAMES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, Row

    from instrument.afname import Afname
    from instrument.school import Schooljaar

    Document: TypeAlias = dict[str, Any]
    Told: TypeAlias = tuple[str, str]

LEVERING: Final = "levering"
"""Who sees a summary: those who check it at school and board, and whom it is delivered to."""
FIGURES: Final = ("n_valid", "n_stamgroepen", "low", "high")
"""Of a mean beside the mean itself."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The figures of one afname as they were made the first time."""

    document: Document
    sha256: str


def freeze(connection: Connection, afname_id: str, document: Document) -> Frozen:
    """Keep the figures of a closed afname; where they were frozen before, return those (D1)."""
    found = frozen(connection, afname_id)
    if found is not None:
        return found
    text = canonical(document)
    connection.execute(insert(SNAPSHOTS).values(afname_id=afname_id, sha256=_digest(text)))
    connection.execute(insert(SNAPSHOT_DOCUMENTS).values(afname_id=afname_id, document=text))
    means = [_mean_row(afname_id, each) for each in document.get("indicators", []) if not each["suppressed"]]
    if means:
        connection.execute(insert(SCHOOL_MEANS), means)
    return Frozen(json.loads(text), _digest(text))


def frozen(connection: Connection, afname_id: str) -> Frozen | None:
    """Return the figures of an afname as they were frozen, if they were."""
    query = (
        select(SNAPSHOT_DOCUMENTS.c.document, SNAPSHOTS.c.sha256)
        .join(SNAPSHOTS, SNAPSHOTS.c.afname_id == SNAPSHOT_DOCUMENTS.c.afname_id)
        .where(SNAPSHOTS.c.afname_id == afname_id)
    )
    row = connection.execute(query).first()
    return None if row is None else Frozen(json.loads(row.document), row.sha256)


def record(
    connection: Connection, afname_id: str, *, told: Sequence[Told], audience: str, sha256: str
) -> int:
    """Add what is handed out, as unit and question; what was told before is not told anew.

    Belongs in the transaction that hands it out. Returns how many releases there were: documents by audience.
    """
    rows = connection.execute(select(RELEASES).where(RELEASES.c.afname_id == afname_id)).all()
    known = {(row.unit, row.what, row.audience, row.sha256) for row in rows}
    new = [pair for pair in dict.fromkeys(told) if (*pair, audience, sha256) not in known]
    same = {"afname_id": afname_id, "audience": audience, "sha256": sha256}
    numbered = enumerate(new, start=len(rows) + 1)
    added = [{**same, "number": number, "unit": unit, "what": what} for number, (unit, what) in numbered]
    if added:
        connection.execute(insert(RELEASES), added)
    return len({(row.audience, row.sha256) for row in rows} | {(audience, sha256)})


def history(connection: Connection, afname_id: str) -> tuple[Told, ...]:
    """Return everything that was ever told of an afname, to anybody."""
    query = select(RELEASES.c.unit, RELEASES.c.what).where(RELEASES.c.afname_id == afname_id).distinct()
    return tuple(sorted((row.unit, row.what) for row in connection.execute(query)))


def told(document: Document) -> list[Told]:
    """Name everything that a results document tells, as unit and question."""
    told = [
        (unit, indicator["code"])
        for indicator in document.get("indicators", [])
        for unit, figure in _units(indicator)
        if not figure["suppressed"]
    ]
    return told + [("school", item["code"]) for item in document.get("items", []) if not item["suppressed"]]


def _units(indicator: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    per_leerjaar = [(f"leerjaar:{each['leerjaar']}", each) for each in indicator["per_leerjaar"]]
    return [("school", indicator), *per_leerjaar]


def record_summary(connection: Connection, afname_id: str, summary: Document) -> None:
    """Add what the summary of a levering tells, before anybody sees it; the same figures are added once."""
    shown = [each for each in summary.get("indicator", []) if not each["onderdrukt"]]
    # D8: the level of a delivery is audited with the rest
    is_finer = summary.get("doorleverniveau") == "onderwijssoort"
    unit = f"onderwijssoort:{summary['onderwijssoort']}" if is_finer else "school"
    told = [(unit, each["code"]) for each in shown]
    if told:
        record(connection, afname_id, told=told, audience=LEVERING, sha256=_digest(canonical({unit: shown})))


def canonical(document: Document) -> str:
    """Return the one JSON text of a document, its keys in the order in which people read them."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def means_of(connection: Connection, afname_id: str) -> dict[str, Document]:
    """Return the released means of one afname, by indicator."""
    query = select(SCHOOL_MEANS).where(SCHOOL_MEANS.c.afname_id == afname_id)
    return {row.indicator: mean_of(row) for row in connection.execute(query)}


def waiting(connection: Connection, *, limit: int) -> list[str]:
    """Return closed afnamen whose figures are not frozen yet."""
    query = (
        select(AFNAMES.c.afname_id)
        .outerjoin(SNAPSHOTS, SNAPSHOTS.c.afname_id == AFNAMES.c.afname_id)
        .where(AFNAMES.c.closed_on.is_not(None), SNAPSHOTS.c.afname_id.is_(None))
        .order_by(AFNAMES.c.afname_id)
        .limit(limit)
    )
    return [row.afname_id for row in connection.execute(query)]


def earlier(connection: Connection, afname: Afname) -> str | None:
    """Return the afname of the same school and edition that was closed last in the schooljaar before."""
    query = (
        select(AFNAMES.c.afname_id)
        .where(
            AFNAMES.c.vestigingsnummer == afname.vestigingsnummer,
            AFNAMES.c.edition == afname.edition,
            AFNAMES.c.schooljaar == str(before(afname.schooljaar)),
            AFNAMES.c.closed_on.is_not(None),
        )
        .order_by(AFNAMES.c.closed_on.desc(), AFNAMES.c.opened_on.desc(), AFNAMES.c.afname_id)
    )
    return connection.execute(query.limit(1)).scalar()


def before(schooljaar: Schooljaar) -> Schooljaar:
    """Return the schooljaar before."""
    return type(schooljaar)(schooljaar.first - 1)


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _mean_row(afname_id: str, indicator: Mapping[str, Any]) -> Document:
    return {
        "afname_id": afname_id,
        "indicator": indicator["code"],
        "tenths": round(indicator["mean"] * 10),
        **{field: indicator[field] for field in FIGURES},
    }


def mean_of(row: Row[Any]) -> Document:
    """Return a kept mean as it was told, with its scale and its numbers."""
    fields = row._asdict()
    return {"mean": fields["tenths"] / 10, **{field: fields[field] for field in FIGURES}}
