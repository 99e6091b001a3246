"""The summary of an afname: what the coordinator sees and what is delivered, from disclosed figures only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.disclosure import Disclosure, Released, Suppressed
from export.indicators import Row, edition_of, indicators
from export.levering import termijn
from export.levering.bewijs import beside
from export.levering.sentences import sentence, texts
from export.participation import Participation, Stratum, participation
from instrument.editions import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from export.indicators import Indicator
    from export.levering.bewijs import Bewijs
    from export.levering.toestemming import Toestemming
    from instrument.afname import Afname
    from instrument.questionnaire import Edition
    from instrument.school import School

SCHEMA_VERSION: Final = "1.2.0"
"""Semantic version of `schema/summary-1.schema.json`; a field that changes meaning is a new first number."""
DIRECTION: Final = "hoger_is_gunstiger"
"""One orientation on all three scales; on aantasting high means little of it."""

Summary: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The verantwoordingsdocument that a summary leans on, known by its bytes."""

    file: str
    sha256: str
    bewijs: Bewijs | None = None
    """The evidence.json beside it, which says for which edition and population what was shown."""

    @classmethod
    def of(cls, document: Path) -> Evidence:
        """Read the document and return its name and hash; raises `OSError` where it cannot be read."""
        digest = hashlib.sha256(document.read_bytes()).hexdigest()
        return cls(document.name, digest, beside(document))


def release(school: School, afname: Afname, rows: Sequence[Row]) -> Summary:
    """Return what the coordinator of a closed afname may see, ready for JSON.

    Raises `disclosure.DisclosureError` while the afname is open (D1).
    """
    return {
        "gesimuleerd": school.simulated,
        "schooljaar": str(afname.schooljaar),
        "vestigingsnummer": school.vestigingsnummer,
        "schoolnaam": school.name,
        **_figures(school, afname, rows),
    }


