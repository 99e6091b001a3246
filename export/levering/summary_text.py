"""The summary as people read it: Dutch labels beside Dutch values, for the template that lays them out."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from export.disclosure import MINIMUM_ANSWERS, TOO_FEW
from export.dutch import day, number, signed, yes_no
from export.levering.sentences import sentence, texts, value

if TYPE_CHECKING:
    from export.levering.summary import Summary

Lines: TypeAlias = list[list[str]]
"""Pairs of a label and a value."""

_LEERJAAR_IN: Final = {"vo": "leerjaar_vo", "vso": "leerjaar_vo"}


def document(summary: Summary) -> dict[str, Any]:
    """Return everything the template prints: words only, no figure left to format."""
    return {
        "titel": _label("titel"),
        "ondertitel": _label("ondertitel", schooljaar=summary["schooljaar"]),
        "onderwerp": _label("onderwerp", school=summary["schoolnaam"]),
        "auteur": summary["aanbieder"],
        "datum": list(datetime.fromisoformat(summary["gegenereerd_op"]).timetuple()[:3]),
        "gesimuleerd": _label("gesimuleerd") if summary["gesimuleerd"] else None,
        "voet": f"{summary['schoolnaam']} · {summary['vestigingsnummer']} · {summary['schooljaar']}",
        "label": texts()["document"],
        "school": _school(summary),
        "indicatoren": [_indicator(indicator) for indicator in summary["indicator"]],
        "uitleg_afronding": _label("uitleg_afronding", minimum=MINIMUM_ANSWERS, reden=TOO_FEW),
        "deelname": [_stratum(stratum, summary["sector"]) for stratum in summary["representativiteit"]],
        "totaal": _total(summary),
        "representativiteit": _representativeness(summary),
        "afname": _afname(summary),
        "toestemming": None if summary["toestemming"] is None else _toestemming(summary["toestemming"]),
        "uitleg_bestand": _label("uitleg_bestand", versie=summary["schema_version"]),
    }


def leerjaar(number: int, sector: str) -> str:
    """Return a leerjaar as its sector calls it: `groep 7`, `leerjaar 2`."""
    return sentence("waarden", _LEERJAAR_IN.get(sector, "leerjaar"), leerjaar=number)


def _label(key: str, **fields: object) -> str:
    return sentence("document", key, **fields)


def _school(summary: Summary) -> Lines:
    return [
        [_label("school"), summary["schoolnaam"]],
        [_label("vestigingsnummer"), summary["vestigingsnummer"]],
        [_label("bevoegd_gezag_nummer"), summary["bevoegd_gezag_nummer"] or value(None)],
        [_label("sector"), f"{summary['sector']}, {summary['onderwijssoort']}"],
        [_label("status"), value(summary["status"])],
        [_label("gemaakt"), _moment(summary["gegenereerd_op"])],
        [_label("aanbieder"), summary["aanbieder"]],
    ]


def _indicator(indicator: Summary) -> dict[str, Any]:
    low, high, mean = indicator["schaal_minimum"], indicator["schaal_maximum"], indicator["gemiddelde"]
    return {
        "titel": indicator["titel"],
        "gemiddelde": indicator["onderdrukt"] if mean is None else number(mean, decimals=1),
        "plaats": None if mean is None else (mean - low) / (high - low),
        "laag": str(low),
        "hoog": str(high),
        "schaal": _label("schaal_van_tot", laag=low, hoog=high),
        "n_geldig": number(indicator["n_geldig"]),
    }


def _stratum(stratum: Summary, sector: str) -> list[str]:
    return [
        leerjaar(stratum["leerjaar"], sector),
        stratum["onderwijssoort"],
        str(stratum["n_doelgroep"]),
        str(stratum["n_deelnemers"]),
        _share(stratum["n_deelnemers"], stratum["n_doelgroep"]),
        signed(stratum["afwijking"], decimals=1),
        value(stratum["oordeel"]),
    ]


def _total(summary: Summary) -> list[str]:
    counts = summary["n_deelnemers"], summary["n_doelgroep"]
    return [_label("totaal"), "", str(counts[1]), str(counts[0]), _share(*counts), "", ""]


def _share(part: int, whole: int) -> str:
    return f"{number(100 * part / whole)} %" if whole else number(None)


def _representativeness(summary: Summary) -> Lines:
    found = summary["representativiteit_totaal"]
    lines = [[_label("oordeel"), value(found["oordeel"])]]
    if found["n_nodig"] is not None:
        lines.append([_label("n_nodig"), str(found["n_nodig"])])
    if found["effect_w"] is not None:
        lines.append([_label("toets"), _test(found)])
    return [*lines, [_label("toelichting_respons"), summary["toelichting_respons"] or value(None)]]


def _test(found: Summary) -> str:
    return _label(
        "toets_uitkomst",
        w=number(found["effect_w"], decimals=2),
        chi=number(found["chi_kwadraat"], decimals=2),
        vrijheidsgraden=found["vrijheidsgraden"],
        p=number(found["p_waarde"], decimals=3),
    )


def _afname(summary: Summary) -> Lines:
    edition, account = summary["editie"], summary["verantwoording"]
    period = _label("periode", van=_day(summary["afname_van"]), tot=_day(summary["afname_tot"]))
    leerjaren = [leerjaar(found, summary["sector"]) for found in summary["afnamegroep"]["leerjaren"]]
    return [
        [_label("afname"), period],
        [_label("afnamegroep"), ", ".join(leerjaren)],
        [_label("omvang"), value(summary["afnamegroep"]["omvang"])],
        *_conditions(summary["afnamecondities"]),
        [_label("instrument"), summary["instrument"]],
        [_label("editie"), f"{edition['titel']} ({edition['code']})"],
        [_label("vingerafdruk"), edition["vingerafdruk"].removeprefix("sha256:")],
        [_label("verantwoording"), account["tekst"]],
        [_label("verantwoording_hash"), account["sha256"] or _label("niet_meegeleverd")],
        *([[_label("bewijs_hash"), account["bewijs"]["sha256"]]] if "bewijs" in account else []),
    ]


def _conditions(conditions: Summary | None) -> Lines:
    if conditions is None:
        return []
    return [
        [_label("afnamewijze"), value(conditions["afnamewijze"])],
        [_label("toezicht"), conditions["toezicht"]],
        [_label("voorgelezen"), yes_no(conditions["voorgelezen"])],
        [_label("medium"), value(conditions["medium"])],
    ]


def _toestemming(given: Summary) -> Lines:
    person, akkoord = given["gegeven_door"], given["akkoord_bevoegd_gezag"]
    return [
        [_label("gegeven"), yes_no(given["gegeven"])],
        [_label("gegeven_door"), _label("persoon", naam=person["naam"], functie=person["functie"])],
        [_label("gegeven_op"), _moment(given["gegeven_op"])],
        [_label("akkoord"), _akkoord(akkoord)],
        [_label("doorleverniveau"), value(given["doorleverniveau"])],
        [_label("leverdatum"), _day(given["leverdatum"])],
        [_label("herstel"), yes_no(given["herstel"])],
    ]


def _akkoord(akkoord: Summary) -> str:
    who = ", ".join(filter(None, (akkoord["naam"], akkoord.get("functie"))))
    key = "akkoord_eigen_login" if akkoord.get("eigen_login") else "akkoord_op"
    return _label(key, naam=who, datum=_day(akkoord["datum"]))


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso))


def _moment(iso: str) -> str:
    moment = datetime.fromisoformat(iso)
    return _label("tijdstip", datum=day(moment), tijd=f"{moment:%H:%M}")
