"""Accounts in the store: who may come in under a name, in which role, and of which school or bestuur."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from instrument.school import check_bevoegd_gezag, check_vestigingsnummer
from instrument.store import schools
from instrument.store.accounts import roles
from instrument.store.preparation.school_tables import ACCOUNTS
from instrument.store.refusals import Refused
from instrument.store.sessions import (
    AanbiederSession,
    AccountSession,
    BestuurSession,
    CoordinatorSession,
    OnderzoekerSession,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from instrument.store.requests import Request

LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Account:
    """A name and its place: a coordinator of a vestiging, a bestuur of a bevoegd gezag, others of none."""

    name: str
    role: str
    vestigingsnummer: str | None = None
    bevoegd_gezag_nummer: str | None = None

    def __post_init__(self) -> None:
        """Refuse a role that is unknown, or that is not of what it must be."""
        if self.role not in roles.ROLES:
            raise ValueError(f"role: use one of: {', '.join(roles.ROLES)}")
        if (self.role == roles.COORDINATOR) != (self.vestigingsnummer is not None):
            raise ValueError("vestigingsnummer: give it for a coordinator, and for nobody else")
        if (self.role == roles.BESTUUR) != (self.bevoegd_gezag_nummer is not None):
            raise ValueError("bevoegd_gezag_nummer: give it for a bestuur, and for nobody else")

    def session(self) -> AccountSession:
        """Return the session that this account may have."""
        if self.vestigingsnummer is not None:
            return CoordinatorSession(self.name, self.vestigingsnummer)
        if self.bevoegd_gezag_nummer is not None:
            return BestuurSession(self.name, self.bevoegd_gezag_nummer)
        return (AanbiederSession if self.role == roles.AANBIEDER else OnderzoekerSession)(self.name)


def asked_for(request: Request) -> Account:
    """Return the account that a request names; a coordinator where it names no role."""

    def read(_: object) -> Account:
        vestiging, gezag = (
            request.optional_text(name) for name in ("vestigingsnummer", "bevoegd_gezag_nummer")
        )
        return Account(
            name=request.parsed("name", plain_name),
            role=request.optional_text("role") or roles.COORDINATOR,
            vestigingsnummer=None if vestiging is None else check_vestigingsnummer(vestiging),
            bevoegd_gezag_nummer=None if gezag is None else check_bevoegd_gezag(gezag),
        )

    return request.parsed("role", read)


def plain_name(name: str) -> str:
    """Return a name as it is kept: small letters, no spaces around it; raises `ValueError`."""
    plain = name.strip().lower()
    if not 0 < len(plain) <= LONGEST_NAME or not plain.isprintable():
        raise ValueError(f"give a name of 1 to {LONGEST_NAME} letters, digits or signs")
    return plain


def add(connection: Connection, account: Account, password_hash: str | None) -> None:
    """Keep an account; refuses a name that is taken, and a school or bestuur that is not here."""
    check_place(connection, account)
    if find(connection, account.name) is not None:
        raise Refused("account_exists")
    connection.execute(insert(ACCOUNTS).values({**_fields(account), "password_hash": password_hash}))


def put(connection: Connection, account: Account, password_hash: str) -> None:
    """Keep an account, or give the one that is there another password; refuses another role or place."""
    known = find(connection, account.name)
    if known is None:
        add(connection, account, password_hash)
    elif _account(known) != account:
        raise Refused("account_exists")
    else:
        here = ACCOUNTS.c.name == account.name
        connection.execute(update(ACCOUNTS).where(here).values(password_hash=password_hash))


def check_place(connection: Connection, account: Account) -> None:
    """Refuse an account of a school or bestuur that is not in this store."""
    if account.vestigingsnummer is not None:
        schools.get(connection, account.vestigingsnummer)
    number = account.bevoegd_gezag_nummer
    if number is not None and not schools.of_board(connection, number):
        raise Refused("unknown_board", {"bevoegd_gezag_nummer": number})


def find(connection: Connection, name: str) -> Row[tuple[str, ...]] | None:
    """Return the row of an account, with its password hash."""
    return connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name.strip().lower())).first()


def get(connection: Connection, name: str) -> Account | None:
    """Return an account without its password hash."""
    row = find(connection, name)
    return None if row is None else _account(row)


def every(connection: Connection) -> list[Account]:
    """Return all accounts by name."""
    return [_account(row) for row in connection.execute(select(ACCOUNTS).order_by(ACCOUNTS.c.name))]


def remove(connection: Connection, name: str) -> Account:
    """Forget an account and return what it was; refuses a name that is not there."""
    account = get(connection, name)
    if account is None:
        raise Refused("unknown_account")
    connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == account.name))
    return account


def as_dict(account: Account) -> dict[str, Any]:
    """Return an account as JSON can hold it."""
    return _fields(account)


def _fields(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "vestigingsnummer": account.vestigingsnummer,
        "bevoegd_gezag_nummer": account.bevoegd_gezag_nummer,
    }


def _account(row: Row[tuple[str, ...]]) -> Account:
    return Account(row.name, row.role, row.vestigingsnummer, row.bevoegd_gezag_nummer)
