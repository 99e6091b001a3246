"""What a school checks before it agrees: the content of a summary, apart from its status and its moment."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from export.levering.summary import Summary

BEFORE_THE_FORM: Final = (
    "gegenereerd_op",
    "status",
    "doorleverniveau",
    "afnamegroep",
    "afnamecondities",
    "toelichting_respons",
    "toestemming",
    "verantwoording",
)
"""What the form itself still adds, and the document that the provider names at delivery."""
BETWEEN_CONSENT_AND_LEVERING: Final = ("gegenereerd_op", "status", "verantwoording")
"""All in which the report of a school that agreed differs from what is delivered."""


def fingerprint(summary: Summary) -> str:
    """Return a hash over school, afname, edition and every figure: what was looked at before agreeing."""
    facts = {name: part for name, part in summary.items() if name not in BEFORE_THE_FORM}
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(written.encode()).hexdigest()
