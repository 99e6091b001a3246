"""Refusals: why the broker did not do what was asked, as a reason code and as a sentence with the remedy."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


class Refused(Exception):  # noqa: N818 - it reads as the fact it is
    """What was asked is refused: `reason` is a key of refusals.toml; `detail` holds no answer, no secret."""

    def __init__(self, reason: str, detail: dict[str, Any] | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail or {}

    def __str__(self) -> str:
        """Return the sentence for people, with the remedy."""
        return sentences().get(self.reason, self.reason).format_map(_Detail(self.detail))


class RuleFaults(ValueError):  # noqa: N818 - it holds faults, as catalogue.BankFaults does
    """A decision is refused; `faults` holds every reason with its remedy, in Dutch, and never an answer."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Detail(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"({key} not given)"


@cache
def sentences() -> dict[str, str]:
    """Return the sentence of every reason code."""
    text = resources.files("instrument.store").joinpath("refusals.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text))
