"""What the tests of the store share: a classroom at a real broker, on a data folder of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from instrument.afname import Afname, Stamgroep
from instrument.school import School
from instrument.store import broker, client
from instrument.store.data_folder import DataFolder
from instrument.store.keys import Effort
from tests.levering.any_rules import ANY
from tests.simulated_school import EDITION, VESTIGING, open_school

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK: Final = Effort(memory_kib=8, passes=1)
"""Deriving a key costs microseconds instead of 30 ms; what is derived is no less random."""


@dataclass(frozen=True)
class Caller:
    """Somebody with a session."""

    client: client.BlockingClient
    capability: str
    entry: dict[str, Any]

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Return the broker's answer to this session."""
        return self.client.call(op, capability=self.capability, **fields)


@dataclass(frozen=True)
class Classroom:
    """An open afname of a simulated school: stamgroep 7a (30 pupils) with ten codes, and 8a (20)."""

    folder: DataFolder
    operator: client.Operator
    client: client.BlockingClient
    afname: Afname
    codes: list[str]
    items: tuple[str, ...] = tuple(item.code for item in EDITION.scored)

    def enter(self, code: str | None = None) -> Caller:
        """Log a pupil in."""
        return self._caller(self.client.call("enter", code=code or self.codes[0], address="here"))

    def login(self) -> Caller:
        """Give the school a coordinator, and log her in."""
        account = {"name": "anna", "password": "a good password"}
        self.operator.add_account(**account, vestigingsnummer=VESTIGING)
        return self._caller(self.client.call("login", **account))

    def close(self) -> Afname:
        """Close the afname."""
        return self.operator.close_afname(VESTIGING, on=date(2026, 11, 20))

    def _caller(self, entry: dict[str, Any]) -> Caller:
        return Caller(self.client, entry["session"], entry)


@pytest.fixture
def store_folder(tmp_path: Path) -> DataFolder:
    return DataFolder.create(tmp_path / "data", simulated=True)


@pytest.fixture
def classroom(store_folder: DataFolder) -> Iterator[Classroom]:
    with (
        broker.running(store_folder, effort=QUICK, release=_count_only, rules=ANY),
        client.operator(store_folder) as operator,
        client.BlockingClient(store_folder.socket) as caller,
    ):
        afname = open_afname(operator)
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=10)
        yield Classroom(store_folder, operator, caller, afname, codes)


def open_afname(operator: client.Operator) -> Afname:
    return open_school(operator, Stamgroep("7a", 7, 30), Stamgroep("8a", 8, 20))


def _count_only(_school: School, _afname: Afname, rows: list[Any]) -> dict[str, Any]:
    return {"n": len(rows)}