def build(  # noqa: PLR0913 - everything the document says comes in by name
    *,
    school: School,
    afname: Afname,
    rows: Sequence[Row],
    toestemming: Toestemming | None,
    status: str,
    now: datetime,
    evidence: Evidence | None = None,
) -> Summary:
    """Return the summary, version 1: every field of its schema, in the order in which people read them.

    `now` has an offset. What nobody stated is null; without a toestemming this is a concept to check.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "gegenereerd_op": termijn.local(now).isoformat(timespec="seconds"),
        "gesimuleerd": school.simulated,
        "status": status,
        **_school(school, afname, toestemming),
        **_instrument(edition_of(afname), evidence),
        **_afname(afname, toestemming),
        **_figures(school, afname, rows),
        "toestemming": None if toestemming is None else _toestemming(toestemming),
    }


def _school(school: School, afname: Afname, toestemming: Toestemming | None) -> Summary:
    return {
        "schooljaar": str(afname.schooljaar),
        "bevoegd_gezag_nummer": school.bevoegd_gezag_nummer,
        "brin": school.brin,
        "vestigingsnummer": school.vestigingsnummer,
        "schoolnaam": school.name,
        "sector": school.sector,
        "doorleverniveau": None if toestemming is None else toestemming.fields.doorleverniveau,
        "onderwijssoort": school.onderwijssoort,
    }


def _instrument(edition: Edition, evidence: Evidence | None) -> Summary:
    return {
        "aanbieder": texts()["instrument"]["aanbieder"],
        "instrument": texts()["instrument"]["naam"],
        "editie": {
            "code": edition.code,
            "titel": edition.title["nl"],
            "vingerafdruk": fingerprint(edition),
        },
        "verantwoording": {
            "tekst": sentence("instrument", "verantwoording", editie=edition.code),
            "bestand": None if evidence is None else evidence.file,
            "sha256": None if evidence is None else evidence.sha256,
            **_bewijs(evidence),
        },
    }


def _bewijs(evidence: Evidence | None) -> Summary:
    found = None if evidence is None else evidence.bewijs
    return {} if found is None else {"bewijs": {"bestand": found.file, "sha256": found.sha256}}


def _afname(afname: Afname, toestemming: Toestemming | None) -> Summary:
    conditions = None if toestemming is None else toestemming.fields.conditions
    return {
        "afname_van": afname.opened_on.isoformat(),
        "afname_tot": None if afname.closed_on is None else afname.closed_on.isoformat(),
        "afnamegroep": {
            "leerjaren": sorted(afname.population),
            "omvang": None if conditions is None else conditions.omvang,
        },
        "afnamecondities": None
        if conditions is None
        else {
            "afnamewijze": conditions.afnamewijze,
            "toezicht": conditions.supervised_by,
            "voorgelezen": conditions.read_aloud,
            "medium": conditions.medium,
        },
        "toelichting_respons": None if conditions is None else conditions.remark,
    }


def _figures(school: School, afname: Afname, rows: Sequence[Row]) -> Summary:
    gate = Disclosure(afname)
    taking_part = participation(gate.response(row["stamgroep"] for row in rows))
    rate = taking_part.response_rate
    return {
        "n_doelgroep": taking_part.population,
        "n_deelnemers": taking_part.respondents,
        "respons": None if rate is None else round(rate, 3),
        "representativiteit": [_stratum(school, stratum) for stratum in taking_part.strata],
        "representativiteit_totaal": _representativeness(taking_part),
        "indicator": [_indicator(indicator) for indicator in indicators(gate, rows)],
    }


def _stratum(school: School, stratum: Stratum) -> Summary:
    return {
        "leerjaar": stratum.leerjaar,
        "onderwijssoort": school.onderwijssoort,
        "n_doelgroep": stratum.population,
        "n_deelnemers": stratum.respondents,
        "afwijking": _written(stratum.deviation, decimals=1),
        "oordeel": stratum.verdict,
    }


def _representativeness(taking_part: Participation) -> Summary:
    return {
        "n_nodig": taking_part.required,
        "chi_kwadraat": _written(taking_part.chi_square, decimals=2),
        "vrijheidsgraden": taking_part.degrees_of_freedom,
        "p_waarde": _written(taking_part.p_value, decimals=3),
        "effect_w": _written(taking_part.effect_size, decimals=2),
        "oordeel": taking_part.verdict,
    }


def _written(figure: float | None, *, decimals: int) -> float | None:
    # adding zero turns -0.0 into 0.0
    return None if figure is None else round(figure, decimals) + 0.0


def _indicator(indicator: Indicator) -> Summary:
    return {
        "code": indicator.code,
        "titel": indicator.title,
        "gemiddelde": indicator.figure.mean if isinstance(indicator.figure, Released) else None,
        "schaal_minimum": indicator.low,
        "schaal_maximum": indicator.high,
        "richting": DIRECTION,
        "n_geldig": indicator.figure.n_valid if isinstance(indicator.figure, Released) else None,
        "onderdrukt": indicator.figure.reason if isinstance(indicator.figure, Suppressed) else None,
    }


def _toestemming(toestemming: Toestemming) -> Summary:
    fields = toestemming.fields
    return {
        "gegeven": True,
        "gegeven_door": {"naam": fields.given_by.name, "functie": fields.given_by.role},
        "akkoord_bevoegd_gezag": {
            "akkoord": True,
            "naam": fields.akkoord.name,
            "datum": fields.akkoord.day.isoformat(),
            **({} if fields.akkoord.role is None else {"functie": fields.akkoord.role}),
            "eigen_login": toestemming.in_own_login,
        },
        "gegeven_op": termijn.local(toestemming.recorded_at).isoformat(timespec="seconds"),
        "doorleverniveau": fields.doorleverniveau,
        "leverdatum": fields.leverdatum.isoformat(),
        "herstel": fields.herstel,
    }
