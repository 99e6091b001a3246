"""The summary before it is written: to be looked at, or to be delivered; or every reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from export.levering import bewijs as evidence_file
from export.levering import inhoud, stand, summary, summary_files, toestemming
from export.levering.bewijs import Bewijs
from export.levering.obstacles import Case, obstacles, of_the_afname, of_the_edition, say
from export.levering.summary import Evidence
from export.levering.summary_files import SummaryInvalidError
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from export.indicators import Row
    from export.levering.summary import Summary
    from export.levering.toestemming import Toestemming
    from instrument.store.ledger.ledger_rules import Matter

TER_CONTROLE: Final = "ter_controle"


class LeveringRefused(RuleFaults):
    """Nothing is delivered and nothing is written; `faults` holds every reason, in Dutch."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What may be delivered, under which toestemming, and what was lacking in the evidence."""

    summary: Summary
    afname_id: str
    toestemming: int
    warnings: tuple[str, ...] = ()


def to_check(matter: Matter, rows: Sequence[Row]) -> dict[str, Any]:
    """Return the summary that a school looks at: what will be delivered, apart from status and moment."""
    case = _case(matter, rows, herstel=None)
    reasons = [*of_the_afname(case), *of_the_edition(case)]
    if reasons:
        raise LeveringRefused(tuple(reasons))
    given = toestemming.current(case.events, matter.schooljaar)
    state = stand.stand(case.events, matter.schooljaar).status
    found = summary.build(
        school=case.school,
        afname=case.afname,
        rows=rows,
        toestemming=given,
        status=TER_CONTROLE if given is None else stand.GEPLAND if state == stand.ONDERWEG else state,
        now=matter.now,
    )
    return {"summary": found}


def to_deliver(matter: Matter, rows: Sequence[Row], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return summary, afname, toestemming and warnings; `options` are those of `verantwoord`."""
    case = _case(matter, rows, herstel=options.get("herstel"))
    found = prepare(
        case,
        evidence=_evidence(options.get("verantwoording")),
        unreadable=options.get("onleesbaar"),
        bewijs=str(options.get("bewijs", evidence_file.WAARSCHUWEN)),
    )
    return {
        "summary": found.summary,
        "afname_id": found.afname_id,
        "toestemming": found.toestemming,
        "warnings": list(found.warnings),
    }


def prepare(
    case: Case,
    *,
    evidence: Evidence | None = None,
    unreadable: str | None = None,
    bewijs: str = evidence_file.WAARSCHUWEN,
) -> Prepared:
    """Return what may be delivered now, or raise `LeveringRefused` with every reason at once."""
    lacking = tuple(evidence_file.gaps(evidence, case.school, case.afname))
    reasons = [*obstacles(case), *([say("verantwoording", bestand=unreadable)] if unreadable else ())]
    reasons += lacking if bewijs == evidence_file.WEIGEREN else ()
    given = None if reasons else case.toestemming
    if given is None:
        raise LeveringRefused(tuple(reasons))
    found = _built(case, given, evidence)
    if faults := tuple(_content_faults(found, given.fields.inhoud)):
        raise LeveringRefused(faults)
    return Prepared(found, case.afname.afname_id, given.seq, lacking)


def _built(case: Case, given: Toestemming, evidence: Evidence | None) -> Summary:
    return summary.build(
        school=case.school,
        afname=case.afname,
        rows=case.rows or (),
        toestemming=given,
        status=stand.HERSTEL if case.herstel else stand.GELEVERD,
        now=case.now,
        evidence=evidence,
    )


def _case(matter: Matter, rows: Sequence[Row], *, herstel: bool | None) -> Case:
    own = [event for event in matter.events if event["vestigingsnummer"] == matter.school.vestigingsnummer]
    if matter.afname is None:
        raise LeveringRefused((say("geen_afname"),))
    if herstel is None:
        given = toestemming.current(own, matter.schooljaar)
        herstel = given is not None and given.fields.herstel
    return Case(matter.school, matter.afname, rows, own, matter.now, herstel)


def _content_faults(found: Summary, checked: str | None) -> Iterator[str]:
    try:
        summary_files.check(found)
    except SummaryInvalidError as fault:
        yield say("samenvatting", fouten="; ".join(fault.faults))
    if checked is not None and checked != inhoud.fingerprint(found):
        yield say("andere_inhoud")


def _evidence(given: Mapping[str, Any] | None) -> Evidence | None:
    if given is None:
        return None
    shown = given.get("bewijs")
    return Evidence(given["file"], given["sha256"], None if shown is None else Bewijs(**shown))
