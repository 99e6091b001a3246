"""What a worker counts and logs: nothing of a pupil, and the sum of all workers."""

from __future__ import annotations

import json
import logging
import urllib.error
import urllib.request

import pytest

from instrument.serving import logs
from instrument.serving.metrics import Figures, exposition
from instrument.serving.metrics_door import open_door
from instrument.serving.supervision import Watched


def _figures(seconds: float) -> Figures:
    figures = Figures()
    figures.count("requests_total", page="PupilPage", status="2xx")
    figures.count("requests_total", page="PupilPage", status="3xx")
    figures.gauges["sessions"] = 3
    figures.took("frame_seconds", seconds)
    return figures


def test_figures_of_workers_are_added_up():
    """Prometheus asks once and hears of all."""
    text = exposition([_figures(0.002).snapshot(), _figures(0.3).snapshot()])
    assert 'weerglas_requests_total{page="PupilPage",status="2xx"} 2\n' in text
    assert "weerglas_sessions 6\n" in text
    assert 'weerglas_frame_seconds_bucket{le="0.005"} 1\n' in text
    assert 'weerglas_frame_seconds_bucket{le="+Inf"} 2\n' in text
    assert "weerglas_frame_seconds_sum 0.302000\n" in text


def test_every_figure_is_described_once():
    text = exposition([_figures(0.1).snapshot()])
    for line in text.splitlines():
        if line.startswith("# TYPE"):
            assert text.count(line) == 1
    assert text.count("# TYPE weerglas_frame_seconds histogram") == 1


def test_a_time_on_a_border_belongs_to_the_class_below():
    text = exposition([_figures(0.005).snapshot()])
    assert 'le="0.005"} 1\n' in text


def test_figures_are_shown_on_a_port_of_their_own():
    watched = Watched("workers", lambda _line: None, beats=True)  # type: ignore[arg-type,return-value]
    watched.said = [_figures(0.1).snapshot(), _figures(0.1).snapshot()]
    server = open_door(0, [watched])
    address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        with urllib.request.urlopen(f"{address}/metrics") as reply:  # noqa: S310 - our own server
            assert b"weerglas_workers_up 2\n" in reply.read()
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/other")  # noqa: S310 - the same
    finally:
        server.shutdown()
        server.server_close()


def test_a_json_line_holds_the_kind_of_an_exception_and_not_its_words():
    """The words may hold an answer."""
    fault = ValueError("a private answer")
    about = (type(fault), fault, None)
    record = logging.LogRecord("weerglas", logging.ERROR, "", 1, "it %s", ("failed",), about)
    line = logs.JsonLines().format(record)
    assert json.loads(line)["message"] == "it failed"
    assert json.loads(line)["exception"] == "ValueError"
    assert "private" not in line
