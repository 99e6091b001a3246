"""The broker: the one process that owns a store; logs no answer, no code and no password."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy.exc import SQLAlchemyError

from instrument.store import stores
from instrument.store.accounts.account_desk import AccountDesk
from instrument.store.accounts.boards import BoardDesk
from instrument.store.accounts.logins import LoginDesk
from instrument.store.accounts.providers import ProviderDesk, ResearchDesk
from instrument.store.backups import Backups, Rounds
from instrument.store.coordinators import CoordinatorDesk
from instrument.store.data_folder import DataFolderError
from instrument.store.dispatch import Dispatch
from instrument.store.frontdesk import FrontDesk
from instrument.store.issuing import Issuing
from instrument.store.keys import Effort, Keys
from instrument.store.ledger.ledger import Ledger
from instrument.store.ledger.ledger_clock import Clock
from instrument.store.ledger.ledger_deliveries import LeveringDesk
from instrument.store.ledger.ledger_desk import LedgerDesk
from instrument.store.listener import Listener
from instrument.store.operators import OperatorDesk
from instrument.store.passes import Passes
from instrument.store.preparation.notes import NoteDesk
from instrument.store.preparation.school_desk import SchoolDesk
from instrument.store.pupils import PupilDesk
from instrument.store.results.results_desk import ResultsDesk
from instrument.store.sessions import (
    AanbiederSession,
    BestuurSession,
    CoordinatorSession,
    OnderzoekerSession,
    OperatorSession,
    PupilSession,
    Sessions,
    VoucherSession,
)
from instrument.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from instrument.questionnaire import Edition
    from instrument.store.data_folder import DataFolder
    from instrument.store.ledger.ledger_rules import Rules
    from instrument.store.results.results_desk import Release

STRETCHERS: Final = max(2, os.cpu_count() or 2)
"""Threads that derive keys from codes: slow on purpose, and so never in the writer's thread."""

log = logging.getLogger("weerglas.broker")


class BrokerRunning(RuntimeError):  # noqa: N818 - it reads as the fact it is
    """Another broker owns this data folder."""


def bundled_edition(code: str) -> Edition:
    """Return an edition of the bundled item bank."""
    from instrument import catalogue  # noqa: PLC0415 - reads question files, which only a running broker needs

    return catalogue.edition(code)


