"""`make bench-psychometrics`: the psychometric core at up to a million respondents, beside its peers."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import pandas as pd

from benchmarks import account_of_a_million
from benchmarks.peers_of_psychometrics import Peer, peers_of, time_peer
from benchmarks.report import Report
from psychometrics import confirmatory, irt, multilevel, polychoric
from psychometrics.simulate import OrdinalModel, simulate_answers

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MILLION: Final = 1_000_000
N_SCHOOLS: Final = 1_000
N_FACTORS: Final = 3
PER_FACTOR: Final = 10
THRESHOLDS: Final = (-1.2, -0.4, 0.4, 1.2)
SEED: Final = 2026


def main() -> None:
    """Run every task in a process of its own, so that its peak of memory is its own."""
    report = Report("psychometrics")
    with tempfile.TemporaryDirectory(prefix="weerglas-bench-") as folder:
        report.progress(f"simulating {MILLION:,} respondents, 30 items, {N_SCHOOLS:,} schools")
        data = Path(folder) / "answers.npy"
        _in_a_process(_simulate, data)
        for n, label in ((10_000, "10k"), (100_000, "100k"), (MILLION, "1m")):
            _ours(report, f"polychoric_{label}", _polychoric, data, n)
            _ours(report, f"cfa_{label}", _cfa, data, n)
            _ours(report, f"grm_{label}", _grm, data, n)
            _ours(report, f"icc_{label}", _icc, data, n)
        _ours(report, "account_1m", _account, data, MILLION)
        _theirs(report, data, Path(folder))
    report.print()


def _simulate(data: Path) -> None:
    items = [f"I{number:02d}" for number in range(1, N_FACTORS * PER_FACTOR + 1)]
    names = [f"f{factor}" for factor in range(N_FACTORS)]
    correlations = np.full((N_FACTORS, N_FACTORS), 0.5)
    np.fill_diagonal(correlations, 1.0)
    model = OrdinalModel(
        factors={name: items[at * PER_FACTOR : (at + 1) * PER_FACTOR] for at, name in enumerate(names)},
        loadings=dict(zip(items, np.tile(np.linspace(0.5, 0.8, PER_FACTOR), N_FACTORS), strict=True)),
        thresholds=dict.fromkeys(items, THRESHOLDS),
        factor_correlations=pd.DataFrame(correlations, names, names),
        school_variance=0.05,
        class_variance=0.05,
    )
    random = np.random.default_rng(SEED)
    groups = pd.DataFrame(
        {"school": random.integers(0, N_SCHOOLS, MILLION), "class": random.integers(0, 8, MILLION)}
    )
    np.save(data, simulate_answers(model, groups, seed=SEED).to_numpy(np.int8))
    groups.to_numpy(np.int32).T.tofile(data.with_suffix(".groups"))


def answers_of(data: Path, n: int) -> pd.DataFrame:
    """Return the first n rows of the simulated answers, a byte per answer."""
    rows = np.load(data, mmap_mode="r")[:n]
    return pd.DataFrame(np.asfortranarray(rows), columns=[f"I{at:02d}" for at in range(1, rows.shape[1] + 1)])


def groups_of(data: Path, n: int) -> pd.DataFrame:
    """Return school and class of the first n rows."""
    both = np.fromfile(data.with_suffix(".groups"), np.int32).reshape(2, -1)[:, :n]
    return pd.DataFrame({"school": both[0], "class": both[1]})


def model_of(per_factor: int) -> dict[str, list[str]]:
    """Return three factors with their first items."""
    return {
        f"f{factor}": [f"I{factor * PER_FACTOR + at:02d}" for at in range(1, per_factor + 1)]
        for factor in range(N_FACTORS)
    }


def _polychoric(data: Path, n: int) -> Callable[[], object]:
    answers = answers_of(data, n)
    return lambda: polychoric.polychoric(answers)


def _cfa(data: Path, n: int) -> Callable[[], object]:
    model = model_of(8)
    answers = answers_of(data, n)[list(chain(*model.values()))]
    return lambda: confirmatory.fit_ordinal_cfa(answers, model)


def _grm(data: Path, n: int) -> Callable[[], object]:
    answers = answers_of(data, n).iloc[:, :24]
    return lambda: irt.fit_graded_response(answers)


def _icc(data: Path, n: int) -> Callable[[], object]:
    mean, schools = answers_of(data, n).mean(axis="columns"), groups_of(data, n)["school"]
    return lambda: multilevel.school_reliability(mean, schools)


def _account(data: Path, n: int) -> Callable[[], object]:
    answers, groups = answers_of(data, n), groups_of(data, n)
    return lambda: account_of_a_million.account(answers, groups, model_of(8))


def _ours(
    report: Report, name: str, task: Callable[[Path, int], Callable[[], object]], data: Path, n: int
) -> None:
    report.progress(f"{name}, {n:,} respondents")
    seconds, peak = _in_a_process(_timed, task, data, n)
    report.add(f"{name}_s", seconds, unit="s")
    if n == MILLION:
        report.add(f"{name}_mb", peak, unit="MB", note="peak of the process, data included")


def _timed(task: Callable[[Path, int], Callable[[], object]], data: Path, n: int) -> tuple[float, float]:
    work = task(data, n)
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_a_process(function: Callable[..., T], *arguments: object) -> T:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def _theirs(report: Report, data: Path, folder: Path) -> None:
    def _write(peer: Peer) -> Path:
        file = folder / "answers.bin"
        answers_of(data, peer.n)[peer.items].to_numpy(np.int8).T.tofile(file)
        groups_of(data, peer.n)["school"].to_numpy(np.int32).tofile(f"{file}.schools")
        return file

    every = list(answers_of(data, 1).columns)
    for peer in peers_of(every, list(chain(*model_of(8).values())), million=MILLION):
        time_peer(report, peer, _write)


if __name__ == "__main__":
    main()
