"""The words around the questions, per language; the words of the questions themselves are in the edition."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

_FOLDER: Final = Path(__file__).parent / "texts"
_FIRST: Final = "nl"  # Dutch is the language of the school; the others follow


@cache
def load() -> dict[str, dict[str, Any]]:
    """Return language code to words, Dutch first."""
    files = sorted(_FOLDER.glob("*.toml"), key=lambda file: (file.stem != _FIRST, file.stem))
    return {file.stem: tomllib.loads(file.read_text(encoding="utf-8")) for file in files}
