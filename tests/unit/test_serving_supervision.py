"""What is watched comes back: after a crash, after silence, later each time; and closes when it is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from instrument.serving import nursery, supervision
from instrument.serving.supervision import Watched, command

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def watch():
    started = []

    def make(launch, **options):
        watched = Watched("it", launch, **options)
        started.append(watched)
        watched.look()
        return watched

    yield make
    for watched in started:
        watched.stop()


def _until(fact) -> None:
    deadline = time.monotonic() + 10
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_crashes_is_started_again_and_later_each_time(watch):
    watched = watch(command([sys.executable, "-c", "raise SystemExit(3)"]))
    pauses = []
    for _ in range(2):
        watched.process.wait(10)
        watched.look()
        assert watched.process is None, "not before the pause is over"
        pauses.append(watched.pause)
        watched.not_before = 0.0
        watched.look()
    assert pauses == [2 * supervision.SHORTEST_PAUSE, 4 * supervision.SHORTEST_PAUSE]


def test_what_is_silent_is_killed(watch, monkeypatch):
    """A process that hangs serves nobody, and does not end by itself."""
    monkeypatch.setattr(supervision, "LONGEST_START", 0.0)
    watched = watch(command(SLEEPER), beats=True)
    time.sleep(0.01)
    watched.look()
    assert watched.process.wait(10) == -9


def test_what_beats_lives_and_is_heard(watch, monkeypatch):
    monkeypatch.setattr(supervision, "LONGEST_START", 5.0)
    script = "import os, sys, time; os.write(int(sys.argv[2]), b'[1]\\n[2]\\n'); time.sleep(60)"
    watched = watch(command([sys.executable, "-c", script], beat="--beat"), beats=True)
    _until(lambda: watched.look() or watched.said == [2])
    assert watched.process.poll() is None
    assert watched._patient_until > time.monotonic() + 10, "it may be silent for a while again"


def test_a_secret_is_told_on_standard_input_and_stands_in_no_argument(watch, tmp_path):
    """Arguments and environment of a process can be read by others."""
    file = tmp_path / "heard"
    script = f"import sys; open({str(file)!r}, 'w').write(sys.stdin.read())"
    watched = watch(command([sys.executable, "-c", script], told="the secret"))
    watched.process.wait(10)
    assert file.read_text() == "the secret"
    assert "the secret" not in repr(watched.process.args)


def test_a_forked_worker_says_what_it_says_and_ends_when_told(watch):
    def work(line: int) -> None:
        os.write(line, b"[7]\n")
        time.sleep(60)

    watched = watch(lambda line: nursery._fork(work, line), beats=True)
    _until(lambda: watched.look() or watched.said == [7])
    watched.ask_to_close()
    assert watched.process.wait(10) == -15


def test_a_forked_worker_that_fails_ends_and_runs_nothing_of_its_parent(watch, capfd):
    def work(_line: int) -> None:
        raise RuntimeError("no room")

    watched = watch(lambda line: nursery._fork(work, line))
    assert watched.process.wait(10) == nursery.FAILED
    assert "RuntimeError" in capfd.readouterr().err


def test_a_forked_worker_ends_with_its_nursery():
    """Whoever kills the nursery leaves no worker on the port."""
    script = (
        "import os, time\n"
        "from instrument.serving import nursery\n"
        "child = nursery._fork(lambda line: time.sleep(60), os.pipe()[1])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    _until(lambda: not _runs(child))


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - a file of the kernel
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_many_signals_at_once_end_it(tmp_path):
    """A second SIGTERM, from an impatient hand or a service manager's group, must not hang the first."""
    program = (
        "from instrument.serving.supervision import supervise; print(flush=True); supervise([], every=1e-4)"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=tmp_path)
        for _ in range(6)
    ]
    for process in started:
        process.stdout.readline()
        for _ in range(300):
            process.send_signal(signal.SIGTERM)
    # -15: a signal that came before the handlers stood, or after they were taken down
    assert {process.wait(10) for process in started} <= {0, -signal.SIGTERM}
