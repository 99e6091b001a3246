"""What stands between the world and a kernel, tried on a running demo."""

import json
import re
import struct
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

WELL_FORMED_UNKNOWN = "BBBB-BBBB-BBBB"
EVERY_ADDRESS = (
    "/leerling",
    "/coordinator",
    "/bestuur",
    "/aanbieder",
    "/onderzoeker",
    "/api/kernels",
    "/api/contents",
    "/api/sessions",
    "/api/terminals",
    "/voila/files/10_leerling.ipynb",
    "/voila/files/30_itemanalyse.ipynb",
    "/voila/render/30_itemanalyse.ipynb",
    "/voila/tree",
    "/tree",
    "/lab",
    "/files/10_leerling.ipynb",
    "/leerling/../notebooks/10_leerling.ipynb",
    "/voila/static/../../pyproject.toml",
    "/voila/api/contents",
    "/nbextensions",
    "/metrics",
)


def _sign_in(address: str, path: str, **fields: str) -> tuple[requests.Session, requests.Response]:
    browser = requests.Session()
    form = browser.get(address + path)
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', form.text)[1]
    reply = browser.post(address + path, data={"_xsrf": xsrf, **fields}, allow_redirects=False)
    return browser, reply


def _pupil(demo, number: int = 0) -> requests.Session:
    browser, reply = _sign_in(demo.address, "/", deelnamecode=demo.codes[number])
    assert reply.headers["Location"] == "/leerling"
    return browser


def _shown_to(reply: requests.Response) -> str:
    assert reply.status_code == 302
    return urlsplit(reply.headers["Location"]).path


def _kernel(browser: requests.Session, address: str) -> str:
    page = browser.get(f"{address}/leerling")
    return re.search(r'"kernel": "([^"]+)"', page.text)[1]


def _socket(demo, kernel: str, browser: requests.Session | None, **headers: str):
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items()) if browser else ""
    return connect(
        f"ws://127.0.0.1:{demo.port}/api/kernels/{kernel}/channels?session_id=x",
        additional_headers={"Cookie": cookie, **headers},
        subprotocols=["v1.kernel.websocket.jupyter.org"],
        max_size=None,
    )


@pytest.mark.parametrize("path", EVERY_ADDRESS)
def test_without_a_cookie_no_address_gives_a_kernel_or_a_source(demo, path: str):
    """An anonymous visitor is sent to a door, or told that there is nothing."""
    reply = requests.get(demo.address + path, allow_redirects=False)
    assert reply.status_code in (302, 403, 404)
    assert "data-kernel" not in reply.text
    assert "nbformat" not in reply.text


def test_a_cookie_of_our_name_that_we_did_not_sign_opens_nothing(demo):
    reply = requests.get(f"{demo.address}/leerling", cookies={"weerglas": "forged"}, allow_redirects=False)
    assert _shown_to(reply) == "/"


def test_a_pupil_cannot_open_the_coordinators_page(demo):
    reply = _pupil(demo).get(f"{demo.address}/coordinator", allow_redirects=False)
    assert _shown_to(reply) == "/school"


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "Deze code klopt niet"),
        ("BBBB-BBBB-BBBC", "Deze code klopt niet"),
        (WELL_FORMED_UNKNOWN, "Deze code kennen we niet"),
        ("<script>alert(1)</script>", "Deze code klopt niet"),
        ("B" * 100_000, "Deze code klopt niet"),
    ],
)
def test_a_code_that_opens_nothing_gets_a_dutch_sentence(demo, code: str, sentence: str):
    _browser, reply = _sign_in(demo.address, "/", deelnamecode=code)
    assert reply.status_code == 403
    assert sentence in reply.text
    assert "<script>alert" not in reply.text


def test_a_wrong_password_gets_a_dutch_sentence(demo):
    _browser, reply = _sign_in(demo.address, "/school", naam="coordinator", wachtwoord="wrong")
    assert reply.status_code == 403
    assert "horen niet bij elkaar" in reply.text


def test_a_form_of_another_site_is_refused(demo):
    """Without the token of our own page nobody can be signed in behind their back."""
    reply = requests.post(demo.address, data={"deelnamecode": demo.codes[0]}, allow_redirects=False)
    assert reply.status_code == 403


def test_a_kernel_answers_to_its_own_visitor_only(demo):
    """Stock Voilà gave another visitor's widget values to whoever knew the kernel's id."""
    own, other = _pupil(demo, 0), _pupil(demo, 1)
    kernel = _kernel(own, demo.address)
    _kernel(other, demo.address)
    model = f"{demo.address}/api/kernels/{kernel}"
    assert own.get(model).status_code == 200
    assert other.get(model).status_code == 403
    assert requests.get(model).status_code == 403
    for stranger in (other, None):
        with pytest.raises(InvalidStatus, match="403"):
            _socket(demo, kernel, stranger)


def test_nobody_deletes_interrupts_or_restarts_a_kernel(demo):
    own = _pupil(demo)
    model = f"{demo.address}/api/kernels/{_kernel(own, demo.address)}"
    headers = {"X-XSRFToken": own.cookies["_xsrf"]}
    assert own.delete(model, headers=headers).status_code in (403, 404, 405)
    assert own.post(f"{model}/interrupt", headers=headers).status_code in (403, 404, 405)
    assert own.get(model).status_code == 200


