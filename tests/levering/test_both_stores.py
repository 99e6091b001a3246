"""A whole course on each store in turn: SQLite, and a PostgreSQL that the tests start."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from instrument.store import stores
from tests.levering.office import Moment, closed_afname, office, schools

if TYPE_CHECKING:
    from tests.store.conftest import Ground


def test_a_whole_course_on_either_store(ground: Ground) -> None:
    """Agree, change, withdraw, agree, deliver: the same events, one chain, one parcel, a frozen outbox."""
    moment = Moment()
    with office(ground.folder, moment) as at:
        closed_afname(at.operator, schools(1)[0])
        at.give()
        at.give(doorleverniveau="onderwijssoort")
        at.withdraw()
        at.give()
        moment.now = datetime(2027, 4, 1, 8, tzinfo=UTC)
        assert at.run().refused == []
        assert at.types() == [
            "gegeven", "gewijzigd", "ingetrokken", "gegeven", "levering_gestart", "geleverd",
        ]  # fmt: skip
        assert at.ledger.faults(at.ledger.records()) == []
        assert at.operator.verify()["sound"] is True
        assert len(list((ground.folder.path / "levering").iterdir())) == 1
    with stores.of(ground.folder).engine().connect() as connection:
        with pytest.raises(IntegrityError, match="sent once"):
            connection.execute(text("UPDATE outbox SET sent_at = NULL WHERE kind = 'levering'"))
        connection.rollback()
