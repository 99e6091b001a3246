"""A classroom on either store; PostgreSQL is a real one, started by the tests and stopped by them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from instrument.store import broker, client, stores
from instrument.store.data_folder import DataFolder
from tests.levering.any_rules import ANY
from tests.store import cluster as clusters
from tests.unit.conftest import QUICK, Classroom, open_afname

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Row

    from tests.store.cluster import Cluster

MISSING = "NO POSTGRESQL here (Debian: apt-get install postgresql): the tests of the shared store are skipped"


@dataclass(frozen=True)
class Ground:
    """A data folder on one of the stores, and what lies on its disk."""

    name: str
    folder: DataFolder
    cluster: Cluster | None

    def rows(self, query: Any) -> list[Row[Any]]:
        """Return rows, read beside the broker as nothing but a test may."""
        with stores.of(self.folder).engine().connect() as connection:
            return list(connection.execute(query))

    def raw(self) -> bytes:
        """Return all bytes of the store, its write-ahead log and, of a server, its own log."""
        ours = b"".join(file.read_bytes() for file in self.folder.path.iterdir() if file.is_file())
        return ours + (self.cluster.raw() if self.cluster else b"")

    def other(self) -> DataFolder:
        """Return the data folder as it lies on another machine that shares the store."""
        path = self.folder.path.with_name("other")
        shutil.copytree(self.folder.path, path, ignore=shutil.ignore_patterns("*.lock"))
        return DataFolder(path)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    programs = clusters.programs()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with clusters.running(programs) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    if request.param == "sqlite":
        return Ground("sqlite", DataFolder.create(tmp_path / "data", simulated=True), None)
    return on_postgres(request.getfixturevalue("cluster"), tmp_path / "data")


@pytest.fixture
def shared(cluster: Cluster, tmp_path: Path) -> Ground:
    """A store for more brokers than one."""
    return on_postgres(cluster, tmp_path / "data")


def on_postgres(cluster: Cluster, path: Path) -> Ground:
    folder = DataFolder.create(
        path, simulated=True, database=cluster.new_database(), password=clusters.PASSWORD
    )
    return Ground("postgres", folder, cluster)


@pytest.fixture
def classroom(ground: Ground) -> Iterator[Classroom]:
    """A broker at work on each store in turn."""
    with (
        broker.running(
            ground.folder,
            effort=QUICK,
            release=lambda _school, _afname, rows: {"n": len(rows)},
            rules=ANY,
        ),
        client.operator(ground.folder) as operator,
        client.BlockingClient(ground.folder.socket) as caller,
    ):
        afname = open_afname(operator)
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=10)
        yield Classroom(ground.folder, operator, caller, afname, codes)


@dataclass(frozen=True)
class Pair:
    """Two brokers on one store, each with a client of its own."""

    ground: Ground
    one: Classroom
    two: Classroom


@pytest.fixture
def pair(shared: Ground) -> Iterator[Pair]:
    other = shared.other()
    with (
        broker.running(shared.folder, effort=QUICK, rules=ANY),
        broker.running(other, effort=QUICK, rules=ANY),
        client.operator(shared.folder) as operator,
        client.operator(other) as operator_too,
        client.BlockingClient(shared.folder.socket) as caller,
        client.BlockingClient(other.socket) as caller_too,
    ):
        afname = open_afname(operator)
        codes = operator.issue_codes(afname.afname_id, stamgroep="7a", number=30)
        one = Classroom(shared.folder, operator, caller, afname, codes)
        yield Pair(shared, one, Classroom(other, operator_too, caller_too, afname, codes))


@pytest.fixture
def submit() -> Callable[[Classroom, str, int], None]:
    """Have a pupil answer everything alike, and submit."""

    def answer(room: Classroom, code: str, value: int) -> None:
        pupil = room.enter(code)
        for seq, item in enumerate(room.items[:5]):
            pupil.ask("save", seq=seq, item=item, value=value)
        pupil.ask("submit", seq=99)

    return answer
