"""Files that are no bank, or no longer one: each is refused with its place and remedy, and at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from instrument import catalogue

SMALLEST = Path(__file__).with_name("test_bank_smallest.toml").read_text("utf-8")


def faults_of(content: str | bytes, folder: Path) -> tuple[str, ...]:
    """Return the faults of a bank with this content."""
    path = folder / "bank.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(catalogue.BankFaults) as refusal:
        catalogue.load(path)
    return refusal.value.faults


def line_of(text: str) -> int:
    """Return the number of the first line that holds a text."""
    return SMALLEST[: SMALLEST.index(text)].count("\n") + 1


@pytest.mark.parametrize("value", ["yes", "no", "null", "~", "on", "2/3", "'it's'"])
def test_a_value_of_another_notation_names_its_line(value: str, tmp_path: Path) -> None:
    """What YAML would read as a truth value or as nothing is no TOML; it must not become an empty text."""
    faults = faults_of(SMALLEST.replace('"Vaak"', value), tmp_path)
    assert len(faults) == 1
    assert "is no TOML" in faults[0]
    assert f"line {line_of('Vaak')}" in faults[0]


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f"])
def test_a_control_sign_in_the_file_names_its_line(sign: str, tmp_path: Path) -> None:
    """Written as itself it is no TOML at all; written as an escape it is a fault of the text."""
    (fault,) = faults_of(SMALLEST.replace("Haha", f"Ha{sign}ha"), tmp_path)
    assert f"line {line_of('Haha')}" in fault
    (fault,) = faults_of(SMALLEST.replace("Haha", f"Ha\\u{ord(sign):04x}ha"), tmp_path)
    assert f"explanation[1].text.nl: holds the hidden sign U+{ord(sign):04X}; remove it at sign 3" in fault


def test_a_file_of_ten_megabytes_is_refused_unread(tmp_path: Path) -> None:
    """A photograph or a dump under the name of a bank may not cost a server its memory."""
    started = time.perf_counter()
    (fault,) = faults_of(SMALLEST + "# filled\n" * 1_200_000, tmp_path)
    assert "is larger than 1 MB; an item bank holds only text, so check the path" in fault
    assert time.perf_counter() - started < 1


def test_a_file_of_another_unicode_is_refused(tmp_path: Path) -> None:
    """Spreadsheets export "Unicode text" as UTF-16."""
    (fault,) = faults_of(SMALLEST.encode("utf-16"), tmp_path)
    assert fault == "bank.toml: line 1: is not UTF-8; save the file as UTF-8"


def test_an_empty_file_lacks_every_key(tmp_path: Path) -> None:
    """All at once, so that its writer sees what a bank is made of."""
    assert len(faults_of("", tmp_path)) == 9


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    """TOML stops at its first error; at least the place is given."""
    faults = faults_of(SMALLEST.replace('sector = "po"', "sector = po"), tmp_path)
    assert len(faults) == 1
    assert "is no TOML" in faults[0]
    assert f"line {line_of('sector')}" in faults[0]


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    """Old Windows editors write cp1252."""
    content = SMALLEST.replace("Haha", "Hé").encode("cp1252")
    assert faults_of(content, tmp_path) == (
        f"bank.toml: line {line_of('Haha')}: is not UTF-8; save the file as UTF-8",
    )


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Windows' Notepad writes one, and its user cannot see it."""
    path = tmp_path / "bank.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.encode())
    assert catalogue.load(path).code == "klein_2026"


def test_a_megabyte_is_enough_and_one_byte_more_is_too_much(tmp_path: Path) -> None:
    """The border of the size rule; a comment fills the file."""
    room = catalogue.LARGEST_FILE - len(SMALLEST.encode())
    filled = SMALLEST + "#\n" * (room // 2) + "\n" * (room % 2)
    path = tmp_path / "bank.toml"
    path.write_text(filled, "utf-8")
    assert catalogue.load(path).code == "klein_2026"
    assert "larger than 1 MB" in faults_of(filled + "\n", tmp_path)[0]


def test_endless_keys_and_nesting_are_refused_at_once(tmp_path: Path) -> None:
    """A key with 500,000 dots in one line took all memory of the machine when tomllib was let at it."""
    assert "line 1: is longer than 1000 bytes" in faults_of("a." * 400_000 + "a = 1", tmp_path)[0]
    assert "nested too deep" in faults_of("a = [\n" + "[\n" * 400_000, tmp_path)[0]


@pytest.mark.parametrize("name", ["absent.toml", "a_folder", "null\0.toml"])
def test_a_path_that_cannot_be_read_is_a_fault(name: str, tmp_path: Path) -> None:
    """The command line prints it like any other fault."""
    (tmp_path / "a_folder").mkdir()
    with pytest.raises(catalogue.BankFaults, match="cannot be read"):
        catalogue.load(tmp_path / name)
