"""Every address, asked by whoever should not: nothing is read or written across visits."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from instrument.serving.sessions.sockets import GOING_AWAY
from tests.serving.transcript import frame

V1 = "v1.kernel.websocket.jupyter.org"
SAVE = {"kind": "save", "seq": 1, "page": "p", "item": "WB01", "value": 1}
SESSION, SOCKET, FAREWELL = (
    "/api/kernels/{name}",
    "/api/kernels/{name}/channels",
    "/voila/api/shutdown/{name}",
)
VISITORS = ("no cookie", "another's", "forged", "expired", "another role")
REFUSED = (302, 400, 403, 404, 405)


class Browser(requests.Session):
    """Somebody who came in by the door, or did not."""

    page: str = ""

    @property
    def named(self) -> dict[str, str]:
        return json.loads(re.search(r"data-kernel='([^']+)'", self.page)[1])


def enter(demo, path: str = "/", **fields: str) -> Browser:
    browser = Browser()
    token = re.search(r'name="_xsrf" value="([^"]+)"', browser.get(demo.address + path).text)[1]
    reply = browser.post(demo.address + path, data={"_xsrf": token, **fields}, allow_redirects=False)
    assert reply.status_code == 303
    return browser


@pytest.fixture(scope="module")
def own(demo) -> Browser:
    browser = enter(demo, deelnamecode=demo.codes[0])
    browser.page = browser.get(f"{demo.address}/leerling").text
    return browser


@pytest.fixture
def stranger(demo, own: Browser, request: pytest.FixtureRequest) -> Browser:
    """Give the visitor that the test names."""
    kind = request.param
    if kind == "another's":
        return enter(demo, deelnamecode=demo.codes[1])
    if kind == "another role":
        return enter(demo, "/school", naam="coordinator", wachtwoord=demo.password)
    browser = Browser()
    browser.cookies.set("_xsrf", own.cookies["_xsrf"])
    value = own.cookies["weerglas"].strip('"')
    if kind == "forged":
        browser.cookies.set("weerglas", value[:-4] + "0000")
    if kind == "expired":
        parts = value.split("|")
        parts[2] = re.sub(r"\d{10}", "1700000000", parts[2])
        browser.cookies.set("weerglas", "|".join(parts))
    return browser


def _line(demo, browser: requests.Session, name: str, **headers: str):
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    return connect(
        f"ws://127.0.0.1:{demo.port}/api/kernels/{name}/channels?session_id=x",
        additional_headers={"Cookie": cookie, **headers},
        subprotocols=[V1],
        max_size=None,
    )


@pytest.mark.parametrize("stranger", VISITORS, indirect=True)
@pytest.mark.parametrize(("method", "path"), [("GET", SESSION), ("GET", SOCKET), ("POST", FAREWELL)])
def test_a_session_is_there_for_nobody_else(
    demo, own: Browser, stranger: Browser, method: str, path: str
) -> None:
    """State, socket and farewell."""
    name = own.named["kernel"]
    headers = {"X-XSRFToken": stranger.cookies.get("_xsrf", "")}
    reply = stranger.request(
        method, demo.address + path.format(name=name), headers=headers, allow_redirects=False
    )
    assert reply.status_code in REFUSED
    assert name not in reply.text


@pytest.mark.parametrize("stranger", VISITORS, indirect=True)
def test_nobody_else_speaks_over_its_socket(demo, own: Browser, stranger: Browser) -> None:
    """Refused at the handshake, or, for a coordinator, by the office."""
    with pytest.raises((InvalidStatus, ConnectionClosed)), _line(demo, stranger, own.named["kernel"]) as line:
        line.send(frame("kernel_info_request", {}))
        line.recv(timeout=5)


@pytest.mark.parametrize("stranger", ["no cookie", "forged", "expired", "another role"], indirect=True)
def test_nobody_answers_for_a_pupil_over_http(demo, stranger: Browser) -> None:
    """The way around the socket has the same door."""
    headers = {"X-XSRFToken": stranger.cookies.get("_xsrf", "")}
    reply = stranger.post(f"{demo.address}/leerling/bericht", json=SAVE, headers=headers)
    assert reply.status_code == 403


@pytest.mark.parametrize("stranger", VISITORS, indirect=True)
def test_no_stranger_is_shown_the_pupils_page_of_another(demo, own: Browser, stranger: Browser) -> None:
    """A door, or a page with names of the stranger's own."""
    reply = stranger.get(f"{demo.address}/leerling", allow_redirects=False)
    assert own.named["kernel"] not in reply.text
    assert reply.status_code in (200, 302)


