"""Questions read aloud by a person: `questions/audio/<edition>/<item>.<language>.mp3`, where there is one.

A recording replaces the browser's voice for its question and its answers. It is no part of the edition: the
fingerprint stays, as with a teacher who reads aloud.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "questions" / "audio"
LARGEST: Final = 1_000_000
"""Bytes. Half a minute of speech takes a quarter of that; a class loads it over the school's Wi-Fi."""


class RecordingFault(ValueError):  # noqa: N818 - it reads as the fact it is
    """A recording that cannot be served."""


@cache
def all_recordings() -> dict[str, Path]:
    """Return the files by the name under which they are served: a name of its content, cached for good."""
    return {_name(file): file for file in sorted(FOLDER.glob("*/*.mp3"))}


def addresses(edition: str, item: str) -> dict[str, str]:
    """Return language code to served name, for one item."""
    found = {name: file for name, file in all_recordings().items() if file.parent.name == edition}
    pairs = ((file.name.split("."), name) for name, file in found.items())
    return {parts[1]: name for parts, name in pairs if len(parts) == 3 and parts[0] == item}  # noqa: PLR2004


def _name(file: Path) -> str:
    content = file.read_bytes()
    if len(content) > LARGEST:
        raise RecordingFault(f"{file.name}: is larger than {LARGEST} bytes; record it at 64 kbit/s")
    return f"{hashlib.sha256(content).hexdigest()[:16]}.mp3"
