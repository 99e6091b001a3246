"""What may be asked about accounts: everything by who has the data folder, less by an aanbieder."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from instrument.store.accounts import accounts, invitations, passwords, roles
from instrument.store.refusals import Refused
from instrument.store.sessions import AanbiederSession
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from instrument.store.requests import Request
    from instrument.store.sessions import OperatorSession, Sessions
    from instrument.store.writer import Writer

MOST_DAYS: Final = 60
INVITED_BY_AANBIEDER: Final = (roles.COORDINATOR, roles.BESTUUR)
"""Others are let in by who has the data folder: they see more than one school's figures."""


@dataclass(frozen=True, slots=True)
class AccountDesk:
    """Answers add_account, invite, accounts and remove_account."""

    writer: Writer
    sessions: Sessions

    async def add_account(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Keep an account; without a password only an OpenID provider can vouch for it."""
        account, password = accounts.asked_for(request), request.optional_text("password")
        if password is not None:
            passwords.check(password, name=account.name)
        password_hash = None if password is None else await asyncio.to_thread(passwords.hashed, password)
        await self.writer.run(lambda connection: accounts.add(connection, account, password_hash))
        return {}

    async def invite(self, session: OperatorSession | AanbiederSession, request: Request) -> dict[str, Any]:
        """Draw the token of an invitation: this reply is the only moment at which it can be read."""
        account = accounts.asked_for(request)
        _check_may_touch(session, account.role)
        days = request.number("days", least=1, most=MOST_DAYS)
        token = await self.writer.run(lambda connection: invitations.make(connection, account, days=days))
        return {"token": token, "days": days}

    async def accounts(
        self, _session: OperatorSession | AanbiederSession, _request: Request
    ) -> dict[str, Any]:
        """Return all accounts: names and what they are of."""
        found = await self.writer.run(accounts.every, touches=NOTHING)
        return {"accounts": [accounts.as_dict(account) for account in found]}

    async def remove_account(
        self, session: OperatorSession | AanbiederSession, request: Request
    ) -> dict[str, Any]:
        """Forget an account and end its sessions."""
        name = request.text("name")
        known = await self.writer.run(lambda connection: accounts.get(connection, name), touches=NOTHING)
        if known is not None:
            _check_may_touch(session, known.role)
        removed = await self.writer.run(lambda connection: accounts.remove(connection, name))
        self.sessions.end_of(removed.name)
        return {}


def _check_may_touch(session: OperatorSession | AanbiederSession, role: str) -> None:
    if isinstance(session, AanbiederSession) and role not in INVITED_BY_AANBIEDER:
        raise Refused("not_allowed")
