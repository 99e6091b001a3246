"""The evidence beside a verantwoordingsdocument: is it about this edition and these pupils, and is it enough?

Who delivers chooses whether what is lacking stops the levering (`weigeren`) or is said (`waarschuwen`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from export.levering.sentences import sentence
from export.levering.summary_text import leerjaar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from export.levering.summary import Evidence
    from instrument.afname import Afname
    from instrument.school import School

FILE: Final = "evidence.json"
WAARSCHUWEN: Final = "waarschuwen"
WEIGEREN: Final = "weigeren"
CHOICES: Final = (WAARSCHUWEN, WEIGEREN)
DEMANDED: Final = ("EIS-C2", "EIS-C3")
"""Validity and reliability: what has to be shown per population (art. 2.5 Inrichtingsbesluit)."""
ENOUGH: Final = ("voldoende", "goed")
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Bewijs:
    """An evidence.json, known by its bytes, and what it says."""

    file: str
    sha256: str
    content: dict[str, Any]


def beside(document: Path | None) -> Bewijs | None:
    """Return the evidence.json in the folder of a document; None where there is none that can be read."""
    if document is None:
        return None
    path = document.with_name(FILE)
    try:
        raw = path.read_bytes()
        content = json.loads(raw)
    except (OSError, ValueError):
        return None
    return Bewijs(FILE, hashlib.sha256(raw).hexdigest(), content) if _is_known(content) else None


def gaps(evidence: Evidence | None, school: School, afname: Afname) -> Iterator[str]:
    """Say, in Dutch, what is lacking in the evidence behind a document for a levering of this afname."""
    if evidence is None or evidence.bewijs is None:
        yield _say("geen", editie=afname.edition)
        return
    content = evidence.bewijs.content
    if content["editie"]["vingerafdruk"] != afname.fingerprint:
        yield _say("andere_editie", bewijs=content["editie"]["code"], editie=afname.edition)
    yield from _gaps_of_population(content, school, afname)
    if content["gesimuleerd"] and not school.simulated:
        yield _say("gesimuleerd")
    if content["sha256"].get(evidence.file) != f"sha256:{evidence.sha256}":
        yield _say("ander_document", bestand=evidence.file)
    for eis in DEMANDED:
        oordeel = content["eisen"].get(eis, "")
        if oordeel not in ENOUGH:
            yield _say("oordeel", eis=eis, oordeel=oordeel)


def _is_known(content: object) -> bool:
    """Tell whether a file has every part that is read of it."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        return False
    parts = {"editie": dict, "populatie": dict, "eisen": dict, "sha256": dict, "gesimuleerd": bool}
    if any(type(content.get(name)) is not kind for name, kind in parts.items()):
        return False
    population = content["populatie"]
    return {"code", "vingerafdruk"} <= content["editie"].keys() and (
        isinstance(population.get("leerjaren"), list) and "sector" in population
    )


def _gaps_of_population(content: dict[str, Any], school: School, afname: Afname) -> Iterator[str]:
    shown = content["populatie"]
    if shown["sector"] != school.sector:
        yield _say("andere_sector", bewijs=shown["sector"], sector=school.sector)
    without = sorted(afname.population.keys() - set(shown["leerjaren"]))
    if without:
        names = ", ".join(leerjaar(number, school.sector) for number in without)
        yield _say("ander_leerjaar", leerjaren=names)


def _say(key: str, **fields: object) -> str:
    return sentence("bewijs", key, **fields)
