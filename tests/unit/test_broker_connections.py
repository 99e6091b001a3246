from __future__ import annotations

import json
import logging
import random
import socket
import struct
from typing import Any

import pytest

from instrument.store import broker, client, dispatch, frames
from instrument.store.data_folder import DataFolder
from instrument.store.refusals import Refused


def sent(folder: DataFolder, data: bytes) -> bytes:
    """Return what the broker says to some bytes on a connection of their own."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(5)
        raw.connect(str(folder.socket))
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        answer = b""
        while part := raw.recv(65536):
            answer += part
        return answer


def test_a_bad_frame_ends_its_own_connection_and_no_other(classroom: Any) -> None:
    """One broken worker does not stop a school."""
    pupil = classroom.enter()
    for bad in (
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 20_000) + b" " * 20_000,
    ):
        assert sent(classroom.folder, bad) == b""
    assert pupil.ask("save", seq=0, item=classroom.items[0], value=1) == {"seq": 0}


def test_bytes_by_chance_break_nothing(classroom: Any) -> None:
    """Five hundred connections with noise, and with noise in the right form."""
    chance = random.Random(7)  # noqa: S311 - repeatable
    names = [
        *dispatch.PUPIL_OPS,
        *dispatch.OPERATOR_OPS,
        "enter",
        "login",
        "id",
        "capability",
        "op",
        "seq",
        "item",
    ]
    values = [None, True, -1, 2**70, 1e308, "", "\ud800", "x" * 5000, [], {}, [[[]]], *names]
    for _ in range(250):
        sent(classroom.folder, chance.randbytes(chance.randrange(64)))
        message = {chance.choice(names): chance.choice(values) for _ in range(5)}
        message.setdefault("op", chance.choice(names))
        body = json.dumps(message).encode()
        sent(classroom.folder, struct.pack(">I", len(body)) + body)
    assert classroom.client.call("health")["status"] == "ok"


def test_a_large_frame_is_taken_from_the_operator_alone(classroom: Any) -> None:
    """Sixteen kilobytes are enough for anybody else, and a wrong key gives no more."""
    with client.BlockingClient(classroom.folder.socket) as stranger:
        with pytest.raises(Refused):
            stranger.call("hello", capability="guessed")
        with pytest.raises(client.BrokerUnreachable):
            stranger.call("enter", code="x" * frames.SMALL)
    with client.BlockingClient(classroom.folder.socket) as operator:
        operator.call("hello", capability=classroom.folder.operator_key)
        with pytest.raises(Refused, match="not a deelnamecode"):
            operator.call("enter", code="x" * frames.SMALL)


def test_a_reply_carries_the_number_of_its_request(classroom: Any) -> None:
    """Answers may overtake each other on one connection."""
    requests = [frames.encode({"id": number, "op": "health"}) for number in (5, 9)]
    answer = sent(classroom.folder, b"".join(requests))
    assert b'"id":5' in answer
    assert b'"id":9' in answer


def test_a_second_broker_is_refused(classroom: Any) -> None:
    """Two writers would lose answers."""
    with pytest.raises(broker.BrokerRunning, match="another broker"), broker.running(classroom.folder):
        pass


def test_a_fault_says_where_and_never_what(
    classroom: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception may hold an answer in its message; the log and the reply hold its type and place."""

    def broken(*_: object) -> None:
        raise ValueError("VB01 = 3")

    monkeypatch.setattr("instrument.store.drafts.read", broken)
    with caplog.at_level(logging.DEBUG), pytest.raises(Refused) as refused:
        classroom.enter()
    assert (refused.value.reason, refused.value.detail) == ("fault", {})
    assert "ValueError at" in caplog.text
    assert "VB01" not in caplog.text


def test_what_was_asked_before_closing_is_answered(store_folder: DataFolder) -> None:
    """A clean stop drops nobody who was already heard."""
    with broker.running(store_folder):
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(str(store_folder.socket))
        raw.sendall(frames.encode({"id": 1, "op": "health"}))
        with client.BlockingClient(store_folder.socket) as other:
            other.call("health")
    assert frames.receive(raw)["ok"]["status"] == "ok"
    raw.close()


def test_a_stopped_broker_leaves_no_socket(store_folder: DataFolder) -> None:
    """Who comes later hears at once that nobody is there."""
    with broker.running(store_folder):
        assert store_folder.socket.exists()
    assert not store_folder.socket.exists()
    with pytest.raises(client.BrokerUnreachable, match="start it with `weerglas serve`"):
        client.BlockingClient(store_folder.socket)
