"""A researcher's JupyterLab: the notebooks of the evidence to read, a folder to work in, and nothing else.

Started by JupyterHub with the researcher's own folder as HOME. A notebook runs whatever is typed into it; so
before Jupyter starts, Landlock shuts off every file but the program, its libraries and this folder: the data
folder of Weerglas is out of reach, also for root. A host without Landlock is refused.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from instrument.serving import landlock, sandbox

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
EVIDENCE: Final = "[34]?_*.ipynb"
"""Notebooks 30 to 49; the others are pages, and need a broker."""
PACKAGES: Final = ("export", "instrument", "psychometrics", "notebooks")
SYSTEM_FILES: Final = (
    "/dev/urandom", "/etc/fonts", "/etc/hosts", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types",
    "/etc/nsswitch.conf", "/etc/passwd", "/etc/resolv.conf", "/etc/ssl/openssl.cnf", "/proc/cpuinfo",
    "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip
JUPYTER: Final = (
    "--ServerApp.allow_root=True",  # behind these walls root reaches no more than anybody
    "--ServerApp.jpserver_extensions=voila.server_extension=False",
    "--ServerApp.jpserver_extensions=jupyter_lsp=False",
    "--ServerApp.terminals_enabled=False",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
NO_LANDLOCK: Final = 3


def main() -> None:
    """Lay out the folder, shut it in, and become JupyterLab."""
    folder = Path(os.environ["HOME"])  # the spawner's; the current folder may be another's
    work = lay_out(folder)
    if not sandbox.offered().landlock:
        sys.stderr.write(f"{sandbox.offered()}; a researcher's notebooks would reach every file here\n")
        sys.exit(NO_LANDLOCK)
    allowed = [(place, landlock.READ_AND_RUN) for place in (folder, *program())]
    allowed += [(place, landlock.EVERYTHING) for place in (work, Path("/dev/null"))]
    landlock.restrict(allowed, connecting=True)
    command = [sys.executable, "-m", "jupyterhub.singleuser", f"--ServerApp.root_dir={folder}", *JUPYTER]
    os.execve(sys.executable, [*command, *sys.argv[1:]], environment(os.environ, work))  # noqa: S606 - no shell


def lay_out(folder: Path) -> Path:
    """Copy the notebooks of today into `rekenbladen`, and return the folder `werk`."""
    copies, work = folder / "rekenbladen", folder / "werk"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(parents=True)
    for notebook in sorted((ROOT / "notebooks").glob(EVIDENCE)):
        shutil.copyfile(notebook, copies / notebook.name)
    work.mkdir(exist_ok=True)
    return work


def program() -> list[Path]:
    """Return what a notebook of the evidence needs to be read: code, libraries, and what a system tells."""
    places = {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", *SYSTEM_FILES}
    return [*(ROOT / package for package in PACKAGES), *map(Path, sorted(places))]


def environment(given: Mapping[str, str], work: Path) -> dict[str, str]:
    """Return the environment of JupyterLab, with everything that is written in the folder to work in."""
    (work / ".tmp").mkdir(exist_ok=True)
    return {**given, "HOME": str(work), "TMPDIR": str(work / ".tmp"), "JUPYTER_PREFER_ENV_PATH": "1"}


if __name__ == "__main__":
    main()
