"""`weerglas serve` outlives its parts, and closes them when it is told to."""

import os
import signal
import subprocess
import time

import pytest
import requests

PARTS = ("broker", "office", "workers")


def _children(demo) -> dict[str, int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    own = [(int(pid), args) for pid, parent, args in rows if parent == str(demo.process.pid)]
    return {name: pid for name in PARTS for pid, args in own if f"weerglas {name}" in args}


def _await_health(demo) -> None:
    _await(lambda: all(_answers(f"{demo.address}{path}") for path in ("/healthz", "/school")), demo)


def _await(fact, demo) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline, demo.printed
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except requests.RequestException:
        return False


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_is_started_again(demo, name: str):
    before = _children(demo)
    os.kill(before[name], signal.SIGKILL)
    _await(lambda: _children(demo).get(name, before[name]) != before[name], demo)
    _await_health(demo)
    after = _children(demo)
    others = [one for one in before if one != name]
    assert [after[one] for one in others] == [before[one] for one in others], "the other parts lived on"


def test_sigterm_closes_every_process_and_a_second_start_goes_on(start_demo):
    """The same folder, the same codes: nothing is made anew."""
    first = start_demo()
    parts = _children(first)
    assert first.stop() == 0
    assert not any(os.path.exists(f"/proc/{pid}") for pid in parts.values())  # noqa: PTH110 - a fact of the kernel
    second = start_demo(first.data)
    assert second.codes == first.codes
