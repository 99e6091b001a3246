"""The table of notes: what a school concluded from an afname, for itself; never part of a delivery."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey

from instrument.store.tables import TEXT, table

NOTES: Final = table(
    "notes",
    Column("afname_id", TEXT, ForeignKey("afnames.afname_id"), primary_key=True),
    Column("text", TEXT, nullable=False),
)
