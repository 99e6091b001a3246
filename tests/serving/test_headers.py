"""What every answer carries, whoever wrote it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from instrument.serving.headers import CONTENT_POLICY, SafeHeaders


def sent(protocol: str, **said: str) -> HTTPHeaders:
    """Return the headers of an answer over this protocol, to which its handler said some itself."""
    line = SimpleNamespace(context=SimpleNamespace(protocol=protocol, remote_ip="127.0.0.1"))
    request = HTTPServerRequest(
        start_line=RequestStartLine("GET", "/", "HTTP/1.1"),
        headers=HTTPHeaders(Host="school.example"),
        connection=line,
    )
    _status, headers, _body = SafeHeaders(request).transform_first_chunk(
        200, HTTPHeaders(said), b"", finishing=True
    )
    return headers


@pytest.mark.parametrize(("protocol", "promised"), [("https", True), ("http", False)])
def test_tls_is_promised_for_a_year_behind_tls_and_never_before_it(protocol: str, promised: bool) -> None:  # noqa: FBT001
    """Over plain HTTP it would be anybody's promise, and on a school's own machine shut pupils out."""
    headers = sent(protocol)
    assert ("Strict-Transport-Security" in headers) is promised
    assert not promised or "max-age=31536000" in headers["Strict-Transport-Security"]


def test_what_a_handler_says_itself_stands() -> None:
    assert sent("http", **{CONTENT_POLICY: "default-src 'self'"})[CONTENT_POLICY] == "default-src 'self'"
    assert "'unsafe" not in sent("http")[CONTENT_POLICY]
