"""The account's sentences, from texts/verantwoording.toml; holds no number."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def texts() -> dict[str, Any]:
    """Return every text of the account, by part."""
    return tomllib.loads((Path(__file__).parent / "texts" / "verantwoording.toml").read_text("utf-8"))


def caption(part: str, *, simulated: bool, **fields: object) -> str:
    """Return the caption of a part, which says it where the data are simulated."""
    filled = str(texts()[part]["caption"]).format(**fields)
    return str(texts()["simulated_caption"]).format(caption=filled) if simulated else filled


def text(part: str, key: str, **fields: object) -> str:
    """Return one text of a part with its fields filled in."""
    return str(texts()[part][key]).format(**fields)
