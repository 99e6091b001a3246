"""Slips with a deelnamecode each: shuffled, with nothing numbered, so that no slip tells whose it is.

The QR holds the pupils' address with the code behind a #. What stands there a browser sends to nobody: the
code comes into no log of any server and into no referrer; a few lines of script on the door put it into the
form and take it out of the address. A bare code in the QR would show a pupil only twelve signs to type over.
"""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from instrument.paper.typesetting import typeset

HERE: Final = Path(__file__).parent
ORDINARY: Final = "gewoon"
LARGE: Final = "groot"
PER_PAGE: Final = {ORDINARY: 8, LARGE: 2}


@dataclass(frozen=True, slots=True)
class Slips:
    """The codes of one stamgroep, on their way to paper; they are nowhere else."""

    stamgroep: str
    codes: tuple[str, ...]

    def __repr__(self) -> str:
        """Never show a code."""
        return f"Slips({self.stamgroep!r}, {len(self.codes)} codes)"


def as_pdf(
    slips: Sequence[Slips], *, school: str, address: str, size: str = ORDINARY, simulated: bool = False
) -> bytes:
    """Return the slips of some stamgroepen; each begins on a page of its own."""
    return typeset(HERE / "slips.typ", document(slips, school, address, size, simulated=simulated))


def document(
    slips: Sequence[Slips], school: str, address: str, size: str, *, simulated: bool
) -> dict[str, Any]:
    """Return all that stands on the paper."""
    return {
        "school": school,
        "address": shown(address),
        "large": size == LARGE,
        "per_page": PER_PAGE[size],
        "simulated": simulated,
        "words": _words(),
        "stamgroepen": [
            {"name": one.stamgroep, "slips": [_slip(code, address) for code in _shuffled(one.codes)]}
            for one in slips
        ],
    }


def link(address: str, code: str) -> str:
    """Return what the QR of a code holds."""
    return f"{address.rstrip('/')}/#{code}"


def shown(address: str) -> str:
    """Return an address as somebody types it over."""
    return address.removeprefix("https://").rstrip("/")


def _slip(code: str, address: str) -> dict[str, str]:
    import segno  # noqa: PLC0415 - only for whoever prints

    drawn = segno.make_qr(link(address, code), error="m")
    return {"code": code, "qr": drawn.svg_inline(border=4, dark="#000", light="#fff", omitsize=True)}


def _shuffled(codes: Sequence[str]) -> list[str]:
    order = list(codes)
    secrets.SystemRandom().shuffle(order)
    return order


@cache
def _words() -> dict[str, str]:
    return dict(tomllib.loads((HERE / "texts" / "briefjes.toml").read_text("utf-8")))
