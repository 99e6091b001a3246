"""Every table of the store: whoever makes or checks a whole store takes `METADATA` from here."""

from __future__ import annotations

from instrument.store.ledger import ledger_tables
from instrument.store.preparation import note_tables, school_tables
from instrument.store.results import release_tables
from instrument.store.tables import METADATA

__all__ = ["METADATA", "ledger_tables", "note_tables", "release_tables", "school_tables"]
