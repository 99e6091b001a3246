"""A notebook, compiled once and run as often as there are sessions."""

from __future__ import annotations

import ast
import builtins
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import nbformat
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from traitlets.config import Config

from instrument.serving.sessions import registry
from instrument.serving.sessions.registry import CURRENT

if TYPE_CHECKING:
    from pathlib import Path
    from types import CodeType

Namespace = dict[str, Any]
QUIET: Final = ";"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its statements, and the expression at its end whose value is shown."""

    statements: CodeType
    shown: CodeType | None


class CompiledNotebook:
    """Runs in the current session, and shows there what it shows."""

    def __init__(self, file: Path) -> None:
        registry.install()
        self._shell = _shell()
        self._formatter: Any = self._shell.display_formatter
        self.notebook = nbformat.read(file, 4)  # type: ignore[no-untyped-call]  # as of nbformat 5
        self._cells = [self._compiled(number) for number in range(len(self.notebook.cells))]

    def run(self, outputs: list[list[dict[str, Any]]]) -> Namespace:
        """Return the namespace after the last cell; what each cell showed is added to `outputs`."""
        namespace: Namespace = {"__name__": "__main__", "__builtins__": builtins, "display": display}
        for cell in self._cells:
            outputs.append([])
            if cell is not None:
                self._run(cell, namespace, outputs[-1])
        return namespace

    def _compiled(self, number: int) -> Cell | None:
        cell = self.notebook.cells[number]
        if cell.cell_type != "code":
            return None
        name = f"<cell {number + 1}>"
        source = self._shell.transform_cell(cell.source)  # type: ignore[no-untyped-call]  # IPython's
        tree = ast.parse(source, name)
        last = tree.body[-1] if tree.body else None
        if not isinstance(last, ast.Expr) or cell.source.rstrip().endswith(QUIET):
            return Cell(compile(tree, name, "exec"), None)
        tree.body.pop()
        return Cell(compile(tree, name, "exec"), compile(ast.Expression(last.value), name, "eval"))

    def _run(self, cell: Cell, namespace: Namespace, shown: list[dict[str, Any]]) -> None:
        exec(cell.statements, namespace)  # noqa: S102 - our own notebook, never a visitor's text
        value = eval(cell.shown, namespace) if cell.shown else None  # noqa: S307 - the same
        if value is None:
            return
        data, metadata = self._formatter.format(value)
        if data:
            result = {"output_type": "execute_result", "execution_count": None}
            shown.append({**result, "data": data, "metadata": metadata})


class _SessionDisplay(DisplayPublisher):
    """Shows what is displayed in the session that displays it."""

    def publish(self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: object) -> None:  # type: ignore[override]  # IPython's has more options, all of kernels
        session = CURRENT.get()
        if session is not None and session.outputs:
            output = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            session.outputs[-1].append(output)


class _SessionShell(InteractiveShell):
    """IPython as notebooks and ipywidgets expect it, without history."""

    def showtraceback(self, *_: object, **__: object) -> None:
        """Remember the fault of a callback; printed, it would put what a pupil chose into a log."""
        session, fault = CURRENT.get(), sys.exc_info()[1]
        if session is not None and fault is not None:
            session.fault = fault


def _shell() -> InteractiveShell:
    """Return this process's IPython."""
    quiet = Config(HistoryManager={"enabled": False}, InteractiveShell={"colors": "nocolor"})
    shell: InteractiveShell = _SessionShell.instance(config=quiet)
    if not isinstance(shell.display_pub, _SessionDisplay):
        shell.display_pub = _SessionDisplay(parent=shell, shell=shell)  # type: ignore[no-untyped-call]  # IPython's
    return shell
