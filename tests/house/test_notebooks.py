"""A notebook tells; a module does. And what it tells was computed."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from export.account import notebooks

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
EVIDENCE = [path for path in NOTEBOOKS if path.name.startswith(("3", "40"))]
MOST_CELLS, MOST_LINES = 25, 8
BELONGS_IN_A_MODULE = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp,
    ast.Try, ast.Match, ast.comprehension,
)  # fmt: skip
VOLATILE = {"execution", "papermill", "widgets", "ExecuteTime", "collapsed", "scrolled"}


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def code(path: Path) -> list[dict[str, Any]]:
    return [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]


everywhere = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
evidence = pytest.mark.parametrize("path", EVIDENCE, ids=lambda path: path.stem)


def test_there_are_notebooks():
    assert {path.stem for path in EVIDENCE} == set(notebooks.OF_THE_ACCOUNT)


@everywhere
def test_a_notebook_holds_no_def_no_loop_and_no_branch(path):
    for cell in code(path):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            assert not isinstance(node, BELONGS_IN_A_MODULE), f"cell {cell['id']}: {type(node).__name__}"


@everywhere
def test_a_notebook_has_at_most_25_cells_of_8_lines_of_code(path):
    assert len(read(path)["cells"]) <= MOST_CELLS
    for cell in code(path):
        assert len("".join(cell["source"]).splitlines()) <= MOST_LINES, f"cell {cell['id']}"


@everywhere
def test_a_notebook_holds_nothing_that_changes_by_itself(path):
    """Times and versions would make two equal runs differ."""
    notebook = read(path)
    assert not VOLATILE & set(notebook["metadata"])
    assert "version" not in notebook["metadata"].get("language_info", {})
    for cell in notebook["cells"]:
        assert not VOLATILE & set(cell["metadata"]), f"cell {cell['id']}"


@everywhere
def test_a_notebook_holds_no_warning_and_no_error(path):
    outputs = [output for cell in code(path) for output in cell["outputs"]]
    assert not [
        output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"
    ]


@evidence
def test_an_evidence_notebook_is_executed_from_top_to_bottom(path):
    """A stripped cell is skipped by nbval, and passes unchecked."""
    cells = code(path)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))


@evidence
def test_an_evidence_notebook_says_that_its_data_are_simulated(path):
    outputs = json.dumps([cell["outputs"] for cell in code(path)], ensure_ascii=False)
    assert "gesimuleerde gegevens" in outputs


@evidence
def test_an_evidence_notebook_says_its_level_of_use_and_what_it_does_not_show(path):
    words = "".join(
        "".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown"
    )
    assert "groepsniveau" in words
    assert "niet laat zien" in words


@evidence
def test_the_last_cell_hands_over_the_findings(path):
    """The document is made of them, and of nothing else."""
    data = [output.get("data", {}) for output in code(path)[-1]["outputs"]]
    assert "application/vnd.weerglas.findings+json" in data[-1]
