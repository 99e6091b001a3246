"""A levering killed at every step: nothing lost, no file twice, a mail twice only before its mark."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from instrument.store import sqlite
from instrument.store.data_folder import DataFolder
from instrument.store.ledger.ledger_tables import EVENTS, OUTBOX
from tests.levering.mail_server import PASSWORD
from tests.levering.office import Moment, closed_afname, office, schools, write_configuration
from tests.levering.rounds import KILLED, Nursery, nursery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.levering.mail_server import MailServer
    from tests.levering.sftp_server import SftpServer

KILLS: Final = int(os.environ.get("WEERGLAS_LEVERING_KILLS", "240"))
"""Of the slow test: every step once, and the rest at any moment."""
MAILS: Final = 2
"""Of one school: that it gave its toestemming, and that it was delivered."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, sftp: SftpServer, mailbox: MailServer) -> DataFolder:
    """Keep a folder of a school whose day has come, to be copied for each kill."""
    folder = DataFolder.create(tmp_path_factory.mktemp("kills") / "data", simulated=True)
    with office(folder, Moment()) as at:
        closed_afname(at.operator, schools(1)[0])
        at.give()
    secrets = {"sftp.key": sftp.client_key, "smtp.password": PASSWORD}
    write_configuration(folder.path, sftp.toml() + mailbox.toml(), secrets)
    return folder


@pytest.fixture(scope="module")
def rounds() -> Iterator[Nursery]:
    with nursery() as found:
        yield found


class Trial:
    """One levering that is killed once, and then left to end."""

    def __init__(
        self, prepared: DataFolder, path: Path, rounds: Nursery, sftp: SftpServer, mailbox: MailServer
    ) -> None:
        shutil.copytree(prepared.path, path, ignore=shutil.ignore_patterns("*.lock"))
        self.folder = DataFolder(path)
        self._rounds, self._sftp, self._mailbox = rounds, sftp, mailbox
        sftp.empty()
        mailbox.taken.clear()

    def kill(self, **when: Any) -> bool:
        """Kill a round; tells whether it still ran. What was marked as sent by then must stay single."""
        ended = self._rounds.run(self.folder, **when)["ended"]
        self.marked = {row.item_id for row in self._rows(select(OUTBOX)) if row.sent_at is not None}
        self.sent_before = set(self._ids())
        return bool(ended == KILLED)

    def end(self) -> int:
        """Let rounds end, and check that everything came once; returns how many mails came twice."""
        last = self._rounds.run(self.folder)
        assert (last["ended"], last["refused"]) == (0, [])
        types = [row.type for row in self._rows(select(EVENTS).order_by(EVENTS.c.seq))]
        assert types == ["gegeven", "levering_gestart", "geleverd"], types
        assert all(row.sent_at is not None for row in self._rows(select(OUTBOX)))
        (begun,) = self._rows(select(EVENTS).where(EVENTS.c.type == "levering_gestart"))
        assert [path.name for path in self._sftp.inbox.iterdir()] == [_parcel_of(begun.payload)]
        assert len(list(next(self._sftp.inbox.iterdir()).iterdir())) == 5
        return self._mails_twice()

    def _mails_twice(self) -> int:
        counts = Counter(self._ids())
        assert len(counts) == MAILS, "no mail is lost"
        twice = {name for name, number in counts.items() if number > 1}
        assert all(number <= 2 for number in counts.values())
        # only what the server had taken, and we had not yet marked
        assert twice <= self.sent_before - self.marked
        return len(twice)

    def _ids(self) -> list[str]:
        return [str(mail["Message-ID"]).strip("<>").rpartition("@")[0] for mail in self._mailbox.taken]

    def _rows(self, query: Any) -> list[Any]:
        with sqlite.engine(self.folder.store).begin() as connection:
            return list(connection.execute(query))


def _parcel_of(payload: str) -> str:
    import json  # noqa: PLC0415 - only here

    return str(json.loads(payload)["pakket"])


@pytest.fixture
def trial(
    prepared: DataFolder, tmp_path: Path, rounds: Nursery, sftp: SftpServer, mailbox: MailServer
) -> Any:
    made = iter(range(10_000))
    return lambda: Trial(prepared, tmp_path / f"data{next(made)}", rounds, sftp, mailbox)


def test_a_round_has_steps_and_a_whole_one_leaves_everything_once(trial: Any, rounds: Nursery) -> None:
    first = trial()
    assert rounds.run(first.folder)["steps"] > 30
    first.marked, first.sent_before = set(), set()
    assert first.end() == 0


@pytest.mark.parametrize("request_", ["levering_report", "start_levering", "finish_levering", "mark_sent"])
def test_a_killed_levering_goes_on_where_it_was(trial: Any, request_: str) -> None:
    """Behind each request: what the broker recorded by then has been done, and nothing else has."""
    killed = trial()
    assert killed.kill(behind=request_)
    assert killed.end() == 0, "no mail twice: none was taken and not marked"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_levering_killed_at_every_step_loses_nothing_and_doubles_no_file(
    trial: Any, rounds: Nursery
) -> None:
    """Last run: see benchmarks/README.md."""
    steps = rounds.run(trial().folder)["steps"]
    chance = random.Random(2026)  # noqa: S311 - repeatable
    kills = twice = attempts = 0
    while kills < KILLS:
        attempts += 1
        one = trial()
        killed = one.kill(before=attempts) if attempts <= steps else one.kill(after=chance.uniform(0.02, 0.5))
        kills += killed
        twice += one.end()
        shutil.rmtree(one.folder.path)
    print(f"{kills} kills at {steps} steps and any moment: 0 lost, 0 files twice, {twice} mails twice")  # noqa: T201
