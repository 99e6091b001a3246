"""The account's sentences, from the files in texts/; holds no number."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

FILES: Final = ("verantwoording.toml", "evidence.toml", "claims.toml", "document.toml")
"""What is said around the document, around each table and figure, and of each requirement."""


@cache
def texts() -> dict[str, Any]:
    """Return every text of the account, by part."""
    words: dict[str, Any] = {}
    for name in FILES:
        words |= tomllib.loads((Path(__file__).parent / "texts" / name).read_text("utf-8"))
    return words


def caption(part: str, *, simulated: bool, **fields: object) -> str:
    """Return the caption of a part, which says it where the data are simulated."""
    filled = str(texts()[part]["caption"]).format(**fields)
    return str(texts()["simulated_caption"]).format(caption=filled) if simulated else filled


def text(part: str, key: str, **fields: object) -> str:
    """Return one text of a part with its fields filled in."""
    return str(texts()[part][key]).format(**fields)
