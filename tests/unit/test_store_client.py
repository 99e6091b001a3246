from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from instrument.store import broker, client
from instrument.store.refusals import Refused

if TYPE_CHECKING:
    from instrument.store.data_folder import DataFolder


def test_many_calls_share_one_connection(classroom: Any) -> None:
    """A server asks for all its pupils at once."""

    async def story() -> None:
        async with client.connect(classroom.folder.socket) as asking:
            entries = await asyncio.gather(
                *(asking.call("enter", code=code, address="class") for code in classroom.codes)
            )
            saves = (
                asking.call("save", capability=entry["session"], seq=seq, item=classroom.items[0], value=2)
                for seq, entry in enumerate(entries)
            )
            assert await asyncio.gather(*saves) == [{"seq": seq} for seq in range(10)]

    asyncio.run(story())


def test_a_refusal_arrives_as_one(classroom: Any) -> None:
    """With its reason and a sentence."""

    async def story() -> None:
        async with client.connect(classroom.folder.socket) as asking:
            with pytest.raises(Refused, match="type the twelve signs") as refused:
                await asking.call("enter", code="nonsense")
            assert refused.value.reason == "malformed_code"

    asyncio.run(story())


def test_a_client_finds_a_broker_that_was_restarted(store_folder: DataFolder) -> None:
    """A worker outlives its broker, and asks again when there is one."""

    async def story() -> None:
        asking = client.connect(store_folder.socket)
        with pytest.raises(client.BrokerUnreachable):
            await asking.call("health")
        for _ in range(2):
            with broker.running(store_folder):
                assert (await asking.call("health"))["status"] == "ok"
            await asyncio.sleep(0.01)  # starting and stopping kept this loop from hearing anything
        with pytest.raises(client.BrokerUnreachable):
            await asking.call("health")
        await asking.close()

    asyncio.run(story())


def test_an_operator_uses_the_running_broker_or_brings_its_own(store_folder: DataFolder) -> None:
    """The command line works beside `weerglas serve` and without it, and leaves nothing running."""
    with client.operator(store_folder) as operator:
        assert operator.schools() == []
        with client.operator(store_folder) as second:
            assert second.schools() == []
    assert not store_folder.socket.exists()


def test_a_wrong_operator_key_is_refused(classroom: Any) -> None:
    """Who can reach the socket is not yet the operator."""
    with client.BlockingClient(classroom.folder.socket) as stranger, pytest.raises(Refused):
        client.Operator(stranger, "guessed")


def test_a_session_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both or nothing: a notebook that nobody served stores nothing."""
    monkeypatch.delenv("WEERGLAS_BROKER", raising=False)
    monkeypatch.setenv("WEERGLAS_SESSION", "capability")
    assert client.session_from_environment() is None
    monkeypatch.setenv("WEERGLAS_BROKER", "/tmp/a.sock")  # noqa: S108 - nothing is opened
    assert client.session_from_environment() is not None


def test_a_session_asks_with_its_capability(classroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the server put into the environment is all that a kernel holds."""
    monkeypatch.setenv("WEERGLAS_BROKER", str(classroom.folder.socket))
    monkeypatch.setenv("WEERGLAS_SESSION", classroom.enter().capability)

    async def story() -> None:
        session = client.session_from_environment()
        assert session is not None
        assert (await session.call("state"))["submitted"] is False

    asyncio.run(story())


def test_a_client_brings_no_store_along() -> None:
    """A pupil's process opens no store, so it need not be able to; and it starts sooner."""
    heavy = "sqlalchemy", "pysqlite3", "argon2", "cryptography", "instrument.store.broker"
    program = f"import sys, instrument.store.client; print(*set(sys.modules) & set({heavy!r}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
