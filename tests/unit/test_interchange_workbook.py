"""Spreadsheets from strangers: nothing runs, nothing explodes, nothing is half read."""

import io
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
import xlsxwriter

from instrument.catalogue import BankFaults
from instrument.interchange import workbook


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(BankFaults) as refused:
        workbook.read("x.xlsx", content)
    assert all(fault.startswith("x.xlsx: ") for fault in refused.value.faults)
    return str(refused.value)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x")', "http://x.nl", "{=1}"])
def test_no_text_becomes_a_formula_or_a_link(text: str):
    written = workbook.write({"survey": [["type"], [text]]})
    cell = openpyxl.load_workbook(io.BytesIO(written))["survey"]["A2"]
    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    assert workbook.read("x.xlsx", written)["survey"].lines[0].get("type") == text


def test_the_same_rows_give_the_same_bytes():
    """No clock is read: whoever exports again sees whether something changed."""
    written = workbook.write({"a": [["b"]]})
    assert workbook.write({"a": [["b"]]}) == written
    assert b"2026-01-01T00:00:00Z" in zipfile.ZipFile(io.BytesIO(written)).read("docProps/core.xml")


def test_columns_are_text_for_whoever_types_on():
    """Excel makes the second of March of a typed 2/3 otherwise."""
    book = openpyxl.load_workbook(io.BytesIO(workbook.write({"a": [["b"], ["c"]]})))
    assert book["a"].column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("=1+1", "survey!B3: holds a formula"),
        (datetime(2026, 3, 2, tzinfo=UTC), "survey!B3: the spreadsheet made a date"),
    ],
)
def test_a_cell_that_is_no_text_is_named(value: object, fault: str):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet("survey")
        sheet.write_row(0, 0, ["type", "name"])
        sheet.write(2, 1, value, book.add_format({"num_format": "d-m-yyyy"}))
    assert fault in refusal(out.getvalue())


def test_numbers_and_ticks_are_read_as_people_see_them():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("choices")
        sheet.write_row(0, 0, ["name", "faces", "x"])
        sheet.write_row(1, 0, [1.0, True, 0.5])
    line = workbook.read("x.xlsx", out.getvalue())["choices"].lines[0]
    assert dict(line.cells) == {"name": "1", "faces": "yes", "x": "0.5"}


def test_a_bomb_is_counted_while_it_unpacks():
    assert "unpacks to more than 20 MB" in refusal(package(a=b"0" * (workbook.LARGEST_UNPACKED + 1)))


def test_many_parts_are_refused():
    parts = {f"p{number}": b"" for number in range(workbook.MOST_PARTS + 1)}
    assert "parts inside" in refusal(package(**parts))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_is_never_expanded(encoding: str):
    part = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'.encode(encoding)
    assert "declares XML entities" in refusal(package(a=part))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"a,b,c", package(a=b"b")])
def test_what_is_no_spreadsheet_is_refused(content: bytes):
    assert "save it as .xlsx" in refusal(content)


def test_a_damaged_file_is_refused():
    written = bytearray(workbook.write({"survey": [["type"], ["note" * 99]]}))
    for place in range(60, 160):
        written[place] ^= 255
    assert "x.xlsx: " in refusal(bytes(written))


def test_a_large_file_is_refused():
    assert "larger than 2 MB" in refusal(b"0" * (workbook.LARGEST_FILE + 1))


def test_too_many_rows_or_columns_are_refused():
    rows = [["a"] for _ in range(workbook.MOST_ROWS + 1)]
    assert "survey: has more than" in refusal(workbook.write({"survey": rows}))
    heads = [[str(number) for number in range(workbook.MOST_COLUMNS + 1)]]
    assert "survey: has more than" in refusal(workbook.write({"survey": heads}))


def test_two_heads_of_one_name_are_refused():
    assert 'survey!C1: "type" heads an earlier column' in refusal(
        workbook.write({"survey": [["type", "a", "type"]]})
    )


def test_columns_are_named_as_a_spreadsheet_does():
    assert [workbook._letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
