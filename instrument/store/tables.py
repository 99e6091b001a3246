"""The tables of the store: random keys, no times, no counters; triggers keep what is frozen frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    DDL,
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
    event,
    text,
)

if TYPE_CHECKING:
    from sqlalchemy import ExecutableDDLElement

METADATA: Final = MetaData()


def _table(name: str, *columns: Column[str] | Column[int] | Column[bytes] | ForeignKeyConstraint) -> Table:
    # Without a rowid, which would give away the order in which responses came.
    return Table(name, METADATA, *columns, sqlite_with_rowid=False, sqlite_strict=True)


SCHOOLS: Final = _table(
    "schools",
    Column("vestigingsnummer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("sector", Text, nullable=False),
    Column("onderwijssoort", Text, nullable=False),
    Column("simulated", Integer, CheckConstraint("simulated IN (0, 1)"), nullable=False),
    Column("bevoegd_gezag_nummer", Text),
)

ACCOUNTS: Final = _table(
    "accounts",
    Column("name", Text, primary_key=True),
    Column("vestigingsnummer", Text, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("password_hash", Text, nullable=False),
)

AFNAMES: Final = _table(
    "afnames",
    Column("afname_id", Text, primary_key=True),
    Column("vestigingsnummer", Text, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("modules", Text, nullable=False),  # their codes as a JSON list
    Column("opened_on", Text, nullable=False),
    Column("closed_on", Text),
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
    Column("afname_id", Text, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("leerjaar", Integer, nullable=False),
    Column("pupils", Integer, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("used", Integer, nullable=False),
)

CODES: Final = _table(
    "codes",
    Column("afname_id", Text, primary_key=True),
    Column("code_tag", LargeBinary, primary_key=True),
    Column("stamgroep", Text, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)

# A used code leaves its row in `codes` and comes here under another tag, without its stamgroep.
SPENT_CODES: Final = _table(
    "spent_codes",
    Column("afname_id", Text, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("spent_tag", LargeBinary, primary_key=True),
)

DRAFTS: Final = _table(
    "drafts",
    Column("afname_id", Text, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("draft_tag", LargeBinary, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

RESPONSES: Final = _table(
    "responses",
    Column("afname_id", Text, primary_key=True),
    Column("response_id", LargeBinary, primary_key=True),
    Column("stamgroep", Text, nullable=False),
    Column("answers", Text, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    ForeignKeyConstraint(["afname_id", "stamgroep"], ["stamgroepen.afname_id", "stamgroepen.name"]),
)

EVENTS: Final = _table(
    "events",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("vestigingsnummer", Text, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("at_utc", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

_CLOSED = "SELECT 1 FROM afnames WHERE afname_id = NEW.afname_id AND closed_on IS NOT NULL"


def _ddl(statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect="sqlite")  # type: ignore[no-untyped-call] # SQLAlchemy 2.1


def _trigger(name: str, when: str, *, condition: str = "", message: str) -> None:
    guard = f"WHEN {condition} " if condition else ""
    statement = f"CREATE TRIGGER {name} BEFORE {when} {guard}BEGIN SELECT RAISE(ABORT, '{message}'); END"
    event.listen(METADATA, "after_create", _ddl(statement))


_trigger(
    "responses_of_open_afnames_only",
    "INSERT ON responses",
    condition=f"EXISTS ({_CLOSED})",
    message="the afname is closed",
)
_trigger("responses_stay", "UPDATE ON responses", message="a response is never changed")
_trigger(
    "closed_stays_closed",
    "UPDATE ON afnames",
    condition="OLD.closed_on IS NOT NULL",
    message="a closed afname is never changed",
)
_trigger("events_stay", "UPDATE ON events", message="the ledger is only added to")
_trigger("events_remain", "DELETE ON events", message="the ledger is only added to")
