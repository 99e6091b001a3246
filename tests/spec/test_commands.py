"""The command line explains itself; wrong input gets a sentence and exit code 2, never a traceback."""

import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from instrument.store.data_folder import DataFolder
from weerglas import FrontDoor, main

HIDDEN = {"broker", "office", "workers"}


def _every_command(
    group: click.Group, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            found += _every_command(command, (*path, name))
        elif name not in HIDDEN:
            found.append(((*path, name), command))
    return found


assert isinstance(main, FrontDoor)
COMMANDS = _every_command(main)


@pytest.mark.parametrize("path", [path for path, _ in COMMANDS], ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(path: tuple[str, ...]):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert f"Example: weerglas {' '.join(path)}" in shown.output


def test_the_readme_names_only_commands_that_exist():
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    lines = [
        line.split() for line in readme.replace(". .venv", "").splitlines() if line.startswith("weerglas ")
    ]
    known = {path for path, _ in COMMANDS}
    assert lines
    for words in lines:
        assert tuple(words[1:2]) in known or tuple(words[1:3]) in known, words


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return DataFolder.create(tmp_path_factory.mktemp("data") / "folder").path


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = DataFolder.create(tmp_path_factory.mktemp("data") / "folder").path
    (path / "store.sqlite").write_bytes(b"not a store at all")
    return path


GROUP = ("--stamgroep", "7a:7:24")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("afname", "open", "--data", "{missing}", "--vestiging", "02QZ00", *GROUP), "no such data folder"),
        (
            ("afname", "open", "--data", "{damaged}", "--vestiging", "02QZ00", *GROUP),
            "restore it from a backup",
        ),
        (("serve", "--data", "{damaged}"), "restore it from a backup"),
        (("afname", "open", "--data", "{data}", "--vestiging", "2QZ", *GROUP), "as in 02QZ00"),
        (
            ("afname", "open", "--data", "{data}", "--vestiging", "02QZ", *GROUP),
            "two digits of the vestiging",
        ),
        (
            ("afname", "open", "--data", "{data}", "--vestiging", "02QZ00", "--stamgroep", "7a"),
            "as in 7a:7:24",
        ),
        (("afname", "open", "--data", "{data}", "--vestiging", "02QZ00", *GROUP), "no school 02QZ00"),
        (
            (
                "afname",
                "open",
                "--data",
                "{data}",
                "--vestiging",
                "02QZ00",
                *GROUP,
                "--schooljaar",
                "2026-2028",
            ),
            "as in 2026-2027",
        ),
        (
            ("afname", "open", "--data", "{data}", "--vestiging", "02QZ00", *GROUP, "--edition", "nosuch"),
            'edition "nosuch" is unknown',
        ),
        (("afname", "close", "--data", "{data}", "--vestiging", "02QZ00"), "02QZ00"),
        (("codes", "--data", "{data}", "--vestiging", "02QZ00"), "weerglas afname open"),
        (
            ("levering", "export", "--data", "{data}", "--vestiging", "02QZ00", "--out", "{out}"),
            "weerglas school list",
        ),
        (("verantwoording", "--out", "{out}"), "--simulated"),
        (("verantwoording", "--data", "{data}", "--out", "{out}"), "weerglas afname close"),
        (("bank", "check", "pyproject.toml"), "code: is missing"),
        (("demo", "--data", "{data}"), "is no demo"),
        (("init", "--data", "{data}"), "something is there already"),
        (("demo", "--port", "99999"), "65535"),
    ],
)
def test_wrong_input_gets_a_sentence_and_writes_nothing(
    weerglas, folder: Path, damaged: Path, tmp_path: Path, arguments: tuple[str, ...], sentence: str
):
    places = {"data": folder, "damaged": damaged, "missing": tmp_path / "missing", "out": tmp_path / "out"}
    before = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != "broker.lock"}
    done = weerglas(*(argument.format(**places) for argument in arguments))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (tmp_path / "out").exists()
    assert before == {path.name: path.stat().st_size for path in folder.iterdir() if path.name in before}


def test_a_port_in_use_is_said_before_anything_is_written(weerglas, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = weerglas("demo", "--data", tmp_path / "demo", "--port", str(other.getsockname()[1]))
    assert done.returncode == 2
    assert "choose another with --port" in done.stderr
    assert not (tmp_path / "demo").exists()


def test_the_doctor_finds_a_damaged_folder(weerglas, folder: Path, damaged: Path):
    assert weerglas("doctor", "--data", folder).returncode == 0
    sick = weerglas("doctor", "--data", damaged)
    assert sick.returncode == 2
    assert "FAULT" in sick.stdout