class Broker:
    """Owns the store of a data folder while it is entered: `async with Broker(folder): …`."""

    def __init__(  # noqa: PLR0913 - what a broker is given
        self,
        folder: DataFolder,
        *,
        release: Release | None = None,
        rules: Rules | None = None,
        edition_of: Callable[[str], Edition] = bundled_edition,
        effort: Effort | None = None,
        backup_to: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._folder = folder
        self._rules = rules
        self._clock = clock or Clock()
        self._backup_to = backup_to
        self._release = release
        self._edition_of = edition_of
        self._effort = effort

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.enter_context(_lock(self._folder.lock))
            stretching = stack.enter_context(ThreadPoolExecutor(STRETCHERS, thread_name_prefix="stretcher"))
            writer = await self._writer()
            stack.push_async_callback(writer.close)
            backups = Backups(self._folder, writer)
            backups.tidy(self._backup_to)
            closed = await self._go_rounds(backups, stack)
            results = ResultsDesk(writer, self._release)
            stack.push_async_callback(results.close)
            dispatch = self._dispatch(backups, stretching, results.after(closed), results)
            listener = Listener(self._folder.socket, dispatch.reply)
            await listener.open()
            stack.push_async_callback(listener.close)
            self._stack = stack.pop_all()
        log.info("the broker of %s listens", self._folder.path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, fault, trace)
        log.info("the broker of %s has closed", self._folder.path)

    async def _writer(self) -> Writer:
        writer = Writer(stores.of(self._folder))
        try:
            await writer.open()
        except (stores.StoreFault, SQLAlchemyError) as fault:
            raise DataFolderError(_cannot_be_opened(self._folder, fault)) from fault
        return writer

    async def _go_rounds(self, backups: Backups, stack: AsyncExitStack) -> Callable[[], None]:
        if self._backup_to is None:
            return lambda: None
        rounds = Rounds(backups, self._backup_to)
        going = asyncio.create_task(rounds.go())

        async def stop() -> None:
            going.cancel()
            await asyncio.wait([going])

        stack.push_async_callback(stop)
        return rounds.call

    def _dispatch(
        self,
        backups: Backups,
        stretching: ThreadPoolExecutor,
        closed: Callable[[], None],
        results: ResultsDesk,
    ) -> Dispatch:
        writer = backups.writer
        keys = Keys(self._folder.secret, effort=self._effort)
        sessions = Sessions(self._folder.operator_key, voucher_key=self._folder.voucher_key)
        issuing = Issuing(writer, keys, stretching)
        accounts = AccountDesk(writer, sessions)
        ledger = Ledger(keys.ledger_key, self._clock)
        consent = LedgerDesk(writer, ledger, self._rules)
        notes = NoteDesk(writer)
        front = FrontDesk(writer, keys, sessions, Passes(keys.pass_key), stretching, self._edition_of)
        logins = LoginDesk(writer, sessions, stretching)
        coordinators = CoordinatorDesk(writer, sessions, closed)
        schools = SchoolDesk(writer, keys, issuing, self._edition_of)
        operators = OperatorDesk(writer, keys, issuing, self._edition_of, backups, closed, ledger)
        desks: dict[type, tuple[object, ...]] = {
            PupilSession: (PupilDesk(writer, keys, sessions),),
            CoordinatorSession: (coordinators, results, schools, notes, consent),
            BestuurSession: (BoardDesk(writer, sessions), consent),
            AanbiederSession: (ProviderDesk(writer, sessions, self._folder.simulated), accounts),
            OnderzoekerSession: (ResearchDesk(writer, sessions),),
            OperatorSession: (operators, results, accounts, notes, consent, LeveringDesk(consent)),
            VoucherSession: (logins,),
        }
        return Dispatch(sessions, front=front, logins=logins, desks=desks)


async def run(  # noqa: PLR0913 - what a broker is given
    folder: DataFolder,
    release: Release | None = None,
    *,
    rules: Rules | None = None,
    edition_of: Callable[[str], Edition] = bundled_edition,
    effort: Effort | None = None,
    started: Callable[[], None] | None = None,
    backup_to: Path | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, or until cancelled; then answer what waits and close the store.

    With `backup_to`, a folder that is there, backups are kept in it while an afname is open.
    """
    stop = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Broker(
        folder, release=release, rules=rules, edition_of=edition_of, effort=effort, backup_to=backup_to
    ):
        if started is not None:
            started()
        await stop.wait()


@contextmanager
def running(  # noqa: PLR0913 - what a broker is given
    folder: DataFolder,
    *,
    release: Release | None = None,
    rules: Rules | None = None,
    edition_of: Callable[[str], Edition] = bundled_edition,
    effort: Effort | None = None,
    backup_to: Path | None = None,
    clock: Clock | None = None,
) -> Iterator[None]:
    """Run a broker in a thread of this process for the duration; raises `BrokerRunning` beside another."""
    background = _Background(
        Broker(
            folder,
            release=release,
            rules=rules,
            edition_of=edition_of,
            effort=effort,
            backup_to=backup_to,
            clock=clock,
        )
    )
    background.start()
    try:
        yield
    finally:
        background.stop()


class _Background:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._settled = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._settled.wait()
        if self._fault is not None:
            raise self._fault

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as fault:  # noqa: BLE001 - raised again in the thread that started this one
            self._fault = fault
        finally:
            self._settled.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self._broker:
            self._settled.set()
            await self._stop.wait()


def _cannot_be_opened(folder: DataFolder, fault: Exception) -> str:
    if folder.database is None:
        return f"{folder.store}: cannot be opened ({type(fault).__name__}); restore it from a backup"
    if isinstance(fault, stores.StoreFault):
        return str(fault)
    return f"{folder.database}: does not answer ({type(fault).__name__}); start it, and check the password"


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BrokerRunning(
                f"{path.parent}: another broker has this data folder; stop it, or use it"
            ) from None
        yield
