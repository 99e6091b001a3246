"""`make bench-serving`: a class, a school and a thousand pupils on this machine, beside the peers."""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.pupils import FormPupil, Pupil, SolaraPupil, VoilaPupil, WeerglasPupil
from benchmarks.report import Report
from instrument.store import client
from instrument.store.data_folder import DataFolder
from tests.simulated_school import EDITION, open_class

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence

ROOT: Final = Path(__file__).parents[1]
SHARE: Final = ROOT / "instrument" / "serving" / "share" / "jupyter"
CHOICES: Final = [(item.code, item.option_set.values[1]) for item in EDITION.scored]
CLASS, SCHOOL, MANY = 30, 300, 1000
CLICKS: Final = 10
THINKING: Final = (2.0, 6.0)
THOUGHTS: Final = 5
ERRORS: Final[Counter[str]] = Counter()
"""What went wrong with whom; a target is that nothing does."""
STARTING: Final = 120.0
SOLARA: Final = "WEERGLAS_SOLARA_PYTHON"


def main() -> None:
    """Run every way in turn, each alone on the machine."""
    report, chance = Report("serving"), random.Random(2026)  # noqa: S311 - simulated pupils
    report.add("load_before", os.getloadavg()[0], unit="", note="of the machine; more than 0.5 disturbs")
    asyncio.run(_weerglas(report, chance))
    asyncio.run(_peer(report, "form", FormPupil, _form, (CLASS, SCHOOL)))
    asyncio.run(_peer(report, "solara", SolaraPupil, _solara, (CLASS, SCHOOL)))
    asyncio.run(_peer(report, "voila", VoilaPupil, _voila, (CLASS,)))
    _ratios(report)
    report.print()


async def _weerglas(report: Report, chance: random.Random) -> None:
    """Open, click, burst and think, with a deelnamecode, a broker and a store, as at school."""
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as place:
        report.progress(f"issuing {MANY:,} deelnamecodes of a simulated school")
        folder, codes = _school(Path(place) / "data")
        with _served([sys.executable, "-m", "weerglas", "serve", "--data", str(folder.path)]) as (
            address,
            pid,
        ):
            pupils = [WeerglasPupil(address) for _ in codes]
            report.progress(f"{MANY:,} pupils fill in their codes")
            before = _memory_of_workers(pid)
            await _enter(report, list(zip(pupils, codes, strict=True)))
            await _a_class(report, pupils[:CLASS])
            await _a_school(report, pupils[CLASS : CLASS + SCHOOL])
            await _a_thousand(report, pupils, chance)
            grown = (_memory_of_workers(pid) - before) / len(pupils)
            report.add("mb_per_pupil", grown, unit="MB", note="workers, 1,000 open pages, PSS over the start")
            report.add("errors", ERRORS.total(), unit="", note="of all pupils above")


async def _enter(report: Report, doors: Sequence[tuple[WeerglasPupil, str]]) -> None:
    """Let classes come one after another: codes are slow to check, on purpose."""
    classes = [doors[at : at + CLASS] for at in range(0, len(doors), CLASS)]
    took = [await _all(pupil.timed(pupil.enter(code)) for pupil, code in one) for one in classes]
    longest = max(max(one.seconds) for one in took)
    report.add("codes_30_s", longest, unit="s", note="slowest class of 30; argon2id, on purpose")


async def _a_class(report: Report, pupils: Sequence[Pupil]) -> None:
    report.progress(f"{CLASS} pupils open the page at once, then click without a pause")
    opened = await _all(pupil.timed(pupil.open()) for pupil in pupils)
    report.add("weerglas_30_s", max(opened.seconds), unit="s", note="last one can answer")
    clicked = await _all(_busy(pupil) for pupil in pupils)
    report.add(
        "click_30_p95_ms", 1000 * _quantile(clicked.flat, 0.95), unit="ms", note="committed by the broker"
    )


async def _a_school(report: Report, pupils: Sequence[Pupil]) -> None:
    report.progress(f"{SCHOOL} pupils open the page at once, save at the same instant, click without a pause")
    opened = await _all(pupil.timed(pupil.open()) for pupil in pupils)
    report.add("weerglas_300_s", max(opened.seconds), unit="s", note="last one can answer")
    burst = await _all(pupil.timed(pupil.answer(*CHOICES[0])) for pupil in pupils)
    report.add("burst_300_p99_ms", 1000 * _quantile(burst.seconds, 0.99), unit="ms")
    report.add("burst_300_max_ms", 1000 * max(burst.seconds), unit="ms")
    clicked = await _all(_busy(pupil) for pupil in pupils)
    report.add("click_300_p95_ms", 1000 * _quantile(clicked.flat, 0.95), unit="ms", note="no pause")


async def _a_thousand(report: Report, pupils: Sequence[Pupil], chance: random.Random) -> None:
    report.progress(f"{MANY:,} pupils, each thinking 2 to 6 s a question")
    await _all(pupil.timed(pupil.open()) for pupil in pupils[CLASS + SCHOOL :])
    clicked = await _all(_thoughtful(pupil, chance) for pupil in pupils)
    report.add("click_1000_p95_ms", 1000 * _quantile(clicked.flat, 0.95), unit="ms", note="2-6 s a question")
    report.add("click_1000_max_ms", 1000 * max(clicked.flat), unit="ms")


