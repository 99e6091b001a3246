from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from instrument.store.pace import Pace
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def play(story: Callable[[Pace, Clock], Awaitable[None]]) -> None:
    clock = Clock()
    asyncio.run(story(Pace(clock=clock, patience=0), clock))  # type: ignore[arg-type] # a coroutine it is


async def attempt(pace: Pace, address: str = "class", *, wrong: bool = True) -> bool:
    """Tell whether an attempt was let through."""
    try:
        async with pace.attempt(address) as tried:
            tried.wrong = wrong
    except Refused:
        return False
    return True


def test_thirty_wrong_codes_a_minute_are_let_through_and_the_next_is_slowed_down() -> None:
    """A class types over thirty slips with a mistake each; a program types more."""

    async def story(pace: Pace, _clock: Clock) -> None:
        assert [await attempt(pace) for _ in range(31)] == [True] * 30 + [False]

    play(story)


def test_right_codes_are_never_slowed_down() -> None:
    """A whole school shares one address in one minute."""

    async def story(pace: Pace, _clock: Clock) -> None:
        assert all([await attempt(pace, wrong=False) for _ in range(1000)])

    play(story)


def test_right_codes_at_one_moment_wait_for_each_other_and_all_get_in() -> None:
    """Three hundred pupils press Enter together: more than an address has tries."""

    async def story() -> None:
        async def pupil() -> None:
            async with Pace.attempt(pace, "school"):
                await asyncio.sleep(0.001)

        pace = Pace(patience=0.0)
        await asyncio.gather(*(pupil() for _ in range(300)))

    asyncio.run(story())


def test_another_address_is_not_slowed_down() -> None:
    """Who guesses hinders nobody elsewhere."""

    async def story(pace: Pace, _clock: Clock) -> None:
        for _ in range(40):
            await attempt(pace, "guesser")
        assert await attempt(pace, "class")

    play(story)


def test_waiting_helps_and_the_refusal_says_how_long() -> None:
    """Slowed down is not locked out."""

    async def story(pace: Pace, clock: Clock) -> None:
        for _ in range(30):
            await attempt(pace)
        with pytest.raises(Refused) as refusal:
            async with pace.attempt("class"):
                pass
        assert refusal.value.detail == {"retry_after": 3}
        clock.now += 3
        assert await attempt(pace, wrong=False)

    play(story)


def test_after_a_thousand_wrong_codes_in_a_day_an_address_has_one_a_minute() -> None:
    """Many addresses together guess no faster; a right code from anywhere is still let in."""

    async def story(pace: Pace, clock: Clock) -> None:
        for number in range(1000):
            assert await attempt(pace, f"guesser {number}")
        assert [await attempt(pace, "one more") for _ in range(2)] == [True, False]
        assert all([await attempt(pace, "class", wrong=False) for _ in range(100)])
        clock.now += 86_400
        assert [await attempt(pace, "one more") for _ in range(30)] == [True] * 30

    play(story)
