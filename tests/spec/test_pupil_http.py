"""The pupil's page over plain HTTP, on a running demo: the door, the files, and the way beside the socket."""

from __future__ import annotations

import json
import re

import pytest
import requests

from instrument.serving.login import SENTENCES

ITEM = {"kind": "save", "seq": 1, "page": "p", "item": "WB01", "value": 2}


@pytest.fixture(scope="module")
def pupil(demo) -> requests.Session:
    """A pupil who has filled in a code."""
    return log_in(demo, "/", {"deelnamecode": demo.codes[0]})


def log_in(demo, door: str, fields: dict[str, str]) -> requests.Session:
    browser = requests.Session()
    page = browser.get(demo.address + door)
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
    reply = browser.post(demo.address + door, data={"_xsrf": xsrf, **fields}, allow_redirects=False)
    assert reply.status_code == 303, reply.text
    return browser


def say(demo, browser: requests.Session, message: object, **headers: str) -> requests.Response:
    token = {"X-XSRFToken": browser.cookies.get("_xsrf", "")}
    body = message if isinstance(message, bytes) else json.dumps(message)
    return browser.post(f"{demo.address}/leerling/bericht", data=body, headers=token | headers)


def test_an_answer_over_http_is_saved_and_never_comes_back(demo, pupil):
    """The same conversation as over the socket: acknowledged under its number, resumed without its value."""
    assert say(demo, pupil, ITEM).json() == {"kind": "saved", "seq": 1}
    start = say(demo, pupil, {"kind": "hello"})
    assert start.headers["Cache-Control"] == "no-store"
    assert start.json()["answered"] == ["WB01"]
    assert "answers" not in start.json()


def test_without_a_cookie_nothing_is_said(demo):
    """A stranger hears that there is no session, and not whether there is an item."""
    stranger = requests.Session()
    stranger.get(demo.address)
    reply = say(demo, stranger, ITEM)
    assert (reply.status_code, reply.json()["reason"]) == (403, "no_session")


def test_a_coordinator_cannot_answer(demo):
    """A login of the school opens no draft."""
    coordinator = log_in(demo, "/school", {"naam": "coordinator", "wachtwoord": demo.password})
    assert say(demo, coordinator, ITEM).status_code == 403


def test_a_page_of_another_site_cannot_answer(demo, pupil):
    """Without the token of our own forms the request is refused before it is read."""
    for token in ("", "2|00000000|00000000000000000000000000000000|1"):
        assert say(demo, pupil, ITEM, **{"X-XSRFToken": token}).status_code == 403


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"null",
        b" " * 17_000 + b"{}",
        {"kind": "leave"},
        {**ITEM, "seq": "1"},
        {**ITEM, "page": 1},
        {**ITEM, "item": "W" * 50},
        {**ITEM, "value": [1]},
    ],
)
def test_what_our_page_never_sends_is_refused(demo, pupil, message: object):
    """And says nothing of what was wrong with it."""
    reply = say(demo, pupil, message)
    assert (reply.status_code, reply.json()) == (400, {"kind": "malformed"})


def test_an_answer_that_the_question_does_not_have_is_refused(demo, pupil):
    """The edition decides, not the browser."""
    reply = say(demo, pupil, {**ITEM, "seq": 2, "value": 77})
    assert reply.json() == {"kind": "refused", "seq": 2, "reason": "unacceptable_value"}


def test_files_are_kept_for_good_under_a_name_of_their_content(demo, pupil):
    """The second pupil on a device loads next to nothing, and a changed file has another name."""
    page = pupil.get(f"{demo.address}/leerling").text
    names = set(re.findall(r"blad/([\w.-]+)", page))
    assert {name.rpartition(".")[2] for name in names} >= {"js", "css", "woff2"}
    for name in names:
        reply = requests.get(f"{demo.address}/blad/{name}", timeout=10)
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{16}\.", name)
    assert requests.get(f"{demo.address}/blad/leerling.js", timeout=10).status_code == 404
    assert requests.get(f"{demo.address}/blad/../application.py", timeout=10).status_code == 404


def test_the_pupils_page_runs_nothing_but_its_own_file(demo, pupil):
    """No inline script, no eval, nothing from elsewhere: a strict policy holds the page to that."""
    reply = pupil.get(f"{demo.address}/leerling")
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?! type=\"module\" src=)", reply.text) == []


def test_the_door_speaks_english_too(demo):
    """With the same words to say; the language goes along to the questions."""
    assert set(SENTENCES["nl"]["leerling"]) == set(SENTENCES["en"]["leerling"])
    reply = requests.get(f"{demo.address}/en", timeout=10)
    assert '<html lang="en">' in reply.text
    assert SENTENCES["en"]["leerling"]["title"] in reply.text
    english = log_in(demo, "/en", {"deelnamecode": demo.codes[1]})
    assert english.cookies["weerglas_taal"] == "en"
    wrong = requests.Session()
    xsrf = re.search(r'name="_xsrf" value="([^"]+)"', wrong.get(f"{demo.address}/en").text)[1]
    refused = wrong.post(f"{demo.address}/en", data={"_xsrf": xsrf, "deelnamecode": "x"})
    assert SENTENCES["en"]["leerling"]["malformed_code"] in refused.text
