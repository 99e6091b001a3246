"""Schools and afnames as plain dictionaries, for the broker's wire; refuses what is out of form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar, check_vestigingsnummer

if TYPE_CHECKING:
    from collections.abc import Mapping


def school_to_dict(school: School) -> dict[str, Any]:
    """Return a school as JSON can hold it."""
    return {
        "vestigingsnummer": school.vestigingsnummer,
        "name": school.name,
        "sector": school.sector,
        "onderwijssoort": school.onderwijssoort,
        "simulated": school.simulated,
        "bevoegd_gezag_nummer": school.bevoegd_gezag_nummer,
    }


def school_from_dict(fields: Mapping[str, Any]) -> School:
    """Return the school of a dictionary; raises `ValueError` naming the field."""
    return School(
        vestigingsnummer=check_vestigingsnummer(_text(fields, "vestigingsnummer")),
        name=_text(fields, "name"),
        sector=_text(fields, "sector"),
        onderwijssoort=_text(fields, "onderwijssoort"),
        simulated=_truth(fields, "simulated"),
        bevoegd_gezag_nummer=_optional_text(fields, "bevoegd_gezag_nummer"),
    )


def afname_to_dict(afname: Afname) -> dict[str, Any]:
    """Return an afname as JSON can hold it; days as `2026-11-03`."""
    return {
        "afname_id": afname.afname_id,
        "vestigingsnummer": afname.vestigingsnummer,
        "schooljaar": str(afname.schooljaar),
        "edition": afname.edition,
        "fingerprint": afname.fingerprint,
        "stamgroepen": [
            {"name": group.name, "leerjaar": group.leerjaar, "pupils": group.pupils}
            for group in afname.stamgroepen
        ],
        "opened_on": afname.opened_on.isoformat(),
        "closed_on": afname.closed_on.isoformat() if afname.closed_on else None,
        "modules": list(afname.modules),
    }


def afname_from_dict(fields: Mapping[str, Any]) -> Afname:
    """Return the afname of a dictionary; raises `ValueError` naming the field."""
    closed_on = _optional_text(fields, "closed_on")
    return Afname(
        afname_id=_text(fields, "afname_id"),
        vestigingsnummer=check_vestigingsnummer(_text(fields, "vestigingsnummer")),
        schooljaar=Schooljaar.parse(_text(fields, "schooljaar")),
        edition=_text(fields, "edition"),
        fingerprint=_text(fields, "fingerprint"),
        stamgroepen=_stamgroepen(fields),
        opened_on=day(_text(fields, "opened_on")),
        closed_on=day(closed_on) if closed_on is not None else None,
        modules=_codes(fields, "modules"),
    )


def day(text: str) -> date:
    """Return the day of `2026-11-03`; raises `ValueError` naming the form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'day "{text}": write year, month and day, as in 2026-11-03') from None


def _stamgroepen(fields: Mapping[str, Any]) -> tuple[Stamgroep, ...]:
    given = fields.get("stamgroepen")
    if not isinstance(given, list) or not given or not all(isinstance(group, dict) for group in given):
        raise ValueError("stamgroepen: give a list of at least one stamgroep")
    groups = tuple(
        Stamgroep(_text(group, "name"), _count(group, "leerjaar"), _count(group, "pupils")) for group in given
    )
    if len({group.name for group in groups}) < len(groups):
        raise ValueError("stamgroepen: two have the same name; give each its own")
    return groups


def _codes(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = fields.get(name, [])
    if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
        raise ValueError(f"{name}: give a list of codes, or leave it out")
    return tuple(given)


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name}: give a text")
    return value


def _optional_text(fields: Mapping[str, Any], name: str) -> str | None:
    return None if fields.get(name) is None else _text(fields, name)


def _truth(fields: Mapping[str, Any], name: str) -> bool:
    value = fields.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"{name}: give true or false")  # noqa: TRY004 - one kind of fault for callers
    return value


def _count(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name}: give a whole number, 0 or more")
    return value
