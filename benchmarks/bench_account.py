"""Time the verantwoordingsdocument as a user makes it; with --national, of the whole country."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.report import Report
from export.account import population, research_file

PUPILS_PER_SCHOOL: Final = 200
SMALL: Final = 100
"""Schools: 20,000 pupils."""
NATIONAL: Final = 6_000
"""Schools: 1.2 million pupils, the whole country."""
COMMAND: Final = ("-m", "weerglas", "verantwoording")


@dataclass(slots=True)
class Peak:
    """The most memory that a process and all below it held at once, looked at ten times a second."""

    megabytes: float = 0.0

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Look until the process ends."""
        while process.poll() is None:
            self.megabytes = max(self.megabytes, sum(map(_resident, _family(process.pid))) / 2**20)
            time.sleep(0.1)


def main() -> None:
    """Measure 20,000 pupils, and with --national the whole country."""
    report = Report("account")
    _measure(report, "simulated_20k", SMALL)
    if "--national" in sys.argv[1:]:
        _measure(report, "national", NATIONAL)
    else:
        report.without("national_s", "not asked for; add --national")
    report.print()


def _measure(report: Report, name: str, n_schools: int) -> None:
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as private:
        folder = Path(private)
        report.progress(f"simulating {n_schools * PUPILS_PER_SCHOOL:,} pupils")
        _write(folder, n_schools)
        report.progress("making the verantwoordingsdocument")
        seconds, peak = _timed(folder)
    report.add(f"{name}_s", seconds, unit="s", note=f"load {os.getloadavg()[0]:.1f}")
    report.add(f"{name}_mb", peak, unit="MB", note="peak of all processes together")


def _write(folder: Path, n_schools: int) -> None:
    data = research_file.simulated_data(n_schools=n_schools, pupils_per_school=PUPILS_PER_SCHOOL)
    research_file.write(data, folder / "answers.parquet", classes=True)
    counts = data.background["leerjaar"].value_counts()
    asked = {int(str(leerjaar)): int(1.1 * number) for leerjaar, number in counts.items()}
    population.write(asked, _asked(folder))


def _asked(folder: Path) -> Path:
    return folder / "leerlingen.toml"


def _timed(folder: Path) -> tuple[float, float]:
    files = ("--data", str(folder / "answers.parquet"), "--populatie", str(_asked(folder)))
    start = time.perf_counter()
    command = [sys.executable, *COMMAND, *files, "--out", str(folder / "out")]
    with subprocess.Popen(command) as process:  # noqa: S603 - our own command
        peak = Peak()
        watcher = threading.Thread(target=peak.watch, args=(process,))
        watcher.start()
        process.wait()
        watcher.join()
    if process.returncode:
        raise SystemExit(process.returncode)
    return time.perf_counter() - start, peak.megabytes


def _family(pid: int) -> list[int]:
    """Return a process and all that it started, as far as they still run."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    """Return the bytes of memory that a process holds; none where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


if __name__ == "__main__":
    main()
