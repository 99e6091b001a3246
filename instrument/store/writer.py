"""The writer: one thread and one connection for all that is asked of the store; commits, then answers."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from instrument.store import sqlite
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

T = TypeVar("T")

MOST_WAITING: Final = 20_000
"""Requests that may wait; more are refused at once, so that memory and patience have a bound."""

log = logging.getLogger("weerglas.broker")


class Erase(IntEnum):
    """What must be gone from the disk before a request is answered."""

    NOTHING = 0
    FROM_LOG = 1
    """Deleted rows: empty the write-ahead log."""
    FROM_STORE = 2
    """Also the order in which rows came: write the store anew."""


@dataclass(frozen=True, slots=True)
class _Request:
    operation: Callable[[Connection], Any]
    erase: Erase
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Failure:
    fault: Exception


class Writer:
    """Runs operations in the order of asking; all that wait together share one transaction and one commit."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._engine = sqlite.engine(path)
        self._waiting: list[_Request] = []
        self._committing: asyncio.Task[None] | None = None
        self._left_to_erase = Erase.NOTHING

    async def open(self) -> None:
        """Open the store, check that it is whole, and erase what an interrupted run left behind."""
        self._connection = await self._in_thread(self._engine.connect)
        await self._in_thread(sqlite.check, self._connection)
        await self._in_thread(self._erase, Erase.FROM_STORE)

    async def run(self, operation: Callable[[Connection], T], *, erase: Erase = Erase.NOTHING) -> T:
        """Return what an operation returned, after its commit; raises what it raised, its writes undone."""
        if len(self._waiting) >= MOST_WAITING:
            raise Refused("busy")
        request = _Request(operation, erase, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        # Shielded, for a caller that goes away must not take the answer from the batch.
        outcome: T = await asyncio.shield(request.answer)
        return outcome

    async def close(self) -> None:
        """Finish what waits, empty the log and close the store."""
        while self._committing is not None:
            await asyncio.wait([self._committing])
        await self._in_thread(sqlite.truncate_log, self._connection)
        await self._in_thread(self._connection.close)
        self._thread.shutdown()

    async def _commit_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                outcomes = await self._in_thread(self._commit, batch)
                for request, outcome in zip(batch, outcomes, strict=True):
                    _answer(request, outcome)
        finally:
            self._committing = None

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _commit(self, batch: list[_Request]) -> list[Any]:
        try:
            with self._connection.begin():
                outcomes = [self._attempt(request) for request in batch]
        except Exception as fault:  # noqa: BLE001 - whatever happens, each request gets its answer
            # The disk is full, or worse: SQLite may have undone everything, so nobody's request was kept.
            log.error("a batch of %d was not saved: %s", len(batch), type(fault).__name__)  # noqa: TRY400 - no values
            return [_Failure(Refused("not_saved")) for _ in batch]
        self._erase(max(request.erase for request in batch))
        return outcomes

    def _attempt(self, request: _Request) -> Any:  # noqa: ANN401 - whatever the operation returns
        # In words of SQL, for SQLAlchemy's own nested transaction costs more than a pupil's whole answer.
        self._connection.exec_driver_sql("SAVEPOINT request")
        try:
            outcome = request.operation(self._connection)
        except SQLAlchemyError as fault:
            if not isinstance(fault, IntegrityError):
                raise
            return self._undo(fault)
        except Exception as fault:  # noqa: BLE001 - one request's fault is not its neighbours'
            return self._undo(fault)
        self._connection.exec_driver_sql("RELEASE SAVEPOINT request")
        return outcome

    def _undo(self, fault: Exception) -> _Failure:
        self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT request")
        self._connection.exec_driver_sql("RELEASE SAVEPOINT request")
        return _Failure(fault)

    def _erase(self, wanted: Erase) -> None:
        self._left_to_erase = max(wanted, self._left_to_erase)
        try:
            if self._left_to_erase is Erase.FROM_STORE:
                sqlite.rewrite(self._connection)
            elif self._left_to_erase is Erase.FROM_LOG:
                sqlite.truncate_log(self._connection)
        except sqlite.DriverError as fault:
            # Committed all the same; the next batch tries again, and so does the next start.
            log.error("deleted rows are not erased yet: %s", type(fault).__name__)  # noqa: TRY400 - no values
            return
        self._left_to_erase = Erase.NOTHING


def _answer(request: _Request, outcome: Any) -> None:  # noqa: ANN401 - whatever the operation returned
    if request.answer.done():
        return
    if isinstance(outcome, _Failure):
        request.answer.set_exception(outcome.fault)
    else:
        request.answer.set_result(outcome)
