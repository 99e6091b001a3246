"""The door of accounts: turns a password, an invitation or an OpenID provider's word into a session."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from instrument.store import schools
from instrument.store.accounts import accounts, invitations, passwords, roles
from instrument.store.pace import Pace
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from sqlalchemy import Connection

    from instrument.store.accounts.accounts import Account
    from instrument.store.requests import Request
    from instrument.store.sessions import Sessions, VoucherSession
    from instrument.store.writer import Writer

LOGINS_PER_MINUTE: Final = 10


@dataclass(frozen=True, slots=True)
class LoginDesk:
    """Answers login, invitation and accept to anybody, and vouch to who may."""

    writer: Writer
    sessions: Sessions
    stretching: Executor
    pace: Pace = field(default_factory=lambda: Pace(per_minute=LOGINS_PER_MINUTE))

    async def login(self, request: Request) -> dict[str, Any]:
        """Begin the session of an account."""
        name, password = request.text("name"), request.text("password")
        async with self.pace.attempt(request.optional_text("address") or "") as attempt:
            row = await self.writer.run(lambda connection: accounts.find(connection, name), touches=NOTHING)
            known = None if row is None else row.password_hash
            right = await self._off_loop(passwords.is_right, known, password)
            attempt.wrong = not right
        if row is None or not right:
            raise Refused("wrong_login")
        return await self._begin(row.name)

    async def invitation(self, request: Request) -> dict[str, Any]:
        """Tell what an invitation is for: the name, the role, and of which school or bestuur."""
        account = await self._invited(request)

        def read(connection: Connection) -> str:
            return _place(connection, account)

        place = await self.writer.run(read, touches=NOTHING)
        return {"name": account.name, "role": account.role, "place": place}

    async def accept(self, request: Request) -> dict[str, Any]:
        """Make the account of an invitation with a password of its own, and begin its session."""
        token, password = request.text("token"), request.text("password")
        account = await self._invited(request)
        place = await self.writer.run(lambda connection: _place(connection, account), touches=NOTHING)
        passwords.check(password, name=account.name, school=place)
        password_hash = await self._off_loop(passwords.hashed, password)
        made = await self.writer.run(lambda connection: invitations.accept(connection, token, password_hash))
        self.sessions.end_of(made.name)  # whoever had the earlier password is out
        return await self._begin(made.name)

    async def vouch(self, _session: VoucherSession, request: Request) -> dict[str, Any]:
        """Begin the session of an account on the word of an OpenID provider, which the office heard.

        Where the provider is of one bevoegd gezag, its word counts for that and its vestigingen only.
        """
        name, of = request.text("name"), request.optional_text("bevoegd_gezag_nummer")

        def read(connection: Connection) -> bool:
            account = accounts.get(connection, name)
            return account is not None and (of is None or _is_of(connection, account, of))

        if not await self.writer.run(read, touches=NOTHING):
            raise Refused("wrong_login")
        return await self._begin(name)

    async def _invited(self, request: Request) -> Account:
        token = request.text("token")
        async with self.pace.attempt(request.optional_text("address") or "") as attempt:
            try:
                return await self.writer.run(
                    lambda connection: invitations.of(connection, token), touches=NOTHING
                )
            except Refused:
                attempt.wrong = True
                raise

    async def _begin(self, name: str) -> dict[str, Any]:
        account = await self.writer.run(lambda connection: accounts.get(connection, name), touches=NOTHING)
        if account is None:
            raise Refused("wrong_login")
        capability = self.sessions.begin(account.session())
        return {"session": capability, **accounts.as_dict(account)}

    async def _off_loop(self, function: Callable[..., Any], *arguments: object) -> Any:  # noqa: ANN401 - as the function
        return await asyncio.get_running_loop().run_in_executor(self.stretching, function, *arguments)


def _is_of(connection: Connection, account: Account, bevoegd_gezag_nummer: str) -> bool:
    own = [school.vestigingsnummer for school in schools.of_board(connection, bevoegd_gezag_nummer)]
    return account.bevoegd_gezag_nummer == bevoegd_gezag_nummer or account.vestigingsnummer in own


def _place(connection: Connection, account: Account) -> str:
    if account.role == roles.COORDINATOR and account.vestigingsnummer is not None:
        return schools.get(connection, account.vestigingsnummer).name
    return account.bevoegd_gezag_nummer or ""
