"""Files stay one noun long."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = 300


def _sources() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    endings = (".py", ".js", ".css", ".html", ".j2", ".typ")
    return [name for name in listed.splitlines() if name.endswith(endings)]


@pytest.mark.parametrize("name", _sources())
def test_file_is_under_300_lines(name: str):
    """A longer file is two nouns."""
    file = ROOT / name
    assert not file.exists() or file.read_text("utf-8").count("\n") <= LONGEST


@pytest.mark.parametrize("name", _sources())
def test_no_module_is_called_after_nothing(name: str):
    assert Path(name).stem not in {"utils", "helpers", "common", "misc", "manager"}
