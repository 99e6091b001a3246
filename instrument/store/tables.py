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
TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")


def table(
    name: str, *columns: Column[str] | Column[int] | Column[bytes] | ForeignKeyConstraint | CheckConstraint
) -> Table:
    """Return a table of the store, without a rowid: that would give away the order in which rows came."""
    return Table(name, METADATA, *columns, sqlite_with_rowid=False, sqlite_strict=True)


SCHOOLS: Final = table(
    "schools",
    Column("vestigingsnummer", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("sector", TEXT, nullable=False),
    Column("onderwijssoort", TEXT, nullable=False),
    Column("simulated", Integer, CheckConstraint("simulated IN (0, 1)"), nullable=False),
    Column("bevoegd_gezag_nummer", TEXT),
)

AFNAMES: Final = table(
    "afnames",
    Column("afname_id", TEXT, primary_key=True),
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", TEXT, nullable=False),
    Column("edition", TEXT, nullable=False),
    Column("fingerprint", TEXT, nullable=False),
    Column("modules", TEXT, nullable=False),  # their codes as a JSON list
    Column("opened_on", TEXT, nullable=False),
    Column("closed_on", TEXT),
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

STAMGROEPEN: Final = table(
    "stamgroepen",
    Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("name", TEXT, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leerjaar", Integer, nullable=False),
    Column("pupils", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("used", Integer, nullable=False),
)

CODES: Final = table(
    "codes",
    Column("afname_id", TEXT, primary_key=True),
    Column("code_tag", LargeBinary, primary_key=True),
    Column("stamgroep", TEXT, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)

# A used code leaves its row in `codes` and comes here under another tag, without its stamgroep.
SPENT_CODES: Final = table(
    "spent_codes",
    Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("spent_tag", LargeBinary, primary_key=True),
)

DRAFTS: Final = table(
    "drafts",
    Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("draft_tag", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

RESPONSES: Final = table(
    "responses",
    Column("afname_id", TEXT, primary_key=True),
    Column("response_id", LargeBinary, primary_key=True),
    Column("stamgroep", TEXT, nullable=False),
    Column("answers", TEXT, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)
