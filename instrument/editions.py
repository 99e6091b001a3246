"""Editions by fingerprint: what was put to pupils once is never changed, only followed by a new code."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from instrument.questionnaire import Edition

RELEASED: Final = Path(__file__).parent / "questions" / "released.toml"


class EditionChangedError(ValueError):
    """An edition differs from the one released under its code."""


def fingerprint(edition: Edition) -> str:
    """Return `sha256:` and the hash of everything in an edition; a changed comma changes it."""
    # Canonical: keys sorted, no spaces, so that it depends on the content and not on the file's layout.
    content = asdict(edition, dict_factory=_filled)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def released() -> dict[str, str]:
    """Return the fingerprint of every released edition, by code."""
    return {code: str(known) for code, known in tomllib.loads(RELEASED.read_text("utf-8")).items()}


def check_released(edition: Edition, known: Mapping[str, str] | None = None) -> None:
    """Raise `EditionChangedError` where an edition of this code was released with another content."""
    first = (released() if known is None else known).get(edition.code)
    if first is not None and first != fingerprint(edition):
        raise EditionChangedError(
            f'edition "{edition.code}" was released and has changed since '
            f"(released {first[:15]}…, now {fingerprint(edition)[:15]}…); give it a new code"
        )


def _filled(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Leave out what is empty, so that a field the format gains leaves older fingerprints as they are."""
    return {name: value for name, value in fields if value not in (None, "", (), False)}
