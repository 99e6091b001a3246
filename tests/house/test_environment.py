"""The three lists of dependencies say the same."""

import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
FIXED = ("jupyterlab", "voila", "ipywidgets", "pandas", "scipy", "pingouin")


def test_conda_supplies_python_and_pip_and_nothing_else():
    """A conda solve cannot be run in CI; so conda decides nothing that the lock decides."""
    plain = [entry for entry in CONDA["dependencies"] if isinstance(entry, str)]
    assert plain == ["python=3.11", "pip"]


def test_pip_section_of_conda_equals_pyproject():
    (section,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert section == [*PROJECT["dependencies"], "-e ."]


@pytest.mark.parametrize("library", FIXED)
def test_fixed_library_is_a_dependency(library: str):
    """The user fixed these; adding is allowed, replacing is not."""
    assert any(line.split(">")[0].split("=")[0] == library for line in PROJECT["dependencies"])


def test_licence_is_that_of_pingouin():
    """Pingouin is GPL-3, so we are; the classifier keeps us off the public index."""
    assert PROJECT["license"] == "GPL-3.0-or-later"
    assert "Private :: Do Not Upload" in PROJECT["classifiers"]
    assert "GNU GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text("utf-8")[:200]


def test_no_file_names_a_machine_or_loads_from_outside():
    """A clone must work anywhere, and a page must load nothing from a CDN. The lock is uv's own format."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    guilty = [name for name in listed.splitlines() if name != "uv.lock" and _is_guilty(ROOT / name)]
    assert guilty == []


def _is_guilty(file: Path) -> bool:
    if not file.is_file() or file == Path(__file__):
        return False
    text = file.read_text("utf-8", errors="ignore")
    signs = (
        "/root/",
        "/work/main",
        "pypi.org/simple",
        "cdn.jsdelivr",
        "unpkg.com",
        "cdnjs.",
        "googleapis.com",
    )
    return any(sign in text for sign in signs)