def test_a_socket_of_another_site_is_refused(demo):
    own = _pupil(demo)
    with pytest.raises(InvalidStatus, match="403"):
        _socket(demo, _kernel(own, demo.address), own, Origin="http://elsewhere.example")


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x01",
        struct.pack("<Q", 2**62),
        struct.pack("<3Q", 2, 2**60, 2**61),
        struct.pack("<4Q", 3, 32, 24, 8) + b"shell",
        bytes(70_000),
    ],
)
def test_a_malformed_frame_ends_that_socket_and_nothing_else(demo, frame: bytes):
    """One such frame kept the stock server busy for good; here the socket closes and the page lives on."""
    own = _pupil(demo)
    kernel = _kernel(own, demo.address)
    with _socket(demo, kernel, own) as socket:
        socket.send(frame)
        with pytest.raises(ConnectionClosed):
            while True:
                socket.recv(timeout=10)
    assert requests.get(f"{demo.address}/healthz", timeout=5).json() == {"status": "ok"}


def _processes_below(pid: int) -> set[int]:
    children = {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return children.union(*(_processes_below(child) for child in children))


def _message(kind: str, content: dict[str, object]) -> bytes:
    header = {"msg_id": "1", "msg_type": kind, "username": "", "session": "x", "date": "", "version": "5.3"}
    parts = [b"shell", *(json.dumps(part).encode() for part in (header, {}, {}, content))]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("execute_request", {"code": "open('/tmp/weerglas-was-here', 'w')", "silent": False}),
        ("inspect_request", {"code": "survey", "cursor_pos": 3, "detail_level": 0}),
        ("complete_request", {"code": "imp", "cursor_pos": 3}),
        ("shutdown_request", {"restart": False}),
    ],
)
def test_a_page_can_run_inspect_and_stop_nothing(demo, kind: str, content: dict[str, object]):
    own = _pupil(demo)
    kernel = _kernel(own, demo.address)
    with _socket(demo, kernel, own) as socket:
        socket.send(_message(kind, content))
        replies = _replies(socket)
    assert not any(kind.replace("request", "reply") in reply for reply in replies)
    assert own.get(f"{demo.address}/api/kernels/{kernel}").status_code == 200


def _replies(socket) -> list[str]:
    replies = []
    try:
        while True:
            replies.append(str(socket.recv(timeout=1.5)))
    except (TimeoutError, ConnectionClosed):
        return replies


def test_two_pages_of_one_visit_are_two_sessions_of_its_own(demo):
    """A second tab, or a reload, takes nothing from the first; neither is anybody else's."""
    own, other = _pupil(demo), _pupil(demo, 1)
    first, second = _kernel(own, demo.address), _kernel(own, demo.address)
    assert first != second
    for session in (first, second):
        assert own.get(f"{demo.address}/api/kernels/{session}").status_code == 200
        assert other.get(f"{demo.address}/api/kernels/{session}").status_code == 403


def test_a_pupils_page_starts_no_process(demo):
    """Behind the kernel's address stands a session in a worker that is there already."""
    before = _processes_below(demo.process.pid)
    own = _pupil(demo)
    with _socket(demo, _kernel(own, demo.address), own) as socket:
        socket.send(_message("kernel_info_request", {}))
        assert any("kernel_info_reply" in reply for reply in _replies(socket))
    assert _processes_below(demo.process.pid) == before


def test_leaving_ends_the_visit(demo):
    own = _pupil(demo)
    _kernel(own, demo.address)
    own.get(f"{demo.address}/uit")
    assert _shown_to(own.get(f"{demo.address}/leerling", allow_redirects=False)) == "/"


@pytest.mark.parametrize("query", ["?template=nosuch", "?theme=nosuch", "?template=lab"])
def test_a_query_string_changes_nothing(demo, query: str):
    """`?template=nosuch` made the stock server answer 500 or hang."""
    page = _pupil(demo).get(f"{demo.address}/leerling{query}", timeout=20)
    assert page.status_code == 200
    assert 'data-weerglas="leerling"' in page.text


@pytest.mark.parametrize("path", ["/", "/school", "/leerling", "/nothing", "/healthz"])
def test_pages_forbid_framing_and_other_sources(demo, path: str):
    policy = requests.get(demo.address + path).headers.get("Content-Security-Policy", "")
    assert path == "/healthz" or ("frame-ancestors 'none'" in policy and "http" not in policy)


def test_no_log_holds_a_code_a_capability_or_a_kernel_id(demo):
    """An id in a log would let whoever reads the log follow a pupil."""
    own = _pupil(demo)
    kernel = _kernel(own, demo.address)
    _sign_in(demo.address, "/", deelnamecode=WELL_FORMED_UNKNOWN)
    started = demo.printed.index("Ready.")
    log = demo.printed[started:]
    assert kernel not in log
    assert WELL_FORMED_UNKNOWN not in log
    assert not any(code in log or code.replace("-", "") in log for code in demo.codes)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}", log)
