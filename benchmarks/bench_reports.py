"""`make bench-reports`: the team's report of 7,000 simulated schools, from results to PDF files on disk.

The schools are simulated, each with answers of its own, and their results computed beforehand, which is not
timed: what the results of a whole country take is `make bench-national`.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.report import Report
from export.report import files, many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from instrument.afname import Afname, Stamgroep
    from instrument.questionnaire import Edition
    from instrument.school import School

SCHOOLS: Final = 7_000
PUPILS: Final = 120
AT_ONCE: Final = 250
"""Schools simulated together."""
SEED: Final = 7
EDITION: Final = "po_bovenbouw_2026"
NOTE: Final = (
    "Simulated text of a school. We talk about the playground in each class, and ask pupils what would help."
)


def main() -> None:
    """Simulate, typeset, and print what it took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--schools", type=int, default=SCHOOLS, help="fewer, to have an idea sooner")
    n_schools: int = options.parse_args().schools
    report = Report("reports")
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as place:
        report.progress(f"simulating {n_schools} schools of {PUPILS} pupils, and their results (not timed)")
        found = Path(place) / "results.jsonl"
        found.write_text("\n".join(map(json.dumps, _documents(n_schools))), encoding="utf-8")
        report.progress(f"typesetting with {many.processes()} processes")
        _time(report, found, n_schools)
    report.print()


def _time(report: Report, found: Path, n_schools: int) -> None:
    out = found.parent / "reports"
    out.mkdir()
    began, most, spent = time.perf_counter(), 0.0, _spent()
    for written in many.write_all(_tasks(found), out, workers=many.processes()):
        most = max(most, written.worker_mb)
    seconds = time.perf_counter() - began
    sizes = [path.stat().st_size for path in out.iterdir()]
    if len(sizes) != n_schools:
        raise RuntimeError(f"{len(sizes)} reports of {n_schools} schools")
    report.add(f"reports_{n_schools}_s", seconds, unit="s", note="PDF with all charts; starting included")
    report.add("worker_mb", most, unit="MB", note=f"peak of the largest of {many.processes()} processes")
    report.add("report_ms", 1_000 * seconds / n_schools, unit="ms", note="per school, all processes together")
    busy = 1_000 * (_spent() - spent) / n_schools
    report.add("report_cpu_ms", busy, unit="ms", note="of one core: what is left where others work beside it")
    report.add("report_kb", sum(sizes) / len(sizes) / 1_000, unit="kB", note="size of a PDF")


def _spent() -> float:
    """Return the seconds that processes of ours, which have ended, were at work."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tasks(found: Path) -> Iterator[many.Task]:
    with found.open(encoding="utf-8") as lines:
        for line in lines:
            yield many.Task(json.loads(line), NOTE, (files.TEAM,), (files.PDF,))


def _documents(n_schools: int) -> Iterator[dict[str, Any]]:
    # here and not above: each process of the pool imports this file, and would hold pandas for nothing
    from export.account import simulation  # noqa: PLC0415
    from export.results import results  # noqa: PLC0415
    from instrument import catalogue  # noqa: PLC0415

    edition = catalogue.edition(EDITION)
    schools = simulation.simulated_schools(n_schools)
    afname_of = _afname_of(edition, simulation.simulated_stamgroepen(edition, n_pupils=PUPILS))
    for first in range(0, n_schools, AT_ONCE):
        part = schools[first : first + AT_ONCE]
        answers = simulation.simulated_answers(
            edition, n_schools=len(part), pupils_per_school=PUPILS, seed=SEED + first
        )
        for school, (_, own) in zip(part, answers.groupby("vestigingsnummer", sort=False), strict=True):
            yield results(school, afname_of(school), simulation.response_rows(own))


def _afname_of(edition: Edition, groups: tuple[Stamgroep, ...]) -> Callable[[School], Afname]:
    from instrument import editions  # noqa: PLC0415
    from instrument.afname import Afname  # noqa: PLC0415
    from instrument.school import Schooljaar  # noqa: PLC0415

    return lambda school: Afname(
        afname_id="simulated",
        vestigingsnummer=school.vestigingsnummer,
        schooljaar=Schooljaar(2026),
        edition=edition.code,
        fingerprint=editions.fingerprint(edition),
        stamgroepen=groups,
        opened_on=date(2026, 11, 2),
        closed_on=date(2026, 11, 20),
    )


if __name__ == "__main__":
    main()
