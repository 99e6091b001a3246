"""Hands out the results of closed afnamen: frozen the first time, and recorded in the same transaction."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from instrument.school import Schooljaar, check_vestigingsnummer
from instrument.store import afnames, responses, schools
from instrument.store.refusals import Refused
from instrument.store.results import releases
from instrument.store.results.peers import PeerMeans, Peers, Pooling, number_of_means, page_of_peers
from instrument.store.stores import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from instrument.afname import Afname
    from instrument.school import School
    from instrument.store.requests import Request
    from instrument.store.responses import ResponseRow
    from instrument.store.results.releases import Document, Told
    from instrument.store.sessions import CoordinatorSession, OperatorSession
    from instrument.store.writer import Writer


AT_ONCE: Final = 50
"""Other schools frozen while a coordinator waits: a second. The rest is left to `freeze_waiting`."""

log = logging.getLogger("weerglas.broker")


class Release(Protocol):
    """What may be told of a closed afname: a document that the gate let through."""

    def __call__(self, school: School, afname: Afname, rows: list[ResponseRow], /) -> Document:
        """Return the document; it is frozen, and what it is made of is not asked again (D1)."""


@runtime_checkable
class Results(Pooling, Protocol):
    """A release that heeds what was told before, and sets frozen figures beside those of others."""

    def __call__(
        self, school: School, afname: Afname, rows: list[ResponseRow], /, *, history: Sequence[Told] = ()
    ) -> Document:
        """Return the document; `history` names unit and question of everything ever told (D3)."""

    def beside(
        self,
        figures: Document,
        *,
        previous: tuple[str, Mapping[str, Document]] | None,
        pools: Mapping[str, tuple[Any, Document | None]],
        releases: int,
    ) -> Document:
        """Return frozen figures with last year, other schools and the number of releases beside them.

        With each pool stands the mean that the school itself has in it.
        """


@dataclass(slots=True)
class ResultsDesk:
    """Answers results to a coordinator, and results_of to an operator; computes in threads of its own."""

    writer: Writer
    release: Release | None
    _peers: dict[Peers, PeerMeans] = field(default_factory=dict, init=False)
    _freezing: asyncio.Task[None] | None = field(default=None, init=False)
    _unfrozen: set[str] = field(default_factory=set, init=False)

    async def results(self, session: CoordinatorSession, _request: Request) -> dict[str, Any]:
        """Return what is released of the latest afname of the own vestiging, once it is closed."""

        def find(connection: Connection) -> Afname:
            afname = afnames.latest(connection, session.vestigingsnummer)
            if afname is None:
                raise Refused("no_afname")
            return afname

        return await self._of(await self.writer.run(find, touches=NOTHING), audience="coordinator")

    async def results_of(self, _session: OperatorSession, request: Request) -> dict[str, Any]:
        """Return what is released of the latest afname of a vestiging in a schooljaar."""
        vestigingsnummer = request.parsed("vestigingsnummer", check_vestigingsnummer)
        schooljaar = request.parsed("schooljaar", Schooljaar.parse)

        def find(connection: Connection) -> Afname:
            afname = afnames.latest(connection, vestigingsnummer, schooljaar=schooljaar)
            if afname is None:
                raise Refused("no_afname")
            return afname

        return await self._of(await self.writer.run(find, touches=NOTHING), audience="operator")

    def after(self, closed: Callable[[], None]) -> Callable[[], None]:
        """Return what to call when an afname was closed: `closed`, and then its figures are frozen."""

        def both() -> None:
            closed()
            self.freeze_waiting()

        return both

    def freeze_waiting(self) -> None:
        """Freeze in the background what was closed and not looked at, so that it stands beside others."""
        if self.release is not None and (self._freezing is None or self._freezing.done()):
            self._freezing = asyncio.create_task(self._freeze_all())

    async def close(self) -> None:
        """Leave what is not frozen yet for another time."""
        if self._freezing is not None:
            self._freezing.cancel()
            await asyncio.wait([self._freezing])

    async def _of(self, afname: Afname, *, audience: str) -> dict[str, Any]:
        if self.release is None:
            raise Refused("no_release")
        if afname.is_open:
            raise Refused("afname_open")
        await self._freeze(afname.afname_id)
        if not isinstance(self.release, Results):
            return (await self._hand_out(afname.afname_id, audience)).document
        previous = await self._previous(afname)
        await self._freeze_some(AT_ONCE)
        peers = await self._peers_of(afname)
        pools = await asyncio.to_thread(peers.pools_for, afname.vestigingsnummer, self.release)
        handed = await self._hand_out(afname.afname_id, audience)
        return await asyncio.to_thread(
            self.release.beside, handed.document, previous=previous, pools=pools, releases=handed.number
        )

    async def _hand_out(self, afname_id: str, audience: str) -> _Handed:
        """Read, record and commit together: nothing is handed out that the ledger does not hold."""

        def hand_out(connection: Connection) -> _Handed:
            found = releases.frozen(connection, afname_id)
            if found is None:
                raise Refused("no_release")
            told = releases.told(found.document)
            number = releases.record(connection, afname_id, told=told, audience=audience, sha256=found.sha256)
            return _Handed(found.document, number)

        return await self.writer.run(hand_out, touches=afname_id)

    async def _previous(self, afname: Afname) -> tuple[str, Mapping[str, Document]] | None:
        before = await self.writer.run(partial(releases.earlier, afname=afname), touches=NOTHING)
        if before is None or not await self._froze(before):
            return None
        means = await self.writer.run(partial(releases.means_of, afname_id=before), touches=NOTHING)
        return str(Schooljaar(afname.schooljaar.first - 1)), means

    async def _freeze(self, afname_id: str) -> None:
        def look(connection: Connection) -> _Unfrozen | None:
            found = releases.frozen(connection, afname_id)
            return _Unfrozen.read(connection, afname_id) if found is None else None

        unfrozen = await self.writer.run(look, touches=NOTHING)
        if unfrozen is not None:
            # In a thread of its own: computing a mean must not keep pupils from saving.
            document = await asyncio.to_thread(self._figures, unfrozen)
            freeze = partial(releases.freeze, afname_id=afname_id, document=document)
            await self.writer.run(freeze, touches=afname_id)

    def _figures(self, found: _Unfrozen) -> Document:
        if isinstance(self.release, Results):
            return self.release(found.school, found.afname, found.rows, history=found.history)
        if self.release is None:
            raise Refused("no_release")
        return self.release(found.school, found.afname, found.rows)

    async def _froze(self, afname_id: str) -> bool:
        """Freeze an afname that was not asked for; where that fails, it stands beside nobody."""
        try:
            await self._freeze(afname_id)
        except Exception as fault:  # noqa: BLE001 - another school's fault must not keep this one's results
            # Type only: the message of an exception may hold an answer.
            log.error("an afname was not frozen: %s", type(fault).__name__)  # noqa: TRY400
            self._unfrozen.add(afname_id)
            return False
        return True

    async def _freeze_some(self, limit: int) -> int:
        look = partial(releases.waiting, limit=limit + len(self._unfrozen))
        waiting = [
            each for each in await self.writer.run(look, touches=NOTHING) if each not in self._unfrozen
        ]
        for afname_id in waiting:
            await self._froze(afname_id)
        return len(waiting)

    async def _freeze_all(self) -> None:
        while await self._freeze_some(AT_ONCE):
            pass

    async def _peers_of(self, afname: Afname) -> PeerMeans:
        def look(connection: Connection) -> tuple[Peers, int]:
            school = schools.get(connection, afname.vestigingsnummer)
            return Peers.of(school, afname), number_of_means(connection)

        peers, number = await self.writer.run(look, touches=NOTHING)
        kept = self._peers.get(peers)
        if kept is None or not kept.serves(number):
            kept = self._peers[peers] = PeerMeans.of(number, await self._read(peers))
        return kept

    async def _read(self, peers: Peers) -> list[Document]:
        found: list[Document] = []
        after = ""
        while page := await self.writer.run(
            partial(page_of_peers, peers=peers, after=after), touches=NOTHING
        ):
            found += page.means
            after = page.last
        return found


@dataclass(frozen=True, slots=True)
class _Handed:
    document: Document = field(repr=False)
    number: int


@dataclass(frozen=True, slots=True)
class _Unfrozen:
    school: School
    afname: Afname
    rows: list[ResponseRow] = field(repr=False)
    history: tuple[Told, ...]

    @classmethod
    def read(cls, connection: Connection, afname_id: str) -> _Unfrozen:
        afname = afnames.get(connection, afname_id)
        school = schools.get(connection, afname.vestigingsnummer)
        rows = responses.every(connection, afname)
        return cls(school, afname, rows, releases.history(connection, afname_id))
