"""The law of a levering as the broker asks it: what may be recorded now, and what would be delivered.

Handed to the broker by the commands; see `instrument.store.ledger.ledger_rules`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export.levering import dossier, stand, termijn, toestemming
from export.levering.obstacles import Case, already_begun, obstacles, of_the_afname, say
from export.levering.sentences import value
from export.levering.toestemming import GEGEVEN
from instrument.store.ledger.ledger_rules import Decision
from instrument.store.refusals import RuleFaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from export.indicators import Row
    from export.levering.toestemming import Event, Toestemming
    from instrument.school import Schooljaar
    from instrument.store.ledger.ledger_rules import Matter

AKKOORD: Final = "akkoord"
OF_THE_AKKOORD: Final = {"naam": "akkoord_naam", "functie": "akkoord_functie", "datum": "akkoord_datum"}
"""What the bestuur recorded in its own login, and the fields of the form that it answers."""
CARRIED: Final = ("doorleverniveau", "schema_version", "sha256")
"""What `geleverd` repeats of `levering_gestart`."""


class Rulings:
    """The rules of this provider (see `ledger_rules.Rules`)."""

    def decide(self, wanted: str, matter: Matter, fields: Mapping[str, Any]) -> Decision:
        """Return what to record, or raise `RuleFaults`."""
        return _DECISIONS[wanted](matter, fields)

    def summary(self, matter: Matter, rows: Sequence[Row], fields: Mapping[str, Any]) -> dict[str, Any]:
        """Return the summary to be looked at, or to be delivered."""
        # typst, pandas and jsonschema behind it are for whoever writes or reads a summary
        from export.levering import preparation  # noqa: PLC0415

        if fields.get("controle"):
            return preparation.to_check(matter, rows)
        return preparation.to_deliver(matter, rows, fields)


RULES: Final = Rulings()


def _give(matter: Matter, fields: Mapping[str, Any]) -> Decision:
    _refuse(*_level_after_release(matter, fields), *_already_begun(matter))
    current = _standing(matter)
    own = own_akkoord(matter.events, matter.schooljaar)
    form = {**fields, **own}
    try:
        event = toestemming.give(
            form,
            vestigingsnummer=matter.school.vestigingsnummer,
            schooljaar=matter.schooljaar,
            today=termijn.today(matter.now),
            current=current,
        )
        faults: tuple[str, ...] = ()
    except RuleFaults as refused:
        event, faults = {}, refused.faults
    _refuse(*_obstacles_to_consent(matter), *faults)
    payload = {**event["payload"], "akkoord_eigen_login": bool(own)}
    _refuse(*_beyond_the_dossier(matter, event))
    return Decision(event["type"], payload, payload["doorleverniveau"], payload["leverdatum"])


def _withdraw(matter: Matter, _fields: Mapping[str, Any]) -> Decision:
    _refuse(*_already_begun(matter))
    event = toestemming.withdraw(
        _standing(matter),
        vestigingsnummer=matter.school.vestigingsnummer,
        schooljaar=matter.schooljaar,
        today=termijn.today(matter.now),
    )
    return Decision(event["type"], event["payload"])


def _agree(matter: Matter, fields: Mapping[str, Any]) -> Decision:
    given = {name: " ".join(str(fields.get(name) or "").split()) for name in ("naam", "functie")}
    faults = [say("akkoord_veld", veld=name) for name, text in given.items() if not _is_name(text)]
    _refuse(*faults, *_already_begun(matter))
    payload = {**given, "datum": termijn.today(matter.now).isoformat()}
    return Decision(AKKOORD, payload, date=payload["datum"], announce=False)


def _start(matter: Matter, fields: Mapping[str, Any]) -> Decision:
    found = None if matter.afname is None else _case(matter)
    if found is None:
        raise RuleFaults((say("geen_afname"),))
    _refuse(*obstacles(found))
    given = found.toestemming
    is_same = given is not None and given.seq == fields.get("toestemming")
    if given is None or not is_same or found.afname.afname_id != fields.get("afname_id"):
        raise RuleFaults((say("intussen_gewijzigd"),))
    level, planned = given.fields.doorleverniveau, given.fields.leverdatum.isoformat()
    payload = {**fields, "doorleverniveau": level}
    return Decision(stand.LEVERING_GESTART, payload, level, planned, announce=False)


def _finish(matter: Matter, fields: Mapping[str, Any]) -> Decision:
    begun = stand.begun(matter.events, matter.schooljaar)
    if begun is None or begun["seq"] != fields.get("gestart"):
        raise RuleFaults((say("niet_begonnen"),))
    carried = {name: begun["payload"].get(name) for name in CARRIED}
    payload = {"status": begun["payload"]["status"], **carried, **fields}
    return Decision(stand.GELEVERD, payload, begun["level"], begun["date"])


def _herstel(matter: Matter, fields: Mapping[str, Any]) -> Decision:
    payload = dossier.record(fields, matter.events, matter.schooljaar, termijn.today(matter.now))
    return Decision(stand.HERSTEL, payload, date=payload.get("termijn"))


_DECISIONS: Final[dict[str, Callable[[Matter, Mapping[str, Any]], Decision]]] = {
    AKKOORD: _agree,
    GEGEVEN: _give,
    toestemming.INGETROKKEN: _withdraw,
    stand.LEVERING_GESTART: _start,
    stand.GELEVERD: _finish,
    stand.HERSTEL: _herstel,
}


def _standing(matter: Matter) -> Toestemming | None:
    """Return the toestemming that can be changed; one that lapsed with the term gives way to a herstel."""
    found = toestemming.current(matter.events, matter.schooljaar)
    if found is None:
        return None
    lapsed = termijn.today(matter.now) > termijn.deadline(matter.schooljaar) and not found.fields.herstel
    return None if lapsed and stand.begun(matter.events, matter.schooljaar) is None else found


def own_akkoord(events: Iterable[Event], schooljaar: Schooljaar) -> dict[str, Any]:
    """Return the fields of the form that the bestuur answered in its own login; empty where it did not."""
    found = stand.last(stand.of_schooljaar(events, schooljaar), AKKOORD)
    return {} if found is None else {OF_THE_AKKOORD[name]: text for name, text in found["payload"].items()}


def _obstacles_to_consent(matter: Matter) -> Iterator[str]:
    if matter.afname is None:
        yield say("geen_afname")
    else:
        yield from of_the_afname(_case(matter))


def _level_after_release(matter: Matter, fields: Mapping[str, Any]) -> Iterator[str]:
    found = stand.begun(matter.events, matter.schooljaar)
    if found is not None and found["level"] != fields.get("doorleverniveau"):
        # D8: two levels of one school beside each other tell more than either
        yield say("niveau_na_levering", schooljaar=matter.schooljaar, niveau=value(found["level"]))


def _already_begun(matter: Matter) -> Iterator[str]:
    return already_begun(matter.events, matter.schooljaar)


def _beyond_the_dossier(matter: Matter, event: Event) -> Iterator[str]:
    chosen = termijn.day_of(event["payload"]["leverdatum"])
    yield from dossier.beyond_term(matter.events, matter.schooljaar, chosen)


def _case(matter: Matter) -> Case:
    if matter.afname is None:
        raise RuleFaults((say("geen_afname"),))
    given = toestemming.current(matter.events, matter.schooljaar)
    herstel = given is not None and given.fields.herstel
    return Case(matter.school, matter.afname, None, matter.events, matter.now, herstel)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= 120 and text.isprintable()  # noqa: PLR2004 - as in the form


def _refuse(*faults: str) -> None:
    if faults:
        raise RuleFaults(faults)
