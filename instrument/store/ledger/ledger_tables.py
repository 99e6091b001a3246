"""Tables of the ledger of toestemming and of what is to be sent; the database itself keeps both add-only."""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL, Column, ForeignKey, Index, Integer, LargeBinary, event

from instrument.store.tables import TEXT, table

EVENTS: Final = table(
    "events",
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("type", TEXT, nullable=False),
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", TEXT, nullable=False),
    Column("actor", TEXT, nullable=False),
    Column("role", TEXT, nullable=False),
    Column("level", TEXT),
    Column("date", TEXT),
    Column("at_utc", TEXT, nullable=False),
    Column("at_local", TEXT, nullable=False),
    Column("request_id", TEXT, nullable=False),
    Column("payload", TEXT, nullable=False),
    Column("previous", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    Column("signature", TEXT, nullable=False),
)
Index("events_of_vestiging", EVENTS.c.vestigingsnummer, EVENTS.c.seq)
Index("one_event_per_request", EVENTS.c.request_id, unique=True)

OUTBOX: Final = table(
    "outbox",
    # Content-named, or a mail's Message-ID: what is put out twice is one row.
    Column("item_id", TEXT, primary_key=True),
    Column("kind", TEXT, nullable=False),
    Column("purpose", TEXT, nullable=False),
    Column("vestigingsnummer", TEXT, ForeignKey("schools.vestigingsnummer"), nullable=False),
    Column("schooljaar", TEXT, nullable=False),
    Column("seq", Integer, ForeignKey("events.seq")),
    # Of a levering its packed files, until they were received; of a mail nothing: it is written when sent.
    Column("content", LargeBinary),
    Column("made_at", TEXT, nullable=False),
    Column("sent_at", TEXT),
    Column("receipt", TEXT),
)
Index("outbox_pending", OUTBOX.c.sent_at, OUTBOX.c.item_id)

_ONLY_ADDED: Final = "the ledger is only added to"
_SENT_ONCE: Final = "what was put out stays, and is marked as sent once"

# Beside the triggers of the store: these also stop a REPLACE where recursive triggers are off.
_SQLITE: Final = {
    EVENTS: (
        f"""CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
BEGIN SELECT RAISE(ABORT, '{_ONLY_ADDED}'); END""",  # noqa: S608 - our own words
    ),
    OUTBOX: (
        f"""CREATE TRIGGER outbox_remains BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, '{_SENT_ONCE}'); END""",
        f"""CREATE TRIGGER outbox_is_sent_once BEFORE UPDATE ON outbox
WHEN OLD.sent_at IS NOT NULL OR NEW.item_id <> OLD.item_id OR NEW.seq IS NOT OLD.seq
BEGIN SELECT RAISE(ABORT, '{_SENT_ONCE}'); END""",
    ),
}
_POSTGRES: Final = {
    EVENTS: (
        f"""CREATE FUNCTION events_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events) THEN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_ONLY_ADDED}';
  END IF;
  RETURN NEW;
END $$""",  # noqa: S608 - our own words
        """CREATE TRIGGER events_follow BEFORE INSERT ON events FOR EACH ROW
EXECUTE FUNCTION events_follow()""",
    ),
    OUTBOX: (
        f"""CREATE FUNCTION outbox_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{_SENT_ONCE}';
END $$""",
        """CREATE TRIGGER outbox_remains BEFORE DELETE OR TRUNCATE ON outbox
EXECUTE FUNCTION outbox_stays()""",
        """CREATE TRIGGER outbox_is_sent_once BEFORE UPDATE ON outbox FOR EACH ROW
WHEN (OLD.sent_at IS NOT NULL OR NEW.item_id <> OLD.item_id OR NEW.seq IS DISTINCT FROM OLD.seq)
EXECUTE FUNCTION outbox_stays()""",
    ),
}

for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRES)):
    for _table, _texts in _statements.items():
        for _text in _texts:
            event.listen(_table, "after_create", DDL(_text).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
