"""Pace: wrong attempts slow an address down; what is right is always let in."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SECONDS_PER_MINUTE: Final = 60
SECONDS_PER_DAY: Final = 86_400
MOST_WAITING: Final = 1_000
"""Attempts that may wait for their turn; more hear `slow_down` at once."""
MOST_ADDRESSES: Final = 4_096
_LOOK_AGAIN: Final = 0.1


@dataclass(slots=True)
class Attempt:
    """One try; set `wrong` when it turned out to be."""

    wrong: bool = False


@dataclass(slots=True)
class _Allowance:
    tries: float
    at: float
    under_way: int = 0


class Pace:
    """Allows so many wrong attempts a minute per address; a class shares one address and is never locked out.

    An attempt takes one try from its address and gets it back when it was right. So a class of right
    codes is never refused: what comes at once waits for the tries under way. Beside somebody who
    guesses it waits for its turn, and is asked to come back after `patience` seconds. Beyond `per_day`
    wrong attempts in a day from all addresses together, each address is left one wrong attempt a
    minute: right codes from elsewhere do not notice. Guessing is hopeless anyhow (17 ** 11 codes);
    what is protected is the work that every guess costs us. Each broker counts for itself: where two share
    a store behind a load balancer, somebody who guesses at both has twice as many tries.
    """

    def __init__(
        self,
        *,
        per_minute: int = 30,
        per_day: int = 1_000,
        patience: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_minute = per_minute
        self._per_day = per_day
        self._patience = patience
        self._clock = clock
        self._allowances: dict[str, _Allowance] = {}
        self._waiting = 0
        self._day_began = clock()
        self._wrong_today = 0

    @asynccontextmanager
    async def attempt(self, address: str) -> AsyncIterator[Attempt]:
        """Wait for a try of this address and give it back unless the attempt is marked as wrong."""
        await self._take(address)
        attempt = Attempt()
        try:
            yield attempt
        finally:
            self._settle(self._allowance(address), attempt)

    def _settle(self, allowance: _Allowance, attempt: Attempt) -> None:
        allowance.under_way -= 1
        if attempt.wrong:
            self._wrong_today += 1
        else:
            allowance.tries += 1

    async def _take(self, address: str) -> None:
        if self._took(address):
            return
        if self._waiting >= MOST_WAITING:
            raise self._slow_down(address)
        self._waiting += 1
        try:
            await self._wait(address)
        finally:
            self._waiting -= 1

    async def _wait(self, address: str) -> None:
        until = self._clock() + self._patience
        while not self._took(address):
            if self._allowance(address).under_way:
                until = self._clock() + self._patience
            elif self._clock() >= until:
                raise self._slow_down(address)
            await asyncio.sleep(min(_LOOK_AGAIN, self._patience))

    def _took(self, address: str) -> bool:
        allowance = self._allowance(address)
        if allowance.tries < 1:
            return False
        allowance.tries -= 1
        allowance.under_way += 1
        return True

    def _allowance(self, address: str) -> _Allowance:
        now = self._clock()
        self._forget_the_calm(now)
        allowance = self._allowances.setdefault(address, _Allowance(self._limit(now), now))
        earned = (now - allowance.at) * self._limit(now) / SECONDS_PER_MINUTE
        allowance.tries = min(allowance.tries + earned, self._limit(now))
        allowance.at = now
        return allowance

    def _limit(self, now: float) -> float:
        if now - self._day_began >= SECONDS_PER_DAY:
            self._day_began, self._wrong_today = now, 0
        return self._per_minute if self._wrong_today < self._per_day else 1

    def _slow_down(self, address: str) -> Refused:
        now = self._clock()
        missing = max(0.0, 1 - self._allowance(address).tries)
        seconds = missing * SECONDS_PER_MINUTE / self._limit(now)
        return Refused("slow_down", {"retry_after": int(seconds) + 1})

    def _forget_the_calm(self, now: float) -> None:
        if len(self._allowances) > MOST_ADDRESSES:
            recent = now - SECONDS_PER_MINUTE
            self._allowances = {
                address: kept
                for address, kept in self._allowances.items()
                if kept.under_way or kept.at > recent
            }
