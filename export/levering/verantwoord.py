"""The evidence that a levering names, as the broker is told of it: names, hashes, and evidence.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from export.levering.summary import Evidence

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT: Final = "verantwoording.pdf"


def options(document: Path | None, *, bewijs: str, herstel: bool | None = None) -> dict[str, Any]:
    """Return the options of a levering (see `preparation.to_deliver`); a folder stands for its document."""
    if document is not None and document.is_dir():
        document /= DOCUMENT
    known: dict[str, Any] = {"bewijs": bewijs, "herstel": herstel}
    if document is None:
        return known
    try:
        return {**known, "verantwoording": asdict(Evidence.of(document))}
    except OSError:
        return {**known, "onleesbaar": str(document)}
