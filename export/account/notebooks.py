"""Runs the account's notebooks, each in a fresh kernel; changes nothing in the folder but by `refresh`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from export.account import population, research_file, thresholds
from export.account.parts import coverage
from instrument.serving import warm_kernels

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
OF_THE_EVIDENCE: Final = (
    "30_itemanalyse",
    "31_betrouwbaarheid",
    "32_dimensionaliteit",
    "33_validiteit",
    "34_meetinvariantie",
    "35_representativiteit",
    "36_scholen_en_normen",
)
"""Each computes one part of the evidence, from the data alone."""
CLAIMS: Final = "40_verantwoordingsdocument"
"""Computes nothing: puts the findings of the others beside the requirements."""
OF_THE_ACCOUNT: Final = (*OF_THE_EVIDENCE, CLAIMS)
MIME: Final = "application/vnd.weerglas.findings+json"
"""What the last cell of a notebook shows beside its words: its findings."""
FINDINGS: Final = "WEERGLAS_BEVINDINGEN"
"""The environment variable with a folder of executed notebooks."""
VARIABLES: Final = (
    research_file.VARIABLE,
    population.VARIABLE,
    thresholds.VARIABLE,
    coverage.VARIABLE,
    FINDINGS,
)
SECONDS_PER_CELL: Final = 600


class NotebookError(ValueError):
    """A notebook stopped; the message names it, and says what stopped it and what to do."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What notebooks are run on: files named by their variables. Without any: the seeded simulation."""

    data: Path | None = None
    population: Path | None = None
    thresholds: Path | None = None
    ratings: tuple[Path, ...] = ()
    findings: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a kernel; those of whoever runs this do not count."""
        files = [(self.data,), (self.population,), (self.thresholds,), self.ratings, (self.findings,)]
        named = [os.pathsep.join(str(path.resolve()) for path in paths if path) for paths in files]
        environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
        # no pdb in the kernel: its complaint about frozen modules would stand on the user's terminal
        environment |= {"PYTHONUTF8": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        return environment | {key: paths for key, paths in zip(VARIABLES, named, strict=True) if paths}


def execute(name: str, *, data: Path | None = None, inputs: Inputs | None = None) -> NotebookNode:
    """Return a notebook of the account, executed on a research file, or on the simulation without one.

    Raises:
        NotebookError: a cell failed.
    """
    notebook = read(name)
    used = inputs or Inputs(data=data)
    # a socket in a folder of our own: over TCP, other users of this machine could listen in
    with TemporaryDirectory(prefix="weerglas-") as folder:
        kernel = Config(KernelManager={"transport": "ipc", "connection_file": f"{folder}/kernel.json"})
        client = NotebookClient(
            notebook,
            config=kernel,
            kernel_manager_class=warm_kernels.WarmKernels,
            kernel_name=warm_kernels.EVIDENCE,
            timeout=SECONDS_PER_CELL,
            record_timing=False,
        )
        try:
            client.execute(env=used.environment, cwd=str(FOLDER))
        except CellExecutionError as error:
            raise NotebookError(f"{name}: {error.ename}: {error.evalue}") from error
    return _without_chance(notebook)


def findings(notebook: NotebookNode) -> dict[str, Any]:
    """Return what the notebook handed over: `facts` and `sections` of its last findings; empty without."""
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    found = [bundle[MIME] for bundle in bundles if MIME in bundle]
    return dict(found[-1]) if found else {}


def read(name: str, folder: Path = FOLDER) -> NotebookNode:
    """Return a notebook as it stands in a folder."""
    notebook: NotebookNode = nbformat.read(  # type: ignore[no-untyped-call] # typed by half
        folder / f"{name}.ipynb", as_version=4
    )
    return notebook


def write(name: str, notebook: NotebookNode, folder: Path = FOLDER) -> None:
    """Write a notebook into a folder."""
    nbformat.write(notebook, folder / f"{name}.ipynb")  # type: ignore[no-untyped-call] # typed by half


def refresh(names: tuple[str, ...] = OF_THE_ACCOUNT) -> None:
    """Execute notebooks on the simulation and write them back with their outputs."""
    for name in names:
        write(name, execute(name))


def _without_chance(notebook: NotebookNode) -> NotebookNode:
    """Drop what differs between two machines: versions, times, states of widgets."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


if __name__ == "__main__":
    refresh(tuple(sys.argv[1:]) or OF_THE_ACCOUNT)
