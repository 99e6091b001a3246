"""Pupils who keep book of what they were told is saved, and a lesson in which something goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from instrument.store import broker, client
from instrument.store.keys import Effort
from instrument.store.refusals import Refused
from tests.simulated_school import EDITION, open_class

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from instrument.store.data_folder import DataFolder

QUICK: Final = Effort(memory_kib=8, passes=1)
ITEMS: Final = [item.code for item in EDITION.scored]
PUPILS: Final = 24
A_MOMENT: Final = 0.01
NOT_NOW: Final = {"not_saved", "busy"}
"""Refusals after which a page asks again."""


@dataclass
class Pupil:
    """What one pupil was told is saved, and what it asked for without an answer."""

    code: str
    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, set[int]] = field(default_factory=dict)
    submitted: bool = False
    n_acknowledged: int = 0
    seq: int = 0
    session: str | None = None

    async def answer(self, asking: client.BrokerClient, chance: random.Random, *, submit_rate: float) -> None:
        """Save without a pause until the broker dies; sometimes submit. Most come back with their pass."""
        if self.session is None or chance.random() < 0.3:
            self.session = await self._enter(asking)
        while self.session and not self.submitted:
            self.seq += 1  # as a page counts: never the same number for two answers
            try:
                if chance.random() < submit_rate:
                    await asking.call("submit", capability=self.session, seq=self.seq)
                    self.submitted = True
                else:
                    await self._save(asking, chance.choice(ITEMS), chance.randint(1, 4))
            except Refused as refusal:
                if refusal.reason not in NOT_NOW:
                    self._was_submitted(refusal)
                await asyncio.sleep(A_MOMENT)

    async def _save(self, asking: client.BrokerClient, item: str, value: int) -> None:
        self.unanswered.setdefault(item, set()).add(value)
        await asking.call("save", capability=self.session, seq=self.seq, item=item, value=value)
        self.acknowledged[item] = value
        self.unanswered[item].clear()
        self.n_acknowledged += 1

    async def _enter(self, asking: client.BrokerClient) -> str | None:
        while not self.submitted:
            try:
                entry = await asking.call("enter", code=self.code, address=self.code)
            except Refused as refusal:
                if refusal.reason not in NOT_NOW:
                    self._was_submitted(refusal)
                await asyncio.sleep(A_MOMENT)
                continue
            assert set(self.acknowledged) <= set(entry["answered"])
            return str(entry["session"])
        return None

    def _was_submitted(self, refusal: Refused) -> None:
        # It was sent, and the broker died before it could say so; no other refusal is possible here.
        assert refusal.reason == "used_code", refusal.reason
        self.submitted = True

    def agrees(self, answers: dict[str, int]) -> bool:
        """Tell whether a response holds what was acknowledged, or what was asked for last."""
        return set(self.acknowledged) <= set(answers) and all(
            value == self.acknowledged.get(item) or value in self.unanswered.get(item, set())
            for item, value in answers.items()
        )


@dataclass
class Lesson:
    """One afname of 24 pupils on a data folder, from the slips to the frozen responses."""

    folder: DataFolder
    pupils: list[Pupil]
    chance: random.Random

    @classmethod
    def begin(cls, folder: DataFolder, chance: random.Random) -> Lesson:
        """Open the afname and hand out the slips."""
        with broker.running(folder, effort=QUICK), client.operator(folder) as operator:
            codes = open_class(operator, n_pupils=PUPILS)
        return cls(folder, [Pupil(code) for code in codes], chance)

    @property
    def n_acknowledged(self) -> int:
        return sum(pupil.n_acknowledged for pupil in self.pupils)

    def answer(
        self, disturb: Callable[[], Awaitable[Any]], *, submit_rate: float, folders: Any = None
    ) -> None:
        """Let all answer at once while something goes wrong; what they hear is only that nobody answers."""
        sockets = [folder.socket for folder in folders or [self.folder]]

        async def load() -> None:
            asking = [client.connect(sockets[number % len(sockets)]) for number in range(len(self.pupils))]
            answering = [
                asyncio.create_task(pupil.answer(one, self.chance, submit_rate=submit_rate))
                for pupil, one in zip(self.pupils, asking, strict=True)
            ]
            await disturb()
            for task in answering:
                task.cancel()
            outcomes = await asyncio.gather(*answering, return_exceptions=True)
            await asyncio.gather(*(one.close() for one in asking))
            gone = (client.BrokerUnreachable, asyncio.CancelledError)
            faults = [one for one in outcomes if one and not isinstance(one, gone)]
            assert not faults, faults

        asyncio.run(load())

    def end(self) -> int:
        """Send the rest, close, and find for each pupil one response of its own; return what was told."""
        self._submit_the_rest()
        with broker.running(self.folder, effort=QUICK), client.operator(self.folder) as operator:
            afname = operator.close_afname("02QZ00", on=date(2026, 11, 20))
            assert operator.verify()["sound"] is True
            responses = [row["answers"] for row in operator.responses(afname.afname_id)]
        assert len(responses) == len(self.pupils)
        assert matched(self.pupils, responses) == len(self.pupils)
        return self.n_acknowledged

    def _submit_the_rest(self) -> None:
        with broker.running(self.folder, effort=QUICK), client.BlockingClient(self.folder.socket) as asking:
            for pupil in self.pupils:
                if pupil.submitted:
                    with pytest.raises(Refused, match="has been used"):
                        asking.call("enter", code=pupil.code)
                    continue
                with contextlib.suppress(Refused):  # used: submitted without an acknowledgement
                    session = asking.call("enter", code=pupil.code)["session"]
                    asking.call("submit", capability=session, seq=0)


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
