"""`weerglas bank`: what a user types, and what is never done silently."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from commands.bank import FORMATS
from instrument import catalogue, editions
from instrument.interchange import formats
from weerglas import main

CODE = "po_bovenbouw_2026"


def bank(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["bank", *map(str, arguments)])


def test_the_command_knows_every_format():
    assert tuple(formats.WRITERS) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_written_from_a_code_and_from_a_file(tmp_path: Path, name: str):
    by_code, by_file = tmp_path / "code", tmp_path / "file"
    assert bank("export", CODE, "--format", name, "--out", by_code).exit_code == 0
    assert bank("export", catalogue.bundled()[CODE], "--format", name, "--out", by_file).exit_code == 0
    assert by_code.read_bytes() == by_file.read_bytes()


def test_what_is_exported_is_imported_again(tmp_path: Path):
    sheet, file = tmp_path / "x.xlsx", tmp_path / "x.toml"
    assert bank("export", CODE, "--format", "xlsform", "--out", sheet).exit_code == 0
    assert bank("import", sheet, "--out", file).exit_code == 0
    assert bank("check", file).exit_code == 0
    assert catalogue.load(file) == catalogue.edition(CODE)


def test_no_file_is_overwritten(tmp_path: Path):
    out = tmp_path / "there"
    out.write_text("mine", "utf-8")
    done = bank("export", CODE, "--format", "ddi", "--out", out)
    assert (done.exit_code, out.read_text("utf-8")) == (2, "mine")
    assert "is there already; remove it, or give another --out" in done.output


def test_a_school_leaves_modules_out(tmp_path: Path):
    edition = catalogue.edition(CODE)
    for options, n_items in ((("--without-modules",), len(edition.scored)), ((), len(edition.items))):
        done = bank("export", CODE, "--format", "spss", "--out", tmp_path / str(n_items), *options)
        assert f"{n_items} items" in done.output


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--language", "fr"), 'has no language "fr"; use one of: nl, en'),
        (("--module", "nosuch"), 'has no module "nosuch"'),
        (("--module", "wie_helpt", "--without-modules"), "contradict each other"),
    ],
)
def test_wrong_options_get_a_sentence(tmp_path: Path, options: tuple[str, ...], sentence: str):
    done = bank("export", CODE, "--format", "pdf", "--out", tmp_path / "x.pdf", *options)
    assert done.exit_code == 2
    assert sentence in done.output
    assert not (tmp_path / "x.pdf").exists()


def test_a_spreadsheet_with_faults_writes_nothing(tmp_path: Path):
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    done = bank("import", tmp_path / "x.xlsx", "--out", tmp_path / "x.toml")
    assert done.exit_code == 2
    assert "x.xlsx: is no .xlsx file; save it as .xlsx" in done.output
    assert not (tmp_path / "x.toml").exists()


def test_the_list_names_editions_modules_and_fingerprints():
    printed = bank("list").output
    for code, file in catalogue.bundled().items():
        edition = catalogue.load(file)
        assert code in printed
        assert editions.fingerprint(edition) in printed
        assert all(module.code in printed for module in edition.modules)
