"""What all notebooks of the evidence found, put together; refuses findings that are of different data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.account import notebooks
from export.account.dutch_numbers import count
from export.account.texts import text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME: Final = ("fingerprint", "data", "simulated")
"""Facts that must be equal in every notebook."""


class CollectedError(ValueError):
    """Findings cannot be put together; the message names the notebooks and the remedy."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Facts of all notebooks together; their verdicts, one after the other."""

    facts: dict[str, Any]
    names: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        said = str(texts()["collected"]["simulated"]) if self.facts["simulated"] else ""
        fields = {"n_respondents": count(self.facts["n_respondents"]), "n_scholen": self.facts["n_schools"]}
        heading = text("collected", "heading", **fields)
        return "\n".join([f"{heading}{said}:", "", *(f"- {name}" for name in self.names)])


def load(folder: Path | None = None) -> Collected:
    """Return the findings of the notebooks in `folder`, WEERGLAS_BEVINDINGEN, or the repository.

    Raises:
        CollectedError: a notebook without findings, or about other data than the first.
    """
    given = folder or Path(os.environ.get(notebooks.FINDINGS, notebooks.FOLDER))
    read = {name: notebooks.findings(notebooks.read(name, given)) for name in notebooks.OF_THE_EVIDENCE}
    return of_findings(read)


def of_findings(found: Mapping[str, dict[str, Any]]) -> Collected:
    """Return the findings of notebooks, by name, put together.

    Raises:
        CollectedError: a notebook without findings, or about other data than the first.
    """
    _check(found)
    facts: dict[str, Any] = {}
    verdicts: list[dict[str, Any]] = []
    for one in found.values():
        facts |= one["facts"]
        verdicts += one["facts"]["verdicts"]
    return Collected({**facts, "verdicts": verdicts}, tuple(found))


def _check(found: Mapping[str, dict[str, Any]]) -> None:
    for name, one in found.items():
        if not one:
            raise CollectedError(text("collected", "missing", name=name))
    first, *rest = found
    for name in rest:
        if any(found[name]["facts"][key] != found[first]["facts"][key] for key in SAME):
            raise CollectedError(text("collected", "other", name=name, first=first))
