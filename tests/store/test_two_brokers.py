"""Two servers, two brokers, one PostgreSQL: what a pupil was promised at one holds at the other."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, text

from instrument.school import Schooljaar
from instrument.store import broker, client, stores
from instrument.store.ledger.ledger_client import LedgerClient
from instrument.store.refusals import Refused
from instrument.store.stores import NOTHING
from instrument.store.tables import DRAFTS, RESPONSES, SPENT_CODES, STAMGROEPEN
from instrument.store.writer import Writer
from tests.unit.conftest import QUICK, Caller

if TYPE_CHECKING:
    from tests.store.conftest import Ground, Pair


def test_a_pupil_goes_on_at_the_other_broker_by_code(pair: Pair) -> None:
    """Her server died; another takes her code and knows which items she answered."""
    at_one = pair.one.enter()
    at_one.ask("save", seq=1, item=pair.one.items[0], value=2)
    at_two = pair.two.enter()
    assert at_two.entry["answered"] == [pair.one.items[0]]


def test_a_pupil_goes_on_at_the_other_broker_by_pass(pair: Pair) -> None:
    """Her cookie holds the pass, which every broker with the same secret can open: no code is asked again."""
    at_one = pair.one.enter()
    at_one.ask("save", seq=1, item=pair.one.items[0], value=2)
    at_two = Caller(pair.two.client, at_one.capability, {})
    at_two.ask("save", seq=2, item=pair.one.items[1], value=3)
    assert set(at_one.ask("state")["answered"]) == set(pair.one.items[:2])
    at_two.ask("submit", seq=3)
    with pytest.raises(Refused, match="has been used"):
        at_one.ask("save", seq=4, item=pair.one.items[0], value=1)


def test_of_six_racing_submits_over_two_brokers_one_wins(pair: Pair) -> None:
    """Three pages at each broker, one code, ten times: one response each time."""

    async def race(code: str) -> list[Any]:
        sockets = [pair.one.folder.socket, pair.two.folder.socket] * 3
        asking = [client.connect(socket) for socket in sockets]
        sessions = [(await one.call("enter", code=code))["session"] for one in asking]
        submits = [
            one.call("submit", capability=session, seq=1)
            for one, session in zip(asking, sessions, strict=True)
        ]
        outcomes = await asyncio.gather(*submits, return_exceptions=True)
        await asyncio.gather(*(one.close() for one in asking))
        return outcomes

    for code in pair.one.codes[:10]:
        outcomes = asyncio.run(race(code))
        assert [isinstance(one, Refused) for one in outcomes].count(False) == 1
        assert {one.reason for one in outcomes if isinstance(one, Refused)} == {"used_code"}
    assert len(pair.ground.rows(select(RESPONSES))) == 10
    assert len(pair.ground.rows(select(SPENT_CODES))) == 10
    assert [row.used for row in pair.ground.rows(select(STAMGROEPEN.c.used).order_by("name"))] == [10, 0]


def test_answers_of_one_pupil_at_two_brokers_at_once_are_all_kept(pair: Pair) -> None:
    """Both read the draft and write it again; without a turn each, one would undo the other."""
    callers = [pair.one.enter(), pair.two.enter()]
    halves = [pair.one.items[0::2], pair.one.items[1::2]]

    def answer(caller: Caller, items: tuple[str, ...]) -> None:
        for seq, item in enumerate(items):
            caller.ask("save", seq=seq, item=item, value=1)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(answer, callers, halves))
    assert set(pair.one.enter().entry["answered"]) == set(pair.one.items)


def test_closing_while_another_broker_saves_loses_nothing_and_takes_nothing_after(pair: Pair) -> None:
    """What was sent before is kept, what was not sent is destroyed, and after it all is refused."""
    refused: list[str] = []
    sent: list[int] = []

    def keep_on(number: int) -> None:
        try:
            caller = pair.two.enter(pair.one.codes[number])
            for seq in range(10_000):
                caller.ask("save", seq=seq, item=pair.one.items[0], value=1 + number % 4)
                if seq == 3 + number:
                    caller.ask("submit", seq=seq)
                    sent.append(number)
                    return
        except Refused as refusal:
            refused.append(refusal.reason)

    with client.BlockingClient(pair.two.folder.socket) as own:
        two = type(pair.two)(pair.two.folder, pair.two.operator, own, pair.two.afname, pair.two.codes)
        endless = two.enter(pair.one.codes[20])
        thread = threading.Thread(target=lambda: [keep_on(number) for number in range(20)])
        thread.start()
        while len(sent) < 3:
            endless.ask("save", seq=len(sent), item=pair.one.items[0], value=1)
        pair.one.close()
        thread.join()
        with pytest.raises(Refused, match="has been closed"):
            endless.ask("save", seq=99, item=pair.one.items[1], value=1)
    assert not pair.ground.rows(select(DRAFTS))
    assert len(list(pair.one.operator.responses(pair.one.afname.afname_id))) == len(sent) >= 3
    assert set(refused) <= {"afname_closed", "unknown_code"}
    assert refused
    assert pair.two.operator.verify()["sound"] is True


def test_the_ledger_stays_one_chain_however_many_write_it(pair: Pair) -> None:
    """Each event is hashed over the one before: two brokers must never see the same last one."""

    def append(room: Any) -> None:
        for number in range(15):
            room.operator.ask("give_toestemming", vestigingsnummer="02QZ00", fields={"n": number})

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(append, [pair.one, pair.two]))
    events = pair.one.operator.events("02QZ00")
    assert [event["seq"] for event in events] == list(range(1, 31))
    assert LedgerClient(pair.two.operator).faults(LedgerClient(pair.one.operator).records()) == []


def test_two_coordinators_open_one_afname(pair: Pair) -> None:
    """At two brokers at once: the second hears that there is one."""
    with pytest.raises(Refused, match="has an open afname"):
        pair.two.operator.open_afname(
            vestigingsnummer="02QZ00",
            schooljaar=Schooljaar(2026),
            edition=pair.one.afname.edition,
            fingerprint=pair.one.afname.fingerprint,
            stamgroepen=pair.one.afname.stamgroepen,
            opened_on=pair.one.afname.opened_on,
        )


def test_who_only_reads_waits_for_nobody_and_who_writes_elsewhere_neither(shared: Ground) -> None:
    """While one school's batch is held up, another school's pupils save; the first one's next waits."""

    async def story() -> None:
        held, other = Writer(stores.of(shared.folder)), Writer(stores.of(shared.folder))
        await held.open()
        await other.open()
        let_go = threading.Event()
        holding = asyncio.create_task(held.run(lambda _: let_go.wait(20), touches="school a"))
        await asyncio.sleep(0.3)
        one = text("SELECT 1")
        for touches in (NOTHING, "school b"):
            await asyncio.wait_for(other.run(lambda c: c.execute(one).scalar(), touches=touches), 5)
        waiting = asyncio.create_task(other.run(lambda c: c.execute(one).scalar(), touches="school a"))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        let_go.set()
        await asyncio.gather(holding, waiting)
        await held.close()
        await other.close()

    asyncio.run(story())


def test_a_deadlock_is_tried_again_and_nobody_notices(shared: Ground) -> None:
    """PostgreSQL ends one of two that wait for each other; that one begins its batch anew."""
    tried: list[int] = []

    async def story() -> int:
        writer = Writer(stores.of(shared.folder))
        await writer.open()

        def deadlocked(connection: Any) -> int:
            tried.append(1)
            if len(tried) < 3:
                connection.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$"))
            return int(connection.execute(text("SELECT 7")).scalar())

        outcome = await writer.run(deadlocked)
        await writer.close()
        return outcome

    assert asyncio.run(story()) == 7
    assert len(tried) == 3


def test_a_second_broker_of_the_same_folder_is_refused(shared: Ground) -> None:
    """Two brokers need two folders: each has its own socket."""
    with (
        broker.running(shared.folder, effort=QUICK),
        pytest.raises(broker.BrokerRunning),
        broker.running(shared.folder),
    ):
        pass
