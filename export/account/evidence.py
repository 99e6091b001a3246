"""The evidence for machines: which edition and population, which verdicts, and fingerprints of it all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from export.account import thresholds
from export.account.claims import verdict_of
from export.account.texts import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "evidence.json"
FORMAT: Final = 1
"""A field that changes meaning is another format."""


def written(facts: Mapping[str, Any], *, code: str, documents: Mapping[str, bytes]) -> bytes:
    """Return the file: facts of the account, verdicts per requirement, thresholds in use, fingerprints."""
    content = evidence(facts, code=code, documents=documents)
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def evidence(facts: Mapping[str, Any], *, code: str, documents: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what is shown for this edition and this population, and nothing about a school or a pupil."""
    return {
        "format": FORMAT,
        "gesimuleerd": facts["simulated"],
        "datum": facts["dated"],
        "editie": {"code": facts["edition"], "vingerafdruk": facts["fingerprint"]},
        "populatie": {
            "sector": facts["sector"],
            "leerjaren": facts["leerjaren"],
            "n_leerlingen": facts["n_respondents"],
            "n_scholen": facts["n_schools"],
        },
        "eisen": {
            claim["requirement"]: verdict_of(claim["requirement"], dict(facts)) for claim in texts()["claim"]
        },
        "oordelen": [_judged(verdict) for verdict in facts["verdicts"]],
        "drempels": {name: _threshold(asdict(used)) for name, used in thresholds.load().measures.items()},
        "sha256": {"gegevens": facts["data"], "code": code}
        | ({"beoordelingen": facts["content"]["sha256"]} if facts.get("content") else {})
        | {name: f"sha256:{hashlib.sha256(content).hexdigest()}" for name, content in documents.items()},
    }


def _judged(verdict: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "eis": verdict["requirement"],
        "maat": verdict["measure"],
        "onderwerp": verdict["subject"],
        "waarde": verdict["value"],
        "oordeel": verdict["verdict"],
    }


def _threshold(used: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "voldoende": used["sufficient"],
        "goed": used["good"],
        "lager_is_beter": used["lower_is_better"],
        "bron": used["source"],
        "jaar": used["year"],
        "veranderd": used["changed"],
    }