async def _peer(
    report: Report,
    name: str,
    kind: type[Pupil],
    command: Callable[[], list[str] | None],
    sizes: Sequence[int],
) -> None:
    """Open the same page in a peer, for each size."""
    arguments = command()
    if arguments is None:
        for size in sizes:
            report.without(f"{name}_{size}_s", f"not to be had here; name a Python with it in {SOLARA}")
        return
    try:
        with _served(arguments) as (address, _pid):
            first = kind(address)
            await first.timed(first.open())  # what the first one waits for is not the question
            for size in sizes:
                report.progress(f"{size} pupils open the page of {name} at once")
                pupils = [kind(address) for _ in range(size)]
                opened = await _all(pupil.timed(pupil.open()) for pupil in pupils)
                note = f"{opened.n_failed} failed" if opened.n_failed else "last one can answer"
                report.add(f"{name}_{size}_s", max(opened.seconds), unit="s", note=note)
    except (OSError, TimeoutError) as fault:
        report.without(f"{name}_{sizes[0]}_s", f"did not serve: {type(fault).__name__} {fault}")


def _form() -> list[str]:
    return [sys.executable, "-m", "benchmarks.peers.serving_form", "PORT"]


def _voila() -> list[str]:
    return [sys.executable, "-m", "voila", "notebooks/10_leerling.ipynb", "--no-browser", "--port=PORT"]


def _solara() -> list[str] | None:
    python = os.environ.get(SOLARA)
    app = str(ROOT / "benchmarks" / "peers" / "serving_solara.py")
    arguments = ["-m", "solara", "run", app, "--production", "--no-open", "--port=PORT"]
    if python:
        return [python, *arguments]
    uv = next((str(path) for path in (Path(sys.executable).parent / "uv",) if path.exists()), "uv")
    packages = ("solara-server[starlette]", "ipywidgets==8.1.9", "anywidget==0.11.0", "python-stdnum")
    trial = [uv, "run", "--quiet", "--isolated", "--no-project", "--python", sys.executable]
    trial += [part for package in packages for part in ("--with", package)]
    try:
        subprocess.run(  # noqa: S603 - our own command
            [*trial, "python", "-c", "import solara"], check=True, timeout=STARTING, capture_output=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return [*trial, "python", *arguments]


def _ratios(report: Report) -> None:
    """Say how far ahead of each peer the last pupil is."""
    for ours, theirs in (("weerglas_30_s", "voila_30_s"), ("weerglas_300_s", "solara_300_s")):
        if theirs in report.figures:
            ratio = report.figures[theirs] / report.figures[ours]
            report.add(f"{theirs.removesuffix('_s')}_ratio", ratio, unit="x")


class Results:
    """What came of something that many did at once."""

    def __init__(self, results: Sequence[object]) -> None:
        self.n_failed = sum(isinstance(result, BaseException) for result in results)
        self.seconds = [result for result in results if isinstance(result, float)] or [float("nan")]
        self.flat = [one for result in results if isinstance(result, list) for one in result] or [
            float("nan")
        ]
        ERRORS.update(type(result).__name__ for result in results if isinstance(result, BaseException))


async def _all(work: Iterable[Coroutine[object, object, object]]) -> Results:
    """Let all begin at once, and return what came of it."""
    return Results(await asyncio.gather(*work, return_exceptions=True))


async def _busy(pupil: Pupil) -> list[float]:
    return [await pupil.timed(pupil.answer(*choice)) for choice in CHOICES[:CLICKS]]


async def _thoughtful(pupil: Pupil, chance: random.Random) -> list[float]:
    took = []
    for choice in CHOICES[:THOUGHTS]:
        await asyncio.sleep(chance.uniform(*THINKING))
        took.append(await pupil.timed(pupil.answer(*choice)))
    return took


def _school(place: Path) -> tuple[DataFolder, list[str]]:
    folder = DataFolder.create(place, simulated=True)
    with client.operator(folder) as operator:
        return folder, open_class(operator, n_pupils=MANY)


@contextmanager
def _served(arguments: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Run a server on a free port until it has been asked enough."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    placed = [part.replace("PORT", port) for part in arguments]
    placed += ["--port", port] if "serve" in arguments else []
    environment = {**os.environ, "JUPYTER_PATH": str(SHARE), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(  # noqa: S603 - our own command
        placed, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(f"http://127.0.0.1:{port}", process, ready="/healthz" if "serve" in arguments else None)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await(address: str, process: subprocess.Popen[bytes], *, ready: str | None) -> None:
    deadline = time.monotonic() + STARTING
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ready is None:
                host, port = address.removeprefix("http://").split(":")
                socket.create_connection((host, int(port)), timeout=1).close()
            else:
                urllib.request.urlopen(address + ready, timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no answer within {STARTING:.0f} s")


def _memory_of_workers(pid: int) -> float:
    """Return what the workers below a process hold, in MB: pages shared count in parts."""
    found = [child for child in _below(pid) if b"workers" in Path(f"/proc/{child}/cmdline").read_bytes()]
    lines = [line for one in found for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _below(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return children + [deeper for child in children for deeper in _below(child)]


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


if __name__ == "__main__":
    main()
