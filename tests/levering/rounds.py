"""Rounds that are killed: forked from a process that has imported everything, which is this file.

A step is whatever lies between two things that last: a request to the broker and its commit, each file, each
rename and each mail. A round is told before which of its steps it dies, behind which request, or after how
many seconds.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncssh

from export.levering import post, transport
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import Operator
from instrument.store.writer import Writer
from tests.levering.office import Moment, office
from tests.nursery import started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
DUE: Final = datetime(2027, 4, 1, 8, tzinfo=UTC)
KILLED: Final = -signal.SIGKILL
LASTING: Final = (
    (Operator, "ask"),
    (Writer, "_commit"),
    (post.Post, "send"),
    (transport.Sftp, "_write"),
    (asyncssh.SFTPClient, "mkdir"),
    (asyncssh.SFTPClient, "rename"),
    (asyncssh.SFTPClient, "rmtree"),
)
"""Before and after each of these a round can be killed."""
HEAVY: Final = (
    "export.levering.preparation", "instrument.scoring", "jsonschema", "pandas", "xlsxwriter",
    "psychometrics.representativeness", "asyncssh", "instrument.store.sqlite",
)  # fmt: skip
"""Imported once, so that no round has to; not typst, whose threads do not survive a fork."""


@dataclass(frozen=True)
class Nursery:
    """Starts rounds, each in a process of its own."""

    process: subprocess.Popen[str]

    def run(
        self, folder: DataFolder, *, before: int = 0, after: float = 0.0, behind: str = ""
    ) -> dict[str, Any]:
        """Run a round to its end, or until it is killed; tells how it ended and how many steps it has."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"folder": str(folder.path), "before": before, "after": after, "behind": behind}
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Give a nursery for the duration; no round outlives it."""
    with started("tests.levering.rounds") as process:
        yield Nursery(process)


def _serve() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(told)
            with contextlib.suppress(BaseException):
                os.write(tell, json.dumps(_round(**asked)).encode())
            os._exit(0)
        os.close(tell)
        with os.fdopen(told, "rb") as heard:
            said = heard.read()
        _, status = os.waitpid(pid, 0)
        known = json.loads(said) if said else {}
        print(json.dumps({"ended": os.waitstatus_to_exitcode(status), **known}), flush=True)  # noqa: T201 - its answer


def _round(folder: str, before: int, after: float, behind: str) -> dict[str, Any]:
    steps = itertools.count(1)
    _watch_requests(behind)
    for owner, name in LASTING:
        _watch(owner, name, steps, before)
    if after:
        threading.Thread(target=_die_after, args=(after,), daemon=True).start()
    with office(DataFolder(Path(folder)), Moment(DUE)) as at:
        report = at.run()
    return {"steps": next(steps) - 1, "refused": report.refused}


def _watch(owner: Any, name: str, steps: itertools.count[int], before: int) -> None:
    work: Callable[..., Any] = getattr(owner, name)

    def stepped(*arguments: Any, **more: Any) -> Any:
        _step(steps, before)
        try:
            return work(*arguments, **more)
        finally:
            _step(steps, before)

    setattr(owner, name, stepped)


def _watch_requests(behind: str) -> None:
    ask = Operator.ask

    def asked(operator: Operator, op: str, **fields: Any) -> dict[str, Any]:
        answer = ask(operator, op, **fields)
        if op == behind:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    Operator.ask = asked  # type: ignore[method-assign]


def _step(steps: itertools.count[int], before: int) -> None:
    if next(steps) == before:
        os.kill(os.getpid(), signal.SIGKILL)


def _die_after(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    for _name in HEAVY:
        importlib.import_module(_name)
    _serve()
