"""Tables of who may come in and of what a school prepares: accounts, invitations, counts, plans, letters."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer

from instrument.store.tables import TEXT, table

# A coordinator is of one vestiging, somebody of a bestuur of one bevoegd gezag, others of none.
_OF_ITS_ROLE: Final = (
    "(role = 'coordinator' AND vestigingsnummer IS NOT NULL AND bevoegd_gezag_nummer IS NULL)"
    " OR (role = 'bestuur' AND vestigingsnummer IS NULL AND bevoegd_gezag_nummer IS NOT NULL)"
    " OR (role IN ('aanbieder', 'onderzoeker') AND vestigingsnummer IS NULL AND bevoegd_gezag_nummer IS NULL)"
)

ACCOUNTS: Final = table(
    "accounts",
    Column("name", TEXT, primary_key=True),
    Column("role", TEXT, nullable=False),
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer")),
    Column("bevoegd_gezag_nummer", TEXT),
    # None where only an OpenID provider vouches for this account.
    Column("password_hash", TEXT),
    CheckConstraint(_OF_ITS_ROLE),
)

INVITATIONS: Final = table(
    "invitations",
    # Of a token of 192 random bits a plain hash is enough: nobody tries them one by one.
    Column("token_hash", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer")),
    Column("bevoegd_gezag_nummer", TEXT),
    Column("expires_at", TEXT, nullable=False),  # UTC, ISO 8601
    CheckConstraint(_OF_ITS_ROLE),
)

ROSTERS: Final = table(
    "rosters",
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer"), primary_key=True),
    Column("schooljaar", TEXT, primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leerjaar", Integer, nullable=False),
    Column("pupils", Integer, nullable=False),
)

PLANS: Final = table(
    "plans",
    Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("opens_on", TEXT, nullable=False),
    Column("closes_on", TEXT, nullable=False),
)

LETTERS: Final = table(
    "letters",
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer"), primary_key=True),
    Column("kind", TEXT, primary_key=True),
    Column("text", TEXT, nullable=False),
)
