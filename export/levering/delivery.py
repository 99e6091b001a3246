"""One levering: the summary of a school in three files, or a refusal with all reasons and nothing written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.levering import bewijs as evidence_file
from export.levering import summary, summary_files
from export.levering.obstacles import Case, obstacles, say
from export.levering.summary import Evidence
from export.levering.summary_files import SummaryInvalidError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from export.indicators import Row
    from export.levering.summary import Summary
    from export.levering.toestemming import Event
    from instrument.afname import Afname
    from instrument.school import School

GELEVERD: Final = "geleverd"
HERSTEL: Final = "herstel"


class LeveringRefused(ValueError):  # noqa: N818 - it reads as the fact it is
    """Nothing was delivered and nothing was written; `reasons` holds every reason, in Dutch."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was written: files, what they say, the event for the ledger; what was lacking, in Dutch."""

    files: tuple[Path, ...]
    summary: Summary
    event: dict[str, Any]
    warnings: tuple[str, ...] = ()


def deliver(  # noqa: PLR0913 - a levering is answerable for each of these by name
    *,
    school: School,
    afname: Afname | None,
    rows: Sequence[Row],
    events: Sequence[Event],
    now: datetime,
    out: Path,
    verantwoording: Path | None = None,
    bewijs: str = evidence_file.WAARSCHUWEN,
    herstel: bool = False,
) -> Delivery:
    """Write the summary of one afname as JSON, CSV and PDF into `out`, under the school's toestemming.

    `rows` and `events` are those of this school; events of another do not count. `now` has an offset. Files
    appear whole or not at all, and the JSON last. Where the evidence.json beside the `verantwoording` does
    not cover this afname, `bewijs` says whether that is a warning or a refusal.

    Raises:
        LeveringRefused: with every reason at once; then nothing was written.
    """
    own = [event for event in events if event["vestigingsnummer"] == school.vestigingsnummer]
    evidence = _evidence(verantwoording)
    reasons = [] if evidence is not None or verantwoording is None else [_unreadable(verantwoording)]
    if afname is None:
        raise LeveringRefused((say("geen_afname"), *reasons))
    case = Case(school, afname, rows, own, now, herstel)
    lacking = _lacking(case, verantwoording)
    reasons = [*obstacles(case), *reasons, *(lacking if bewijs == evidence_file.WEIGEREN else ())]
    if reasons:
        raise LeveringRefused(tuple(reasons))
    return replace(_deliver(case, evidence, out), warnings=lacking)


def _lacking(case: Case, verantwoording: Path | None) -> tuple[str, ...]:
    found = evidence_file.beside(verantwoording)
    return tuple(evidence_file.gaps(found, case.school, case.afname, verantwoording))


def _deliver(case: Case, evidence: Evidence | None, out: Path) -> Delivery:
    found = summary.build(
        school=case.school,
        afname=case.afname,
        rows=case.rows,
        toestemming=case.toestemming,
        status=HERSTEL if case.herstel else GELEVERD,
        now=case.now,
        evidence=evidence,
    )
    contents = _contents(found)
    try:
        _write(contents, out)
    except OSError as fault:
        raise LeveringRefused((say("map", map=out),)) from fault
    return Delivery(tuple(out / name for name in contents), found, _event(found, contents))


def _contents(found: Summary) -> dict[str, bytes]:
    try:
        summary_files.check(found)
    except SummaryInvalidError as fault:
        raise LeveringRefused((say("samenvatting", fouten="; ".join(fault.faults)),)) from fault
    name = f"samenvatting-{found['vestigingsnummer']}-{found['schooljaar']}"
    return {
        f"{name}.pdf": summary_files.as_pdf(found),
        f"{name}.csv": summary_files.as_csv(found),
        f"{name}.json": summary_files.as_json(found),
    }


def _write(contents: Mapping[str, bytes], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    # inside `out`: a rename is only atomic within one file system
    with tempfile.TemporaryDirectory(dir=out, prefix=".levering-") as folder:
        for name, content in contents.items():
            with (Path(folder) / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for name in contents:
            (Path(folder) / name).replace(out / name)


def _event(found: Summary, contents: Mapping[str, bytes]) -> dict[str, Any]:
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return {
        "vestigingsnummer": found["vestigingsnummer"],
        "schooljaar": found["schooljaar"],
        "type": GELEVERD,
        "payload": {
            "status": found["status"],
            "doorleverniveau": found["doorleverniveau"],
            "schema_version": found["schema_version"],
            "sha256": files,
        },
    }


def _evidence(document: Path | None) -> Evidence | None:
    try:
        return None if document is None else Evidence.of(document)
    except OSError:
        return None


def _unreadable(document: Path) -> str:
    return say("verantwoording", bestand=document)
