"""Fingerprints of the data and of the code behind an account: the same fingerprints, the same numbers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from export.account.research_file import ResearchData

ROOT: Final = Path(__file__).parents[2]
CODE: Final = ("psychometrics", "instrument", "export/account", "notebooks")
"""Whatever can change a number or a word of the account."""
ENDINGS: Final = (".py", ".toml", ".typ", ".html", ".ipynb")
NO_ANSWER: Final = -32768


def hash_of_data(data: ResearchData) -> str:
    """Return `sha256:…` of the edition, the background and every answer, row by row as they came."""
    digest = hashlib.sha256(data.edition.code.encode())
    for name in data.background.columns:
        digest.update(f"\n{name}\n".encode())
        digest.update("\n".join(map(str, data.background[name])).encode())
    for answers in (data.answers, *(() if data.second is None else (data.second,))):
        for name in answers.columns:
            digest.update(f"\n{name}\n".encode())
            codes = answers[name].astype("Int16").to_numpy(dtype=np.int16, na_value=NO_ANSWER)
            digest.update(codes.astype("<i2").tobytes())
    return f"sha256:{digest.hexdigest()}"


def hash_of_code() -> str:
    """Return `sha256:…` of the code, texts and notebooks; the outputs in a notebook do not count."""
    digest = hashlib.sha256()
    for path in _files():
        digest.update(f"\n{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(_content(path))
    return f"sha256:{digest.hexdigest()}"


def _files() -> Iterator[Path]:
    for folder in CODE:
        found = (path for path in (ROOT / folder).rglob("*") if path.suffix in ENDINGS)
        yield from sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def _content(path: Path) -> bytes:
    if path.suffix != ".ipynb":
        return path.read_bytes()
    notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return json.dumps([cell["source"] for cell in notebook["cells"]], ensure_ascii=False).encode()
