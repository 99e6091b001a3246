"""A broker killed at any moment; this file is also the program that is killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from instrument import catalogue, editions
from instrument.afname import Stamgroep
from instrument.school import School, Schooljaar
from instrument.store import broker, client
from instrument.store.data_folder import DataFolder
from instrument.store.keys import Effort
from instrument.store.refusals import Refused

QUICK: Final = Effort(memory_kib=8, passes=1)
EDITION: Final = catalogue.edition("po_bovenbouw_2026")
ITEMS: Final = [item.code for item in EDITION.scored]
KILLS: Final = int(os.environ.get("WEERGLAS_KILLS", "12"))
PUPILS: Final = 24
SUBMIT_RATE: Final = 0.06 / KILLS
"""Seldom enough that some are still answering at the last kill."""


@dataclass
class Pupil:
    """What one pupil was told is saved, and what it asked for without an answer."""

    code: str
    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, set[int]] = field(default_factory=dict)
    submitted: bool = False

    async def answer(self, asking: client.BrokerClient, chance: random.Random) -> None:
        """Enter and save without a pause until the broker dies; sometimes submit."""
        session = await self._enter(asking)
        seq = 0
        while session and not self.submitted:
            seq += 1
            if chance.random() < SUBMIT_RATE:
                await asking.call("submit", capability=session, seq=seq)
                self.submitted = True
                return
            item, value = chance.choice(ITEMS), chance.randint(1, 4)
            self.unanswered.setdefault(item, set()).add(value)
            await asking.call("save", capability=session, seq=seq, item=item, value=value)
            self.acknowledged[item] = value
            self.unanswered[item].clear()

    async def _enter(self, asking: client.BrokerClient) -> str | None:
        if self.submitted:
            return None
        try:
            entry = await asking.call("enter", code=self.code, address=self.code)
        except Refused:
            # It was submitted, and the broker died before it could say so; no other refusal is possible here.
            self.submitted = True
            return None
        assert set(self.acknowledged) <= set(entry["answered"])
        return str(entry["session"])

    def agrees(self, answers: dict[str, int]) -> bool:
        """Tell whether a response holds what was acknowledged, or what was asked for last."""
        return set(self.acknowledged) <= set(answers) and all(
            value == self.acknowledged.get(item) or value in self.unanswered.get(item, set())
            for item, value in answers.items()
        )


def start(folder: DataFolder) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, __file__, str(folder.path)])
    for _ in range(500):
        with contextlib.suppress(client.BrokerUnreachable), client.BlockingClient(folder.socket):
            return process
        time.sleep(0.02)
    raise TimeoutError


def kill_under_load(folder: DataFolder, pupils: list[Pupil], chance: random.Random) -> None:
    process = start(folder)

    async def load() -> None:
        connections = [client.connect(folder.socket) for _ in pupils]
        asking = [pupil.answer(one, chance) for pupil, one in zip(pupils, connections, strict=True)]
        killing = asyncio.get_running_loop().call_later(chance.uniform(0.02, 0.4), process.kill)
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        killing.cancel()
        faults = [one for one in outcomes if one and not isinstance(one, client.BrokerUnreachable)]
        assert not faults
        for one in connections:
            await one.close()

    try:
        asyncio.run(load())
    finally:
        process.kill()
        process.wait()


def test_a_killed_broker_loses_nothing_it_acknowledged_and_doubles_nothing(tmp_path: Path) -> None:
    """SIGKILL in the middle of saving and submitting, again and again, on one store."""
    chance = random.Random(2026)  # noqa: S311 - repeatable
    folder = DataFolder.create(tmp_path / "data", simulated=True)
    pupils = [Pupil(code) for code in issue(folder)]
    for _ in range(KILLS):
        kill_under_load(folder, pupils, chance)
    submit_the_rest(folder, pupils)
    responses = close(folder)
    assert len(responses) == len(pupils)
    assert matched(pupils, responses) == len(pupils)


def test_a_broker_that_is_asked_to_stop_does_so_cleanly(tmp_path: Path) -> None:
    """SIGTERM: exit code 0, no socket and no log left."""
    folder = DataFolder.create(tmp_path / "data")
    process = start(folder)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not folder.socket.exists()
    assert not folder.store.with_name("store.sqlite-wal").exists()


def issue(folder: DataFolder) -> list[str]:
    with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
        operator.add_school(School("02QZ00", "De Proef (gesimuleerd)", "po", "BO", simulated=True))
        afname = operator.open_afname(
            vestigingsnummer="02QZ00",
            schooljaar=Schooljaar(2026),
            edition=EDITION.code,
            fingerprint=editions.fingerprint(EDITION),
            stamgroepen=[Stamgroep("7a", 7, PUPILS)],
            opened_on=date(2026, 11, 3),
        )
        return operator.issue_codes(afname.afname_id, stamgroep="7a", number=PUPILS)


def submit_the_rest(folder: DataFolder, pupils: list[Pupil]) -> None:
    with broker.running(folder, effort=QUICK), client.BlockingClient(folder.socket) as asking:
        for pupil in pupils:
            if pupil.submitted:
                with pytest.raises(Refused, match="has been used"):
                    asking.call("enter", code=pupil.code)
                continue
            with contextlib.suppress(Refused):  # used: submitted without an acknowledgement
                session = asking.call("enter", code=pupil.code)["session"]
                asking.call("submit", capability=session, seq=0)


def close(folder: DataFolder) -> list[dict[str, int]]:
    with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
        afname = operator.close_afname("02QZ00", on=date(2026, 11, 20))
        assert operator.verify()["sound"] is True
        return [row["answers"] for row in operator.responses(afname.afname_id)]


def matched(pupils: list[Pupil], responses: list[dict[str, int]]) -> int:
    """Count the pupils with a response of their own; responses name nobody, so pairs are sought."""
    of_response: dict[int, Pupil] = {}

    def find(pupil: Pupil, tried: set[int]) -> bool:
        for number, answers in enumerate(responses):
            if number not in tried and pupil.agrees(answers):
                tried.add(number)
                if number not in of_response or find(of_response[number], tried):
                    of_response[number] = pupil
                    return True
        return False

    return sum(find(pupil, set()) for pupil in pupils)


if __name__ == "__main__":
    asyncio.run(broker.run(DataFolder(Path(sys.argv[1])), effort=QUICK))
