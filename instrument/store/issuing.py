"""Drawing deelnamecodes: slow on purpose, some at a time, and readable in this one reply only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from instrument import deelnamecode
from instrument.store import afnames, codes
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sqlalchemy import Connection

    from instrument.store.keys import Keys
    from instrument.store.writer import Writer

MOST_CODES: Final = 5_000
"""Codes of one request; a stamgroep has some dozens."""
AT_ONCE: Final = 2
"""Codes derived at a time, so that pupils who log in meanwhile do not wait behind hundreds."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """Draws codes for a stamgroep and keeps their tags."""

    writer: Writer
    keys: Keys
    stretching: Executor

    async def issue(self, afname_id: str, stamgroep: str, number: int) -> list[str]:
        """Return new codes; refuses beyond pupils + 10 %, and then draws none."""
        drawn = [deelnamecode.generate() for _ in range(number)]
        salt = await self.writer.run(lambda connection: _salt(connection, afname_id), touches=NOTHING)
        tags = await self._tags(drawn, salt)

        def add(connection: Connection) -> None:
            codes.reserve(connection, afname_id, stamgroep, len(tags))
            codes.add(connection, afname_id, stamgroep, tags)

        await self.writer.run(add, touches=afname_id)
        return drawn

    async def _tags(self, drawn: list[str], salt: bytes) -> list[bytes]:
        turns = asyncio.Semaphore(AT_ONCE)

        async def tag(code: str) -> bytes:
            async with turns:
                derive = asyncio.get_running_loop().run_in_executor
                keys = await derive(self.stretching, self.keys.of_code, deelnamecode.normalise(code), salt)
            return keys.code_tag

        return await asyncio.gather(*(tag(code) for code in drawn))


def _salt(connection: Connection, afname_id: str) -> bytes:
    afnames.get(connection, afname_id)
    for afname in afnames.all_open(connection):
        if afname.afname_id == afname_id:
            return afname.salt
    raise Refused("afname_closed")
