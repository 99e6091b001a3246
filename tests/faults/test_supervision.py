"""`weerglas serve` outlives its parts, and closes them when it is told to."""

import os
import signal
import subprocess
import time

import pytest
import requests


def _children(demo) -> dict[str, int]:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    own = [(int(pid), args) for pid, parent, args in rows if parent == str(demo.process.pid)]
    return {name: pid for name in ("broker", "server") for pid, args in own if f"weerglas {name}" in args}


def _await_health(demo) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{demo.address}/healthz", timeout=2).status_code == 200:
                return
        except requests.RequestException:
            pass
        time.sleep(0.2)
    pytest.fail(demo.printed)


@pytest.mark.parametrize("name", ["broker", "server"])
def test_a_killed_part_is_started_again(demo, name: str):
    before = _children(demo)
    os.kill(before[name], signal.SIGKILL)
    time.sleep(0.5)
    _await_health(demo)
    after = _children(demo)
    assert after[name] != before[name]
    other = next(one for one in before if one != name)
    assert after[other] == before[other], "the other part lived on"


def test_sigterm_closes_every_process_and_a_second_start_goes_on(start_demo):
    """The same folder, the same codes: nothing is made anew."""
    first = start_demo()
    parts = _children(first)
    assert first.stop() == 0
    assert not any(os.path.exists(f"/proc/{pid}") for pid in parts.values())  # noqa: PTH110 - a fact of the kernel
    second = start_demo(first.data)
    assert second.codes == first.codes
