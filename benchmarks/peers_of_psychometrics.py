"""The same tasks by others, each in a process of its own; who is not installed is left out, and said so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.report import Report

FOLDER: Final = Path(__file__).parent / "peers"
MIRT: Final = "mirt==1.2.0"
MIRT_PYTHON: Final = "WEERGLAS_MIRT_PYTHON"
"""Names a Python that has mirt; without it uv makes one that is thrown away."""


class Peer(NamedTuple):
    """A task of a peer: over how many respondents, which items, and how it is called."""

    name: str
    task: str
    n: int
    items: list[str]
    command: list[str] | None
    remedy: str


def peers_of(all_items: list[str], of_factors: list[str], *, million: int) -> list[Peer]:
    """Return every peer with the items it is given: all 30, the 24 of the factors, or the first 24."""
    r = (_r(), "R is not installed (Debian: r-base-core r-cran-psych r-cran-lavaan r-cran-lme4)")
    python = (_mirt(), f"neither uv nor {MIRT_PYTHON}, a Python with {MIRT}")
    return [
        Peer("polychoric_10k_lavcor_s", "polychoric_lavcor", 10_000, all_items, *r),
        Peer("polychoric_1m_psych_s", "polychoric_psych", million, all_items, *r),
        Peer("cfa_100k_lavaan_s", "cfa_lavaan", 100_000, of_factors, *r),
        Peer("icc_1m_lmer_s", "icc_lmer", million, all_items, *r),
        Peer("grm_10k_mirt_s", "grm", 10_000, all_items[:24], *python),
        Peer("grm_100k_mirt_s", "grm", 100_000, all_items[:24], *python),
    ]


def time_peer(report: Report, peer: Peer, write: Callable[[Peer], Path]) -> None:
    """Report how long the peer takes over the file that `write` makes for it, or why it did not."""
    if peer.command is None:
        report.without(peer.name, peer.remedy)
        return
    report.progress(f"{peer.name}, {peer.n:,} respondents")
    command = [*peer.command, peer.task, str(write(peer)), str(peer.n), str(len(peer.items))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own scripts
    if done.returncode:
        report.without(peer.name, (done.stderr.strip().splitlines() or ["no reason given"])[-1][:120])
    else:
        report.add(peer.name, float(done.stdout.split()[-1]), unit="s")


def _r() -> list[str] | None:
    found = shutil.which("Rscript")
    return None if found is None else [found, str(FOLDER / "psychometrics.R")]


def _mirt() -> list[str] | None:
    script, named = str(FOLDER / "graded_response.py"), os.environ.get(MIRT_PYTHON)
    if named:
        return [named, script]
    uv = shutil.which(
        "uv", path=os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    )
    alone = ["run", "--quiet", "--isolated", "--no-project", "--python", sys.executable, "--with", MIRT]
    return None if uv is None else [uv, *alone, "python", script]
