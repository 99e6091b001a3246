"""A notebook, compiled once and run as often as there are sessions; shows nothing of its source."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import nbformat
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from traitlets.config import Config

from instrument.serving.sessions.registry import CURRENT

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType

Output = dict[str, Any]
Outputs = list[list[Output]]
"""For each cell what it showed."""
QUIET: Final = ";"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its statements, and the expression at its end whose value is shown."""

    statements: CodeType | None = None
    shown: CodeType | None = None


class CompiledNotebook:
    """Runs in the namespace of the current session."""

    def __init__(self, file: Path) -> None:
        self._shell = _shell()
        self.cells = [self._compiled(cell, number) for number, cell in enumerate(_cells(file))]

    def run(self) -> tuple[dict[str, Any], Outputs]:
        """Return the namespace after the last cell, and what each cell showed."""
        namespace = {"__name__": "__main__", "__builtins__": builtins, "display": display}
        outputs: Outputs = []
        showing = _Showing(outputs)
        token = _SHOWING.set(showing)
        try:
            for cell in self.cells:
                outputs.append([])
                self._run(cell, namespace)
        finally:
            _SHOWING.reset(token)
        return namespace, outputs
