"""Rows of stamgroepen as a form or a file gives them: checked all at once, each fault with row and remedy."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from instrument.afname import Stamgroep
from instrument.roster.limits import LEERJAREN, LONGEST_NAME, MOST_GROUPS, MOST_PUPILS, faults_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_FAULTS: Final = 40
"""Faults that are told; more of them say that it is another kind of file."""


class RosterFaults(ValueError):  # noqa: N818 - it holds many, and says so
    """Stamgroepen are refused; `faults` holds a Dutch sentence for each fault, with its place and remedy."""

    def __init__(self, faults: Sequence[str]) -> None:
        more = len(faults) - MOST_FAULTS
        told = (*faults[:MOST_FAULTS], *([said("meer", aantal=more)] if more > 0 else []))
        super().__init__("\n".join(told))
        self.faults = told


@dataclass(frozen=True, slots=True)
class Row:
    """One stamgroep as it stands somewhere; `place` is where a person finds it."""

    place: str
    name: str
    leerjaar: Any
    pupils: Any


def checked(rows: Sequence[Row], *, sector: str) -> list[Stamgroep]:
    """Return the stamgroepen of these rows; raises `RosterFaults` with every fault at once."""
    faults: list[str] = []
    groups = [group for row in rows if (group := _group(row, sector, faults)) is not None]
    faults += _doubled(rows)
    if not rows:
        faults.append(said("leeg"))
    if len(rows) > MOST_GROUPS:
        faults.append(said("te_veel", aantal=len(rows), hoogstens=MOST_GROUPS))
    if faults:
        raise RosterFaults(faults)
    return groups


def of_form(listed: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return what a page sends as rows; whatever is missing is empty."""
    return [
        Row(
            said("rij", nummer=number),
            str(one.get("name", "")).strip(),
            one.get("leerjaar"),
            one.get("pupils"),
        )
        for number, one in enumerate(listed, start=1)
    ]


def said(key: str, **values: object) -> str:
    """Return a sentence of sentences.toml."""
    return _sentences()[key].format(**values)


def _group(row: Row, sector: str, faults: list[str]) -> Stamgroep | None:
    leerjaar, pupils = _whole(row.leerjaar), _whole(row.pupils)
    group = Stamgroep(row.name, leerjaar, pupils)
    found = faults_of(group, sector)
    years = LEERJAREN[sector]
    limits = {"eerste": years[0], "laatste": years[-1], "meeste": MOST_PUPILS, "langste": LONGEST_NAME}
    faults += [said("fout", plaats=row.place, fout=said(fault, **limits)) for fault in found]
    return None if found else group


def _whole(value: Any) -> int:  # noqa: ANN401 - whatever stands in a cell
    """Return a whole number; -1, which is out of every bound, where there is none."""
    if isinstance(value, bool):
        return -1
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < MOST_PUPILS else -1
    text = str(value if value is not None else "").strip()
    head, mark, tail = text.replace(",", ".").partition(".")
    if not head.isascii() or not head.isdigit() or len(head) > 4 or tail.strip("0"):  # noqa: PLR2004 - no long numbers
        return -1
    return int(head) if bool(mark) == bool(tail) else -1


def _doubled(rows: Sequence[Row]) -> list[str]:
    first: dict[str, str] = {}
    faults = []
    for row in rows:
        name = row.name.casefold()
        if name and name in first:
            faults.append(said("fout", plaats=row.place, fout=said("dubbel", eerder=first[name])))
        first.setdefault(name, row.place)
    return faults


@cache
def _sentences() -> dict[str, str]:
    return dict(tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8")))
