"""Invitations: a link that opens one account once; the store keeps a hash of its token, and when it ends."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from instrument.store.accounts import accounts
from instrument.store.accounts.accounts import Account
from instrument.store.preparation.school_tables import INVITATIONS
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

TOKEN_BYTES: Final = 24
VALID_DAYS: Final = 14


def make(connection: Connection, account: Account, *, days: int = VALID_DAYS) -> str:
    """Keep an invitation and return its token, never to be read again; an earlier one of the name ends.

    Refuses a name that is somebody else's; for an account that is there already it is a new password.
    """
    accounts.check_place(connection, account)
    known = accounts.get(connection, account.name)
    if known is not None and known != account:
        raise Refused("account_exists")
    _forget(connection, account.name)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends = (_now() + timedelta(days=days)).isoformat()
    fields = {**accounts.as_dict(account), "token_hash": _hash(token), "expires_at": ends}
    connection.execute(insert(INVITATIONS).values(fields))
    return token


def of(connection: Connection, token: str) -> Account:
    """Return the account that a token opens; refuses one that was used, is over, or never was."""
    row = connection.execute(select(INVITATIONS).where(INVITATIONS.c.token_hash == _hash(token))).first()
    if row is None or datetime.fromisoformat(row.expires_at) < _now():
        raise Refused("unknown_invitation")
    return Account(row.name, row.role, row.vestigingsnummer, row.bevoegd_gezag_nummer)


def accept(connection: Connection, token: str, password_hash: str) -> Account:
    """Make the account of a token, once, and return it."""
    account = of(connection, token)
    _forget(connection, account.name)
    accounts.put(connection, account, password_hash)
    return account


def _forget(connection: Connection, name: str) -> None:
    connection.execute(delete(INVITATIONS).where(INVITATIONS.c.name == name))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
