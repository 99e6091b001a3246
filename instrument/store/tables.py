"""The tables of the store, the same in SQLite and PostgreSQL: random keys, no times, no counters."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

METADATA: Final = MetaData()

# Compared byte by byte in both stores: what a database server takes for alphabetical is its own affair.
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")


def _table(name: str, *columns: Column[str] | Column[int] | Column[bytes] | ForeignKeyConstraint) -> Table:
    # Without a rowid, which would give away the order in which responses came.
    return Table(name, METADATA, *columns, sqlite_with_rowid=False, sqlite_strict=True)


SCHOOLS: Final = _table(
    "schools",
    Column("vestigingsnummer", _TEXT, primary_key=True),
    Column("name", _TEXT, nullable=False),
    Column("sector", _TEXT, nullable=False),
    Column("onderwijssoort", _TEXT, nullable=False),
    Column("simulated", Integer, CheckConstraint("simulated IN (0, 1)"), nullable=False),
    Column("bevoegd_gezag_nummer", _TEXT),
)

ACCOUNTS: Final = _table(
    "accounts",
    Column("name", _TEXT, primary_key=True),
    Column("vestigingsnummer", _TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("password_hash", _TEXT, nullable=False),
)

AFNAMES: Final = _table(
    "afnames",
    Column("afname_id", _TEXT, primary_key=True),
    Column("vestigingsnummer", _TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", _TEXT, nullable=False),
    Column("edition", _TEXT, nullable=False),
    Column("fingerprint", _TEXT, nullable=False),
    Column("modules", _TEXT, nullable=False),  # their codes as a JSON list
    Column("opened_on", _TEXT, nullable=False),
    Column("closed_on", _TEXT),
    # Destroyed at closing: without it a code can no longer be tried against anything.
    Column("salt", LargeBinary),
    Column("n_responses", Integer, nullable=False),
    Column("n_responses_mac", LargeBinary, nullable=False),
)
Index(
    "one_open_afname",
    AFNAMES.c.vestigingsnummer,
    unique=True,
    sqlite_where=text("closed_on IS NULL"),
    postgresql_where=text("closed_on IS NULL"),
)

STAMGROEPEN: Final = _table(
    "stamgroepen",
    Column("afname_id", _TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("name", _TEXT, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leerjaar", Integer, nullable=False),
    Column("pupils", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("used", Integer, nullable=False),
)

CODES: Final = _table(
    "codes",
    Column("afname_id", _TEXT, primary_key=True),
    Column("code_tag", LargeBinary, primary_key=True),
    Column("stamgroep", _TEXT, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)

# A used code leaves its row in `codes` and comes here under another tag, without its stamgroep.
SPENT_CODES: Final = _table(
    "spent_codes",
    Column("afname_id", _TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("spent_tag", LargeBinary, primary_key=True),
)

DRAFTS: Final = _table(
    "drafts",
    Column("afname_id", _TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("draft_tag", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

RESPONSES: Final = _table(
    "responses",
    Column("afname_id", _TEXT, primary_key=True),
    Column("response_id", LargeBinary, primary_key=True),
    Column("stamgroep", _TEXT, nullable=False),
    Column("answers", _TEXT, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)

EVENTS: Final = _table(
    "events",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("vestigingsnummer", _TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", _TEXT, nullable=False),
    Column("type", _TEXT, nullable=False),
    Column("payload", _TEXT, nullable=False),
    Column("at_utc", _TEXT, nullable=False),
    Column("previous", _TEXT, nullable=False),
    Column("hash", _TEXT, nullable=False),
)
