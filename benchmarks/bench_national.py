"""Time all aggregates of a country through the gate: from a file of answers to what may be told."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks.report import Report
from export.disclosure import national, tally
from export.disclosure.units import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHOOLS: Final = 7_500
RESPONSES: Final = 1_200_000
LEERJAREN: Final = (5, 6, 7, 8)
SCALES: Final = {"veiligheidsbeleving": 12, "aantasting": 18, "welbevinden": 10}
"""Items per scale, 40 together."""
N_LEVELS: Final = 4
SENSITIVE: Final = 6
SEED: Final = 2026
MODEL: Final = {scale: tuple(f"{scale}{place:02}" for place in range(n)) for scale, n in SCALES.items()}
ITEMS: Final = tuple(item for items in MODEL.values() for item in items)
FORM: Final = tally.Form(dict.fromkeys(ITEMS, N_LEVELS), dict.fromkeys(ITEMS, 1), MODEL, 2 / 3)


def main() -> None:
    """Write the answers, then read and release them in a process of its own, whose memory is measured."""
    if len(sys.argv) > 1:
        _release(Path(sys.argv[1]))
        return
    report = Report("national")
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as private:
        file = Path(private) / "answers.parquet"
        report.progress(f"simulating {RESPONSES:,} responses to {len(ITEMS)} items")
        _write(file)
        report.progress("releasing all aggregates")
        command = [sys.executable, "-m", "benchmarks.bench_national", str(file)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    seconds, megabytes, *numbers = done.stdout.split()
    load = f"load {os.getloadavg()[0]:.1f}"
    report.add("aggregates_s", float(seconds), unit="s", note=f"reading the file included; {load}")
    report.add("aggregates_mb", float(megabytes), unit="MB", note="peak of the process, libraries included")
    names = ("responses", "distributions", "means_of_schools", "means_of_leerjaren")
    for name, number in zip(names, numbers, strict=True):
        report.add(
            name, float(number), unit="", note="" if name == "responses" else "told; the rest is suppressed"
        )
    report.print()


def _write(file: Path) -> None:
    random = np.random.default_rng(SEED)
    # schools and leerjaren of every size, of a handful of pupils too: the audit has work to do
    places = random.dirichlet(np.full(SCHOOLS, 1.5))[:, None] * random.dirichlet(
        [4] * len(LEERJAREN), SCHOOLS
    )
    sizes = random.multinomial(RESPONSES, places.ravel() / places.sum())
    school = np.repeat(np.repeat(np.arange(SCHOOLS), len(LEERJAREN)), sizes)
    leerjaar = np.repeat(np.tile(LEERJAREN, SCHOOLS), sizes)
    columns = {"school": pa.array(school, pa.int16()), "leerjaar": pa.array(leerjaar, pa.int8())}
    for scale, items in MODEL.items():
        for item in items:
            columns[item] = pa.array(_answers(random, len(school), is_rare=scale == "aantasting"))
    parquet.write_table(pa.table(columns), file)


def _answers(random: np.random.Generator, n: int, *, is_rare: bool) -> NDArray[np.int8]:
    """Draw levels, 4 most favourable, 0 for no valid answer."""
    edges = np.cumsum([0.03, 0.01, 0.02, 0.12] if is_rare else [0.03, 0.07, 0.15, 0.30])
    return np.searchsorted(edges, random.random(n), side="right").astype(np.int8)


def _release(file: Path) -> None:
    """Print seconds, megabytes, and how much was told."""
    start = time.perf_counter()
    table = parquet.read_table(file)
    school, leerjaar = (table[name].to_numpy() for name in ("school", "leerjaar"))
    codes, place = np.unique(school.astype(np.int64) * 10 + leerjaar, return_inverse=True)
    cells = tuple(Cell(int(code) % 10, str(int(code) // 10)) for code in codes)
    levels = {item: table[item].to_numpy() for item in ITEMS}
    counted = tally.of_levels(levels, place, cells, FORM)
    first_cell = np.unique(codes // 10, return_index=True)[1]
    found = national.aggregates(counted, first_cell, sensitive=MODEL["aantasting"][-SENSITIVE:])
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    of_items = sum(int(each.shown.sum()) for each in found.items.values())
    of_schools = sum(int(np.isfinite(each.of_school).sum()) for each in found.scales.values())
    of_leerjaren = sum(int(np.isfinite(each.of_cell).sum()) for each in found.scales.values())
    print(seconds, peak, len(school), of_items, of_schools, of_leerjaren)


if __name__ == "__main__":
    main()
