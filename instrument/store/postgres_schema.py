"""What PostgreSQL needs beside the tables: the same frozen rows as in SQLite, and no samples of secrets."""

from __future__ import annotations

from typing import Final

SECRETS: Final = {
    "afnames": ("salt",),
    "codes": ("code_tag",),
    "spent_codes": ("spent_tag",),
    "drafts": ("draft_tag", "sealed"),
    "responses": ("response_id", "answers", "mac"),
    "accounts": ("password_hash",),
    "invitations": ("token_hash",),
}
"""Columns of which the planner's statistics would keep samples long after the rows are gone."""

# A TRUNCATE passes the triggers of rows by, as REPLACE would in SQLite.
_TRIGGERS: Final = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
END $$

CREATE FUNCTION refuse_if_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM afnames WHERE afname_id = NEW.afname_id AND closed_on IS NOT NULL) THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = TG_ARGV[0];
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER responses_of_open_afnames_only BEFORE INSERT ON responses FOR EACH ROW
EXECUTE FUNCTION refuse_if_closed('the afname is closed')

CREATE TRIGGER responses_stay BEFORE UPDATE ON responses FOR EACH ROW
EXECUTE FUNCTION refuse('a response is never changed')

CREATE TRIGGER responses_remain BEFORE TRUNCATE ON responses
EXECUTE FUNCTION refuse('a response is never changed')

CREATE TRIGGER closed_stays_closed BEFORE UPDATE ON afnames FOR EACH ROW WHEN (OLD.closed_on IS NOT NULL)
EXECUTE FUNCTION refuse('a closed afname is never changed')

CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events FOR EACH ROW
EXECUTE FUNCTION refuse('the ledger is only added to')

CREATE TRIGGER events_remain BEFORE TRUNCATE ON events
EXECUTE FUNCTION refuse('the ledger is only added to')
""".strip().split("\n\n")

STATEMENTS: Final = (
    *_TRIGGERS,
    *(
        f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0"
        for table, columns in SECRETS.items()
        for column in columns
    ),
    # A draft is written anew at each answer: half empty pages take the new one beside the old.
    "ALTER TABLE drafts SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05)",
    # One row for each closing whose traces are not erased yet; see `postgres.Store.owed`.
    "CREATE TABLE erasures (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
)
"""In the order in which they are run, behind the tables."""
