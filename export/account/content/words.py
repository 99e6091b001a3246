"""The Dutch sentences of the papers on content, from texts/*.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "texts"


@cache
def words(name: str) -> dict[str, Any]:
    """Return the texts of one paper."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
