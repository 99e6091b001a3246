"""The words that a school put in the place of ours: a letter, an instruction, a reminder; one per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, insert, select

from instrument.store.preparation.school_tables import LETTERS

if TYPE_CHECKING:
    from sqlalchemy import Connection

KINDS: Final = ("ouders", "leerkracht", "herinnering")
LONGEST: Final = 6_000
"""Signs; two pages of a letter."""


def read(connection: Connection, vestigingsnummer: str) -> dict[str, str]:
    """Return the texts that a school changed, by kind."""
    rows = connection.execute(select(LETTERS).where(LETTERS.c.vestigingsnummer == vestigingsnummer))
    return {row.kind: row.text for row in rows}


def keep(connection: Connection, vestigingsnummer: str, kind: str, text: str) -> None:
    """Keep one text; an empty one gives ours back."""
    here = (LETTERS.c.vestigingsnummer == vestigingsnummer) & (LETTERS.c.kind == kind)
    connection.execute(delete(LETTERS).where(here))
    if text.strip():
        fields = {"vestigingsnummer": vestigingsnummer, "kind": kind, "text": text}
        connection.execute(insert(LETTERS).values(fields))


def kind(given: str) -> str:
    """Return the kind of a request; raises `ValueError`."""
    if given not in KINDS:
        raise ValueError(f"use one of: {', '.join(KINDS)}")
    return given


def text(given: str) -> str:
    """Return the text of a request; raises `ValueError`."""
    if not isinstance(given, str) or len(given) > LONGEST or "\0" in given:
        raise ValueError(f"give a text of at most {LONGEST} signs")
    given.encode()  # half a surrogate pair raises a ValueError of its own
    return given