def test_another_site_opens_no_socket_and_sends_no_answer(demo, own: Browser) -> None:
    """A page elsewhere that a pupil has open beside ours."""
    with pytest.raises(InvalidStatus, match="403"):
        _line(demo, own, own.named["kernel"], Origin="http://elsewhere.example")
    reply = own.post(
        f"{demo.address}/leerling/bericht", json=SAVE, headers={"Origin": "http://elsewhere.example"}
    )
    assert reply.status_code in REFUSED


@pytest.mark.parametrize("name", ["0" * 8 + "-0000-4000-8000-" + "0" * 12, "a-b-c-d-e", "../../etc-a-b-c-d"])
def test_a_name_that_nobody_gave_opens_nothing(demo, own: Browser, name: str) -> None:
    assert own.get(demo.address + SESSION.format(name=name)).status_code in (403, 404)


@pytest.mark.parametrize(
    "kind",
    [
        "execute_request",
        "complete_request",
        "inspect_request",
        "debug_request",
        "input_reply",
        "shutdown_request",
    ],
)
def test_a_page_gets_no_reply_to_what_would_run(demo, own: Browser, kind: str) -> None:
    with _line(demo, own, own.named["kernel"]) as line:
        line.send(frame(kind, {"code": "1", "restart": False}))
        line.send(frame("kernel_info_request", {}))
        heard = b"".join(line.recv(timeout=5) for _ in range(3))
    assert b"kernel_info_reply" in heard
    assert kind.replace("request", "reply").encode() not in heard.replace(b"kernel_info_reply", b"")


@pytest.mark.parametrize("raw", ["text", b"", b"\xff" * 64, bytes(70_000), frame("comm_msg", {})[:-1]])
def test_a_bad_frame_ends_its_socket_and_the_session_goes_on(demo, own: Browser, raw: bytes | str) -> None:
    with _line(demo, own, own.named["kernel"]) as line:
        line.send(raw)
        with pytest.raises(ConnectionClosed):
            line.recv(timeout=5)
    _says_hello(demo, own)


def test_a_dropped_socket_comes_back_to_its_session(demo, own: Browser) -> None:
    """On whichever worker the next one lands."""
    for _ in range(6):
        _says_hello(demo, own)


def test_a_flood_is_heard_later_and_the_neighbour_at_once(demo, own: Browser) -> None:
    """Six hundred messages at once cost their sender time, and nobody else."""
    other = enter(demo, deelnamecode=demo.codes[2])
    other.page = other.get(f"{demo.address}/leerling").text
    with _line(demo, own, own.named["kernel"]) as line:
        for _ in range(600):
            line.send(frame("kernel_info_request", {}))
        _says_hello(demo, other)
        assert line.recv(timeout=5)


def test_an_oversized_body_is_refused(demo, own: Browser) -> None:
    headers = {"X-XSRFToken": own.cookies["_xsrf"]}
    message = {**SAVE, "item": "x" * 17_000}
    assert own.post(f"{demo.address}/leerling/bericht", json=message, headers=headers).status_code == 400


def test_over_plain_http_nothing_promises_tls(demo) -> None:
    """A forwarded header of a stranger is not believed: the server was not told of a proxy."""
    reply = requests.get(demo.address, headers={"X-Forwarded-Proto": "https", "X-Scheme": "https"})
    assert "Strict-Transport-Security" not in reply.headers


def _says_hello(demo, browser: Browser) -> None:
    comm = browser.named["comm"]
    with _line(demo, browser, browser.named["kernel"]) as line:
        line.send(
            frame("comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": {"kind": "hello"}}})
        )
        while b'"kind": "start"' not in line.recv(timeout=5):
            pass


def test_a_worker_that_is_stopped_says_goodbye_and_its_page_goes_on_at_the_next(demo, own: Browser) -> None:
    """Drained: a page that is told "going away" asks another worker at once, and loses nothing."""
    with _line(demo, own, own.named["kernel"]) as line:
        for worker in _workers(demo):
            os.kill(worker, signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            line.recv(timeout=20)
    assert closed.value.rcvd.code == GOING_AWAY
    deadline = time.monotonic() + 20
    while not _answers(demo):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    _says_hello(demo, own)


def _workers(demo) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    nursery = next(
        pid for pid, parent, args in rows if parent == str(demo.process.pid) and " workers " in args
    )
    return [int(pid) for pid, parent, _ in rows if parent == nursery]


def _answers(demo) -> bool:
    try:
        return requests.get(f"{demo.address}/healthz").ok
    except requests.ConnectionError:
        return False
