"""Runs the account's notebooks, each in a fresh kernel; changes nothing in the folder but by `refresh`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

from export.account import research_file
from export.account.findings import MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
OF_THE_ACCOUNT: Final = ("30_itemanalyse", "31_betrouwbaarheid")
SECONDS_PER_CELL: Final = 600


class NotebookError(ValueError):
    """A notebook stopped; the message names it, and says what stopped it and what to do."""


def execute(name: str, *, data: Path | None) -> NotebookNode:
    """Return a notebook of the account, executed on a research file, or on the simulation without one.

    Raises:
        NotebookError: a cell failed.
    """
    notebook = nbformat.read(_path(name), as_version=4)  # type: ignore[no-untyped-call] # typed by half
    # a socket in a folder of our own: over TCP, other users of this machine could listen in
    with TemporaryDirectory(prefix="weerglas-") as folder:
        kernel = Config(KernelManager={"transport": "ipc", "connection_file": f"{folder}/kernel.json"})
        client = NotebookClient(notebook, config=kernel, timeout=SECONDS_PER_CELL, record_timing=False)
        try:
            client.execute(env=_environment(data), cwd=str(FOLDER))
        except CellExecutionError as error:
            raise NotebookError(f"{name}: {error.ename}: {error.evalue}") from error
    return _without_chance(notebook)


def findings(notebook: NotebookNode) -> dict[str, Any]:
    """Return what the notebook handed over: `facts` and `sections` of its last findings."""
    bundles = [output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())]
    return dict([bundle[MIME] for bundle in bundles if MIME in bundle][-1])


def refresh(names: tuple[str, ...] = OF_THE_ACCOUNT) -> None:
    """Execute notebooks on the simulation and write them back with their outputs."""
    for name in names:
        nbformat.write(execute(name, data=None), _path(name))  # type: ignore[no-untyped-call] # typed by half


def _path(name: str) -> Path:
    return FOLDER / f"{name}.ipynb"


def _environment(data: Path | None) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if key != research_file.VARIABLE}
    # no pdb in the kernel: its complaint about frozen modules would stand on the user's terminal
    environment |= {"PYTHONUTF8": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return environment | ({research_file.VARIABLE: str(data.resolve())} if data else {})


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
