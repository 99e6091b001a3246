"""The hersteldossier of a school that was late: received, its own term, late delivery, closed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from export.dutch import day
from export.levering import stand, termijn
from export.levering.sentences import sentence
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from export.levering.toestemming import Event
    from instrument.school import Schooljaar

GEOPEND: Final = "geopend"
GESLOTEN: Final = "gesloten"
FIELDS: Final = ("stand", "ontvangen_op", "termijn", "document", "document_sha256")


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier: when the opdracht came, until when may be delivered, when it was delivered and closed."""

    ontvangen_op: date
    termijn: date
    document: str
    is_open: bool
    late_levering: date | None
    gesloten_op: date | None


def dossier(events: Iterable[Event], schooljaar: Schooljaar) -> Dossier | None:
    """Return the dossier of a schooljaar as it stands, or None where none was opened."""
    own = stand.of_schooljaar(events, schooljaar)
    opened = [event for event in own if _is(event, GEOPEND)]
    if not opened:
        return None
    payload = opened[-1]["payload"]
    closed = [event for event in own if _is(event, GESLOTEN) and event["seq"] > opened[-1]["seq"]]
    state = stand.stand(own, schooljaar)
    return Dossier(
        ontvangen_op=date.fromisoformat(payload["ontvangen_op"]),
        termijn=date.fromisoformat(payload["termijn"]),
        document=payload["document"],
        is_open=not closed,
        late_levering=state.since if state.status == stand.HERSTEL else None,
        gesloten_op=date.fromisoformat(closed[-1]["payload"]["ontvangen_op"]) if closed else None,
    )


def record(
    fields: Mapping[str, Any], events: Iterable[Event], schooljaar: Schooljaar, today: date
) -> dict[str, Any]:
    """Return the payload of an event `herstel`; raises `RuleFaults` with every fault at once."""
    known = dossier(events, schooljaar)
    given = {name: str(fields.get(name) or "") for name in FIELDS}
    faults = [*_form_faults(given), *_state_faults(given, known, schooljaar, today)]
    faults += [] if faults else _date_faults(given, today)
    if faults:
        raise RuleFaults(tuple(faults))
    return {name: value for name, value in given.items() if value}


def beyond_term(events: Iterable[Event], schooljaar: Schooljaar, leverdatum: date) -> Iterator[str]:
    """Say that a chosen day lies behind the term of the open dossier, where there is one."""
    known = dossier(events, schooljaar)
    if known is not None and known.is_open and leverdatum > known.termijn:
        yield _say("na_termijn", datum=day(leverdatum), termijn=day(known.termijn))


def _is(event: Event, state: str) -> bool:
    return bool(event["type"] == stand.HERSTEL and event["payload"].get("stand") == state)


def _form_faults(given: dict[str, str]) -> Iterator[str]:
    if given["stand"] not in (GEOPEND, GESLOTEN):
        yield _say("stand")
    dates = ("ontvangen_op", "termijn") if given["stand"] == GEOPEND else ("ontvangen_op",)
    for name in dates:
        if not _is_day(given[name]):
            yield _say("datum", veld=name)
    if not given["document"].isprintable() or not 0 < len(given["document"]) <= 120:  # noqa: PLR2004
        yield _say("document")
    if not re.fullmatch("[0-9a-f]{64}", given["document_sha256"]):
        yield _say("document_sha256")


def _state_faults(
    given: dict[str, str], known: Dossier | None, schooljaar: Schooljaar, today: date
) -> Iterator[str]:
    is_open = known is not None and known.is_open
    if given["stand"] == GEOPEND and today <= termijn.deadline(schooljaar):
        yield _say("te_vroeg", schooljaar=schooljaar, termijn=day(termijn.deadline(schooljaar)))
    if given["stand"] == GEOPEND and is_open:
        yield _say("al_open", schooljaar=schooljaar)
    if given["stand"] == GESLOTEN and not is_open:
        yield _say("niet_open", schooljaar=schooljaar)


def _date_faults(given: dict[str, str], today: date) -> Iterator[str]:
    received = date.fromisoformat(given["ontvangen_op"])
    if received > today:
        yield _say("in_toekomst", datum=day(received))
    if given["stand"] == GEOPEND and date.fromisoformat(given["termijn"]) <= received:
        yield _say("termijn_voor_ontvangst")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _say(key: str, **fields: object) -> str:
    return sentence("herstel", key, **fields)
