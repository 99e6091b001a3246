"""One mean beside last year's and beside other schools', as one cell says it: is this difference real?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export import dutch
from export.report.words import mean, sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    Facts = Mapping[str, Any]

FILE: Final = "conclusies"


def with_previous(indicator: Facts) -> str:
    """Return last year's mean, the difference, and whether it may be chance."""
    return _said(indicator["previous"], "vorig")


def with_reference(indicator: Facts) -> str:
    """Return the mean of other schools, the difference, and whether it may be chance; never a place."""
    return _said(indicator["reference"], "scholen")


def verdict(compared: Facts | None) -> str:
    """Return whether a difference may be chance, or that there is nothing to compare with."""
    return sentence(FILE, "vergelijken", "geen" if compared is None else compared["verdict"])


def _said(compared: Facts | None, kind: str) -> str:
    said = verdict(compared)
    if compared is None or compared["mean"] is None or compared["difference"] is None:
        return said
    difference = dutch.signed(compared["difference"], decimals=1)
    return sentence(
        FILE, "vergelijken", kind, mean=mean(compared["mean"]), difference=difference, verdict=said
    )
