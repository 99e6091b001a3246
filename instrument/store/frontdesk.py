"""The front desk: what may be asked without a session; turns a code into one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from instrument import deelnamecode
from instrument.school import today
from instrument.store import afnames, codes, drafts
from instrument.store.pace import Pace
from instrument.store.passes import Pass
from instrument.store.preparation import plans
from instrument.store.refusals import Refused
from instrument.store.sessions import PupilSession, Sessions
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from sqlalchemy import Connection

    from instrument.questionnaire import Edition
    from instrument.store.afnames import OpenAfname
    from instrument.store.drafts import Draft
    from instrument.store.keys import CodeKeys, Keys
    from instrument.store.passes import Passes
    from instrument.store.requests import Request
    from instrument.store.writer import Writer


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """Answers enter and health."""

    writer: Writer
    keys: Keys
    sessions: Sessions
    passes: Passes
    stretching: Executor
    edition_of: Callable[[str], Edition]
    code_pace: Pace = field(default_factory=Pace)

    async def enter(self, request: Request) -> dict[str, Any]:
        """Begin, or resume, the answering of a code: which items were answered, never the answers."""
        code = _read_code(request.text("code"))
        address = request.optional_text("address") or ""
        async with self.code_pace.attempt(address) as attempt:
            entry = await self._find(code)
            attempt.wrong = entry is None
        if entry is None:
            raise Refused("unknown_code")
        session = PupilSession(entry.afname.afname_id, self._asked(entry.afname), entry.keys)
        answered = [item.code for item in session.edition.items if item.code in entry.draft.answers]
        own_pass = self.passes.seal(Pass(session.afname_id, session.keys, session.name))
        self.sessions.keep(own_pass, session)
        return {
            "session": own_pass,
            "edition": session.edition.code,
            "answered": answered,
        }

    async def take_up(self, capability: str) -> PupilSession:
        """Return the session of a pass that was sealed before a restart; refuses what is no pass, or over."""
        content = None if self.sessions.was_ended(capability) else self.passes.open(capability)
        if content is None:
            raise Refused("no_session")
        opened = await self.writer.run(afnames.all_open, touches=NOTHING)
        for afname in opened:
            if afname.afname_id == content.afname_id:
                session = PupilSession(afname.afname_id, self._asked(afname), content.keys, content.name)
                self.sessions.keep(capability, session)
                return session
        raise Refused("afname_closed")

    async def health(self, _request: Request) -> dict[str, Any]:
        """Tell that the broker and its store answer."""
        await self.writer.run(
            lambda connection: connection.exec_driver_sql("SELECT 1").scalar(), touches=NOTHING
        )
        return {"status": "ok", "store": self.writer.store_name}

    def _asked(self, afname: OpenAfname) -> Edition:
        return self.edition_of(afname.edition).with_modules(afname.modules)

    async def _find(self, code: str) -> _Entry | None:
        # A code does not name its afname, so it is tried against every open one: about 30 ms each, in
        # threads. A server for some schools has few open at a time; one for hundreds needs a hint here.
        tried = await self.writer.run(afnames.all_open, touches=NOTHING)
        if not tried:
            raise Refused("afname_closed")
        opened = await asyncio.gather(
            *(self._off_loop(self.keys.of_code, code, afname.salt) for afname in tried)
        )
        pairs = list(zip(tried, opened, strict=True))
        return await self.writer.run(lambda connection: _first_fitting(connection, pairs), touches=NOTHING)

    async def _off_loop(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as the function
        return await asyncio.get_running_loop().run_in_executor(self.stretching, function, *arguments)


@dataclass(frozen=True, slots=True)
class _Entry:
    afname: OpenAfname
    keys: CodeKeys
    draft: Draft


def _read_code(text: str) -> str:
    try:
        return deelnamecode.normalise(text)
    except deelnamecode.MalformedCode:
        raise Refused("malformed_code") from None


def _first_fitting(connection: Connection, pairs: list[tuple[OpenAfname, CodeKeys]]) -> _Entry | None:
    for afname, keys in pairs:
        if codes.stamgroep_of(connection, afname.afname_id, keys) is not None:
            plans.check_day(connection, afname.afname_id, today())
            return _Entry(afname, keys, drafts.read(connection, afname.afname_id, keys))
        if codes.is_spent(connection, afname.afname_id, keys):
            raise Refused("used_code")
    return None
