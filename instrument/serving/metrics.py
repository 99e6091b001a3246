"""Figures of a worker for Prometheus: counts and times, with nothing in them about a pupil or a school."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX: Final = "weerglas_"
BOUNDS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds: upper bounds of the classes in which times are counted."""
HELP: Final = {
    "requests_total": "Answered requests, by kind of page and class of status",
    "frames_total": "Frames of pages, by what became of them",
    "sessions": "Sessions that are open",
    "sessions_attached": "Sessions with a page",
    "sessions_opened_total": "Sessions opened since the start",
    "sessions_ended_total": "Sessions ended, by reason",
    "request_seconds": "Time to answer a request",
    "frame_seconds": "Time to handle a frame",
    "broker_seconds": "Time the broker took to answer",
}

Snapshot = dict[str, Any]


@dataclass(slots=True)
class Figures:
    """What one process counts."""

    counts: Counter[str] = field(default_factory=Counter)
    gauges: dict[str, float] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)

    def count(self, name: str, **labels: str) -> None:
        """Count one more of something; a label holds a word of ours, never a visitor's."""
        written = ",".join(f'{label}="{value}"' for label, value in labels.items())
        self.counts[f"{name}{{{written}}}" if labels else name] += 1

    def took(self, name: str, seconds: float) -> None:
        """Count a time: how many fell in each class, then their sum."""
        classes = self.times.setdefault(name, [0.0] * (len(BOUNDS) + 2))
        classes[bisect_left(BOUNDS, seconds)] += 1
        classes[-1] += seconds

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Count the time of a block, however it ends."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.took(name, time.perf_counter() - started)

    def snapshot(self) -> Snapshot:
        """Return everything as JSON can hold it."""
        return {"counts": dict(self.counts), "gauges": dict(self.gauges), "times": self.times}


def exposition(snapshots: Iterable[Snapshot]) -> str:
    """Return the sum of some workers' figures in Prometheus' text format."""
    total = _sum(snapshots)
    lines: list[str] = []
    for name in (*total.counts, *total.gauges):
        lines += _described(
            name.partition("{")[0], lines, kind="counter" if name in total.counts else "gauge"
        )
        lines.append(f"{PREFIX}{name} {total.counts.get(name, total.gauges.get(name, 0)):g}")
    for name, classes in total.times.items():
        lines += _described(name, lines, kind="histogram")
        lines += _histogram(name, classes)
    return "\n".join(lines) + "\n"


def _sum(snapshots: Iterable[Snapshot]) -> Figures:
    total = Figures()
    for snapshot in snapshots:
        total.counts.update(snapshot["counts"])
        for name, value in snapshot["gauges"].items():
            total.gauges[name] = total.gauges.get(name, 0) + value
        for name, classes in snapshot["times"].items():
            so_far = total.times.get(name, [0.0] * len(classes))
            total.times[name] = [a + b for a, b in zip(so_far, classes, strict=True)]
    return total


def _described(name: str, so_far: list[str], *, kind: str) -> list[str]:
    described = [f"# HELP {PREFIX}{name} {HELP.get(name, name)}", f"# TYPE {PREFIX}{name} {kind}"]
    return [] if described[1] in so_far else described


def _histogram(name: str, classes: list[float]) -> Iterator[str]:
    n_so_far = 0.0
    for bound, n in zip((*map(str, BOUNDS), "+Inf"), classes[:-1], strict=True):
        n_so_far += n
        yield f'{PREFIX}{name}_bucket{{le="{bound}"}} {n_so_far:g}'
    yield f"{PREFIX}{name}_sum {classes[-1]:.6f}"
    yield f"{PREFIX}{name}_count {n_so_far:g}"
