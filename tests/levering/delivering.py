"""A levering without a store: what the broker computes and the round writes, in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from export.levering import adapter, bewijs, preparation, verantwoord
from export.levering.parcel import Parcel
from export.levering.transport import Flat
from instrument.school import Schooljaar
from instrument.store.ledger.ledger_rules import Matter

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from instrument.afname import Afname
    from instrument.school import School


@dataclass(frozen=True)
class Delivery:
    """What was written, and what was lacking in its evidence."""

    files: tuple[Path, ...]
    summary: dict[str, Any]
    warnings: tuple[str, ...]


def deliver(
    *,
    school: School,
    afname: Afname | None,
    rows: list[dict[str, Any]],
    events: list[dict[str, Any]],
    now: datetime,
    out: Path,
    verantwoording: Path | None = None,
    bewijs: str = bewijs.WAARSCHUWEN,
    herstel: bool = False,
) -> Delivery:
    """Deliver into `out`, or raise `LeveringRefused` with every reason and write nothing."""
    year = Schooljaar.of(now.date()) if afname is None else afname.schooljaar
    options = verantwoord.options(verantwoording, bewijs=bewijs, herstel=herstel)
    found = preparation.to_deliver(Matter(school, afname, year, events, now), rows, options)
    files = adapter.files(found["summary"])
    Flat(out).put(Parcel(adapter.name_of(found["summary"]), files))
    return Delivery(tuple(out / name for name in files), found["summary"], tuple(found["warnings"]))
