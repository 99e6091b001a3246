"""Reports of many schools by several processes; each is started anew, for Typst deadlocks behind a fork."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.report import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Results = Mapping[str, Any]

WAITING: Final = 4
"""Schools per process that wait for their turn: results are fetched as fast as they are typeset."""
PRIVATE: Final = 0o600
"""A report is for its school alone."""


@dataclass(frozen=True, slots=True)
class Task:
    """The report of one school: its results, its own text, which variants, and in which forms."""

    results: Results
    note: str
    variants: tuple[str, ...]
    forms: tuple[str, ...] = (files.PDF, files.XLSX, files.CSV)

    def __repr__(self) -> str:
        """Return whose report it is, and nothing of it."""
        return f"Task({self.results['school']['vestigingsnummer']!r}, {self.variants!r})"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one school, and the most memory that its process ever took, in MB."""

    files: tuple[Path, ...]
    worker_mb: float


def processes() -> int:
    """Return how many processes typeset at once: one for each core that this process may use."""
    return len(os.sched_getaffinity(0))


def write(task: Task, out: Path) -> Written:
    """Write the files of one school into a folder; a file of that name is replaced as a whole."""
    made = [
        files.file(task.results, variant=variant, form=form, note=task.note)
        for variant in task.variants
        for form in files.FORMS[variant]
        if form in task.forms
    ]
    paths = tuple(_put(out / file.name, file.content) for file in made)
    return Written(paths, _most_memory())


def write_all(tasks: Iterable[Task], out: Path, *, workers: int) -> Iterator[Written]:
    """Write the files of every school, and yield each school as it is done, in any order."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawned) as pool:
        waiting: set[Future[Written]] = set()
        for task in tasks:
            waiting.add(pool.submit(write, task, out))
            if len(waiting) >= workers * WAITING:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (each.result() for each in done)
        yield from (each.result() for each in waiting)


def _most_memory() -> float:
    """Return the peak of this process in MB; not `ru_maxrss`, which begins at that of whoever spawned it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _put(path: Path, content: bytes) -> Path:
    beside = path.with_suffix(f"{path.suffix}.part")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as file:
        file.write(content)
    return beside.replace(path)
