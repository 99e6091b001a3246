"""Tables of what was released: frozen figures, means that other schools lie beside, and who was told what.

The database itself keeps all of them add-only: a figure that was told cannot be untold.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Column, ForeignKey, Integer, Table, event

from instrument.store.tables import TEXT, table


def _of_afname() -> Column[str]:
    return Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True)


SNAPSHOTS: Final = table("snapshots", _of_afname(), Column("sha256", TEXT, nullable=False))

# apart, for a table of 7,500 documents is slow to look through for its keys
SNAPSHOT_DOCUMENTS: Final = table(
    "snapshot_documents", _of_afname(), Column("document", TEXT, nullable=False)
)

SCHOOL_MEANS: Final = table(
    "school_means",
    _of_afname(),
    Column("indicator", TEXT, primary_key=True),
    Column("tenths", Integer, nullable=False),
    Column("n_valid", Integer, nullable=False),
    Column("n_stamgroepen", Integer, nullable=False),
    Column("low", Integer, nullable=False),
    Column("high", Integer, nullable=False),
)

RELEASES: Final = table(
    "releases",
    _of_afname(),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("unit", TEXT, nullable=False),
    Column("what", TEXT, nullable=False),
    Column("audience", TEXT, nullable=False),
    Column("sha256", TEXT, nullable=False),
)

_STAYS: Final = "what was released stays released"


def _keep(kept: Table) -> None:
    name, refused = kept.name, f"BEGIN SELECT RAISE(ABORT, '{_STAYS}'); END"
    sqlite = [
        f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {name} {refused}"
        for verb in ("UPDATE", "DELETE")
    ]
    # also where recursive triggers are off, and a REPLACE would pass the trigger on DELETE by
    there = f"SELECT 1 FROM {name} WHERE {_same_key(kept)}"  # noqa: S608 - our own words
    sqlite.append(f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {name} WHEN EXISTS ({there}) {refused}")
    stay = f"""CREATE FUNCTION {name}_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_STAYS}'; END $$"""
    trigger = f"""CREATE TRIGGER {name}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}
EXECUTE FUNCTION {name}_stay()"""
    postgres = [stay, trigger]
    for dialect, texts in (("sqlite", sqlite), ("postgresql", postgres)):
        for text in texts:
            event.listen(kept, "after_create", DDL(text).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def _same_key(kept: Table) -> str:
    return " AND ".join(f"{column.name} = NEW.{column.name}" for column in kept.primary_key)


for _table in (SNAPSHOTS, SNAPSHOT_DOCUMENTS, SCHOOL_MEANS, RELEASES):
    _keep(_table)
