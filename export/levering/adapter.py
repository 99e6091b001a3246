"""What a levering is made of: the one module to change when there is an agreement with the inspectorate.

No public description of file format, scale, channel or address exists (DOMAIN.md). So this is a format of our
own, versioned and published in schema/, and nowhere called anything else.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from export.levering import summary_files
from export.levering.parcel import Parcel
from export.levering.sentences import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from export.levering.summary import Summary

MANIFEST_VERSION: Final = "1.0.0"
"""Semantic version of schema/manifest-1.schema.json."""
MANIFEST: Final = "manifest.json"
MEDIA_TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_FORMS: Final = {
    "pdf": summary_files.as_pdf,
    "xlsx": summary_files.as_xlsx,
    "csv": summary_files.as_csv,
    "json": summary_files.as_json,
}
NAME_SIGNS: Final = 16
"""Of the hash in a parcel's name: enough to tell any two leveringen apart."""


@dataclass(frozen=True, slots=True)
class Origin:
    """On what a levering rests: the event of the toestemming, and the key that signs the ledger."""

    toestemming_seq: int
    grootboek_hash: str
    sleutel: str = field(repr=False)


def name_of(summary: Summary) -> str:
    """Return the name that the files of one vestiging and schooljaar share."""
    return f"samenvatting-{summary['vestigingsnummer']}-{summary['schooljaar']}"


def files(summary: Summary) -> dict[str, bytes]:
    """Return the four forms of a summary by file name: JSON, CSV, spreadsheet, and a PDF for people."""
    return {f"{name_of(summary)}.{kind}": written(summary, kind) for kind in _FORMS}


def written(summary: Summary, kind: str) -> bytes:
    """Return a summary in one form: pdf, xlsx, csv or json."""
    return _FORMS[kind](summary)


def parcel(summary: Summary, origin: Origin) -> Parcel:
    """Return everything that leaves: the files and a manifest, named after its own content."""
    contents = files(summary)
    written = _json(manifest(summary, contents, origin))
    digest = hashlib.sha256(written).hexdigest()
    name = f"{summary['vestigingsnummer']}_{summary['schooljaar']}_{digest[:NAME_SIGNS]}"
    return Parcel(name, {**contents, MANIFEST: written})


def manifest(summary: Summary, contents: Mapping[str, bytes], origin: Origin) -> dict[str, Any]:
    """Return what the receiver checks the files against."""
    copied = ("schema_version", "gegenereerd_op", "gesimuleerd", "status", "schooljaar", "vestigingsnummer")
    return {
        "manifest_version": MANIFEST_VERSION,
        **{name: summary[name] for name in copied},
        "doorleverniveau": summary["doorleverniveau"],
        "aanbieder": texts()["instrument"]["aanbieder"],
        "editie": summary["editie"],
        "verantwoording": summary["verantwoording"],
        "toestemming": {
            "seq": origin.toestemming_seq,
            "hash": origin.grootboek_hash,
            "sleutel": origin.sleutel,
        },
        "bestanden": [_listed(name, content) for name, content in sorted(contents.items())],
    }


@cache
def manifest_schema() -> dict[str, Any]:
    """Return the published JSON Schema of the manifest."""
    found: dict[str, Any] = json.loads(
        (summary_files.HERE / "schema" / "manifest-1.schema.json").read_text("utf-8")
    )
    return found


def _listed(name: str, content: bytes) -> dict[str, Any]:
    return {
        "naam": name,
        "mediatype": MEDIA_TYPES[name.rpartition(".")[2]],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
