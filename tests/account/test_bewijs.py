"""A levering leans on evidence for its own edition and pupils, or says that it does not (EIS-C)."""

import hashlib
import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from export.levering import bewijs
from export.levering.summary import Evidence
from instrument import catalogue, editions
from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar

EDITION = catalogue.edition("po_bovenbouw_2026")
SCHOOL = School("99AA00", "Proefschool", "po", "BO", simulated=False)
PDF = b"%PDF"
CONTENT: dict[str, Any] = {
    "format": 1,
    "gesimuleerd": False,
    "editie": {"code": EDITION.code, "vingerafdruk": editions.fingerprint(EDITION)},
    "populatie": {"sector": "po", "leerjaren": [6, 7, 8]},
    "eisen": {"EIS-C2": "voldoende", "EIS-C3": "goed"},
    "sha256": {"verantwoording.pdf": f"sha256:{hashlib.sha256(PDF).hexdigest()}"},
}


def afname(*leerjaren: int) -> Afname:
    """Return a closed afname of these leerjaren."""
    return Afname(
        afname_id="0" * 32,
        vestigingsnummer="99AA00",
        schooljaar=Schooljaar(2026),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        opened_on=date(2027, 2, 1),
        closed_on=date(2027, 3, 1),
        stamgroepen=tuple(Stamgroep(f"{leerjaar}a", leerjaar, 20) for leerjaar in leerjaren),
    )


def gaps(tmp_path: Path, change: dict[str, Any], *leerjaren: int) -> list[str]:
    """Return what is lacking in changed evidence."""
    content = deepcopy(CONTENT)
    for name, value in change.items():
        content[name] = {**content[name], **value} if isinstance(value, dict) else value
    document = tmp_path / "verantwoording.pdf"
    document.write_bytes(PDF)
    (tmp_path / "evidence.json").write_text(json.dumps(content), "utf-8")
    return list(bewijs.gaps(Evidence.of(document), SCHOOL, afname(*(leerjaren or (6, 7)))))


def test_evidence_that_fits_lacks_nothing(tmp_path):
    assert gaps(tmp_path, {}) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"editie": {"vingerafdruk": "sha256:0"}}, "andere versie"),
        ({"populatie": {"sector": "so"}}, "sector so en niet over po"),
        ({"gesimuleerd": True}, "gesimuleerde antwoorden"),
        ({"sha256": {"verantwoording.pdf": "sha256:0"}}, "ander document"),
        ({"eisen": {"EIS-C3": "onvoldoende"}}, 'EIS-C3 is het oordeel "onvoldoende"'),
        ({"eisen": {"EIS-C2": "te weinig gegevens"}}, 'EIS-C2 is het oordeel "te weinig gegevens"'),
        ({"format": 2}, "geen evidence.json"),
        ({"editie": 3}, "geen evidence.json"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path, change, sentence):
    found = gaps(tmp_path, change)
    assert len(found) == 1
    assert sentence in found[0]


def test_a_leerjaar_without_evidence_is_named(tmp_path):
    assert gaps(tmp_path, {}, 5, 6) == [
        "bewijs: evidence.json zegt niets over groep 5; maak bewijs waarin die meedoen"
    ]


def test_the_summary_names_the_evidence_by_its_hash(tmp_path):
    gaps(tmp_path, {})
    found = Evidence.of(tmp_path / "verantwoording.pdf").bewijs
    assert found is not None
    assert found.sha256 == hashlib.sha256((tmp_path / "evidence.json").read_bytes()).hexdigest()
