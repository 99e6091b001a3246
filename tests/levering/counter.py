"""The desks of the broker without a broker: each request at once, on one connection, under one clock."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from export.levering.rulings import RULES
from instrument.afname import Afname, Stamgroep
from instrument.store import afnames, schools, sqlite
from instrument.store.keys import Effort, Keys
from instrument.store.ledger import ledger, ledger_chain, outbox
from instrument.store.ledger.ledger import Ledger
from instrument.store.ledger.ledger_clock import Clock
from instrument.store.ledger.ledger_deliveries import LeveringDesk
from instrument.store.ledger.ledger_desk import LedgerDesk
from instrument.store.requests import Request
from instrument.store.sessions import BestuurSession, OperatorSession
from tests.levering.office import BOARD, EDITION

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from sqlalchemy import Connection

    from instrument.school import School, Schooljaar
    from tests.levering.office import Moment

KEYS: Final = Keys(b"t" * 32, effort=Effort(8, 1))
BOB: Final = BestuurSession("bob", BOARD)


@dataclass
class Counter:
    """Where every request is answered at once, as the writer of a broker would."""

    connection: Connection
    moment: Moment
    desk: LedgerDesk = field(init=False)
    deliveries: LeveringDesk = field(init=False)

    def __post_init__(self) -> None:
        book = Ledger(KEYS.ledger_key, Clock(self.moment, steady=None))
        self.desk = LedgerDesk(_Writer(self.connection), book, RULES)  # type: ignore[arg-type]
        self.deliveries = LeveringDesk(self.desk)

    def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Ask as the operator, or for an akkoord as the bestuur."""
        session = BOB if op == "give_akkoord" else OperatorSession()
        desk = self.desk if hasattr(LedgerDesk, op) else self.deliveries
        return _at_once(getattr(desk, op)(session, Request(op, "", fields)))

    def records(self) -> list[dict[str, Any]]:
        return [dict(record) for record in ledger.page(self.connection, after=0, limit=1_000_000)]

    def head(self) -> str:
        return str(self.desk.ledger.head(self.connection))

    def faults(self) -> list[Any]:
        return list(ledger_chain.faults(self.records(), KEYS.ledger_key.public_key()))

    def pending(self) -> list[outbox.Item]:
        return outbox.pending(self.connection)


class _Writer:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def run(self, operation: Callable[[Connection], Any], **_: Any) -> Any:
        with self._connection.begin_nested():
            return operation(self._connection)


def _at_once(work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    try:
        work.send(None)
    except StopIteration as done:
        answer: dict[str, Any] = done.value
        return answer
    raise AssertionError("a desk waited")


def template(path: Path, found: dict[School, bool | None], year: Schooljaar) -> None:
    """Make a store with schools: with a closed afname (True), an open one (False) or none."""
    from instrument import editions  # noqa: PLC0415 - only here

    sqlite.create(path)
    with sqlite.engine(path).begin() as connection:
        for school, is_closed in found.items():
            schools.add(connection, school)
            if is_closed is None:
                continue
            begun = date(year.first, 9, 6)
            new = Afname(
                "", school.vestigingsnummer, year, EDITION.code, editions.fingerprint(EDITION),
                (Stamgroep("6a", 6, 20),), begun,
            )  # fmt: skip
            opened = afnames.add(connection, new, KEYS)
            if is_closed:
                afnames.close(connection, opened, date(year.first, 9, 20))


def opened(source: Path, copy: Path, moment: Moment) -> tuple[Counter, Connection]:
    """Return a counter on a copy of a template, in one transaction that is never committed."""
    shutil.copyfile(source, copy)
    connection = sqlite.engine(copy).connect()
    connection.begin()
    return Counter(connection, moment), connection
