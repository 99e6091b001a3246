"""The writer: one thread and one connection for all that is asked of the store; commits, then answers."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from instrument.store.eraser import AGAIN, Eraser
from instrument.store.refusals import Refused
from instrument.store.stores import EVERYTHING, NOTHING, Erase

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from instrument.store.stores import Store

T = TypeVar("T")

MOST_WAITING: Final = 20_000
"""Requests that may wait; more are refused at once, so that memory and patience have a bound."""
TRIES: Final = 3
"""How often a batch is begun that lost its connection, or its turn to another broker, before its commit."""

_OWN_FAULTS: Final = (IntegrityError, DataError)
"""What the store holds against one request, and not against its neighbours."""

log = logging.getLogger("weerglas.broker")


@dataclass(frozen=True, slots=True)
class _Request:
    operation: Callable[[Connection], Any]
    touches: str
    erase: Erase
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Failure:
    fault: Exception


class _Untidy(Exception):  # noqa: N818 - it reads as the fact it is
    """A request failed, and may have written something before: the batch is run again, carefully."""


class Writer:
    """Runs operations in the order of asking; all that wait together share one transaction and one commit."""

    def __init__(self, store: Store) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._store = store
        self._engine = store.engine()
        self._waiting: list[_Request] = []
        self._committing: asyncio.Task[None] | None = None
        self._eraser = Eraser(store)
        self._again: asyncio.TimerHandle | None = None

    @property
    def store_name(self) -> str:
        """Product and version of the store."""
        return self._store.name

    async def open(self) -> None:
        """Open the store, check that it is whole, and erase what an interrupted run left behind."""
        self._connection = await self._in_thread(self._engine.connect)
        await self._in_thread(self._store.check, self._connection)
        owed = await self._in_thread(self._store.owed, self._connection)
        await self._in_thread(self._eraser.after, self._connection, owed, frozenset())
        self._look_again()

    async def run(
        self,
        operation: Callable[[Connection], T],
        *,
        touches: str = EVERYTHING,
        erase: Erase = Erase.NOTHING,
    ) -> T:
        """Return what an operation returned, after its commit; raises what it raised, its writes undone.

        `touches` is the afname_id of what it changes, or `NOTHING` where it only reads: other brokers of
        the same store go on beside it. What says neither has the store to itself.
        """
        if len(self._waiting) >= MOST_WAITING:
            raise Refused("busy")
        request = _Request(operation, touches, erase, asyncio.get_running_loop().create_future())
        self._waiting.append(request)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())
        # Shielded, for a caller that goes away must not take the answer from the batch.
        outcome: T = await asyncio.shield(request.answer)
        return outcome

    async def back_up(self, file: Path) -> None:
        """Write everything up to the last commit to a new file."""
        if self._store.is_shared:
            await asyncio.to_thread(self._store.back_up, file)
        else:  # a reader beside it would keep the log from being emptied; a school's store takes moments
            await self._in_thread(self._store.back_up, file)

    async def close(self) -> None:
        """Finish what waits, empty the log and close the store."""
        if self._again is not None:
            self._again.cancel()
        while self._committing is not None:
            await asyncio.wait([self._committing])
        await self._in_thread(self._leave)
        self._thread.shutdown()

    def _look_again(self) -> None:
        # For what is left to erase when nobody asks anything any more.
        if self._eraser.left is not Erase.NOTHING and self._again is None:
            self._again = asyncio.get_running_loop().call_later(AGAIN, self._erase_what_is_left)

    def _erase_what_is_left(self) -> None:
        self._again = None
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all())

    async def _commit_all(self) -> None:
        try:
            if not self._waiting:
                await self._in_thread(self._eraser.after, self._connection, Erase.NOTHING, frozenset())
            while self._waiting:
                batch, self._waiting = self._waiting, []
                outcomes = await self._in_thread(self._commit, batch)
                for request, outcome in zip(batch, outcomes, strict=True):
                    _answer(request, outcome)
        finally:
            self._committing = None
            self._look_again()

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _commit(self, batch: list[_Request]) -> list[Any]:
        touched = frozenset(request.touches for request in batch) - {NOTHING}
        erase = max(request.erase for request in batch)
        try:
            outcomes = self._attempt_all(batch, touched, erase)
            self._connection.commit()
        except Exception as fault:  # noqa: BLE001 - whatever happens, each request gets its answer
            # The disk is full, the database away, or worse: everything may be undone, so nothing was kept.
            log.error("a batch of %d was not saved: %s", len(batch), type(fault).__name__)  # noqa: TRY400 - no values
            self._roll_back()
            return [_Failure(Refused("not_saved")) for _ in batch]
        self._eraser.after(self._connection, erase, touched)
        return outcomes

    def _attempt_all(self, batch: list[_Request], touched: frozenset[str], erase: Erase) -> list[Any]:
        attempt, tries = _plainly, 0
        while True:
            try:
                self._connection.begin()
                self._store.take(self._connection, touched, erase)
                return [attempt(self._connection, request) for request in batch]
            except _Untidy:
                attempt = _carefully
            except SQLAlchemyError as fault:
                tries += 1
                if tries >= TRIES or not self._store.may_try_again(fault):
                    raise
                log.warning("a batch of %d is tried again: %s", len(batch), type(fault).__name__)
            self._roll_back()

    def _leave(self) -> None:
        try:
            self._store.settle(self._connection)
        except Exception as fault:  # noqa: BLE001 - all is committed; the next start settles it
            log.error("the store was not settled: %s", type(fault).__name__)  # noqa: TRY400 - no values
        self._connection.close()

    def _roll_back(self) -> None:
        try:
            self._connection.rollback()
        except SQLAlchemyError:  # the connection is lost, and the next batch makes a new one
            self._connection.invalidate()


def _plainly(connection: Connection, request: _Request) -> Any:  # noqa: ANN401 - whatever the operation returns
    """Run a request as most of them go: without a fault, or without anything written before it."""
    try:
        return request.operation(connection)
    except SQLAlchemyError as fault:
        if isinstance(fault, _OWN_FAULTS):
            raise _Untidy from fault
        raise
    except Exception as fault:
        if request.touches != NOTHING:
            raise _Untidy from fault
        return _Failure(fault)


def _carefully(connection: Connection, request: _Request) -> Any:  # noqa: ANN401 - whatever the operation returns
    """Run a request so that what it wrote before its fault is undone, and nothing of its neighbours."""
    # In words of SQL, for SQLAlchemy's own nested transaction costs more than a pupil's whole answer.
    connection.exec_driver_sql("SAVEPOINT request")
    try:
        outcome = request.operation(connection)
    except Exception as fault:
        if isinstance(fault, SQLAlchemyError) and not isinstance(fault, _OWN_FAULTS):
            raise
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT request")
        outcome = _Failure(fault)
    connection.exec_driver_sql("RELEASE SAVEPOINT request")
    return outcome


def _answer(request: _Request, outcome: Any) -> None:  # noqa: ANN401 - whatever the operation returned
    if request.answer.done():
        return
    if isinstance(outcome, _Failure):
        request.answer.set_exception(outcome.fault)
    else:
        request.answer.set_result(outcome)
