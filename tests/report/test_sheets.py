"""The workbook and the CSV: no live formula whatever people write, and the figures that paper shows."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from export.report import document as paper
from export.report import sheets
from export.workbook import Sheet, xlsx_bytes
from tests.report.documents import alone
from tests.report.documents import document as results

FORMULA_SIGNS = "=+-@|%"
HOSTILE = st.one_of(
    st.text(max_size=40),
    st.builds("{}{}{}".format, st.sampled_from(["", " ", "\t", "\r", "\n", "\ufeff", "\u00a0"]),
              st.sampled_from([*FORMULA_SIGNS, "\uff1d", "\uff20", "\ufe62", "http://", "mailto:", "<b>"]),
              st.text(max_size=20)),
)  # fmt: skip


def hostile(words: str) -> dict[str, Any]:
    """Return results in which every name that comes from people or from an item bank is these words."""
    found = results()
    found["school"]["name"] = words
    for item in found["items"]:
        item["text"] = words
        for option in item["options"]:
            option["label"] = words
    for kind in found["kinds"]:
        kind["title"] = words
    return found


def is_live(cell: str) -> bool:
    """Tell whether a spreadsheet could run a cell: trimmed and half width, as it reads it."""
    read = unicodedata.normalize("NFKC", cell).lstrip()
    return cell[:1] in ("\t", "\r", "\n") or read[:1] in tuple(FORMULA_SIGNS)


def rows(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def is_number(cell: str) -> bool:
    return cell.replace(",", "", 1).removeprefix("-").isdigit()


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_cell_of_the_csv_is_a_live_formula(words: str):
    live = [cell for row in rows(sheets.as_csv(hostile(words))) for cell in row if is_live(cell)]
    assert [cell for cell in live if not is_number(cell)] == []


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_cell_of_the_workbook_is_a_formula_or_a_link(words: str):
    """The small workbook, so that hundreds can be tried; its cells are written by the same function."""
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx_bytes((Sheet("Blad", (words, "n"), ((words, 1),), note=words),)))
    )
    cells = [cell for row in book["Blad"].iter_rows() for cell in row if cell.value is not None]
    assert len(cells) == 5 if words else 2
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert [cell for cell in cells if cell.hyperlink or (cell.data_type == "s" and is_live(cell.value))] == []


def test_the_whole_workbook_holds_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(hostile("=HYPERLINK(1)"))))
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert any(cell.value == "'=HYPERLINK(1)" for cell in cells)


def test_the_csv_opens_in_a_dutch_spreadsheet():
    """BOM, `;`, every cell quoted, CRLF, decimal comma."""
    content = sheets.as_csv(results())
    lines = content.split(b"\r\n")
    assert lines[0].startswith(b'\xef\xbb\xbf"Vestiging";"Schooljaar";"Gesimuleerd"')
    assert all(
        line.startswith(b'"') and line.endswith(b'"') and line.count(b'";"') == 8 for line in lines[1:-1]
    )


def test_csv_workbook_and_paper_say_the_same():
    found = results()
    written = rows(sheets.as_csv(found))
    means = {(row[4], row[7]): row[8] for row in written if row[3] == "Gemiddelden"}
    for one, placed in zip(
        found["indicators"], paper.document(found, variant="team", note="")["gemiddelden"], strict=True
    ):
        assert means[one["code"], "Gemiddelde"] == placed["gemiddelde"]
        assert means[one["code"], "Verschil met vorige afname"] == "0,3"
        assert means[one["code"], "Verschil met andere scholen"] == "-0,2"
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(found)))
    shares = {row[0]: row[4] for row in book["Vragen"].iter_rows(min_row=4, values_only=True)}
    in_csv = {row[4]: row[8] for row in written if row[3] == "Vragen" and row[7].startswith("Deel")}
    assert in_csv
    assert {code: str(share) for code, share in shares.items() if share is not None} == in_csv


def test_what_is_not_shown_has_a_remark_and_no_number():
    book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(alone(pupils=8))))
    for row in book["Vragen"].iter_rows(min_row=4, values_only=True):
        assert (row[4], row[5], row[6]) == (None, None, "te weinig leerlingen")


def test_every_sheet_says_that_a_school_is_simulated():
    for is_simulated in (True, False):
        book = openpyxl.load_workbook(io.BytesIO(sheets.as_xlsx(results(simulated=is_simulated))))
        assert {str(page["A1"].value).startswith("GESIMULEERD") for page in book} == {is_simulated}


def test_the_same_results_give_the_same_bytes_at_any_time():
    """A workbook names the moment of its making: ours is always the same one."""
    assert sheets.as_xlsx(results()) == sheets.as_xlsx(results())
    assert sheets.as_csv(results()) == sheets.as_csv(results())
    with zipfile.ZipFile(io.BytesIO(sheets.as_xlsx(results()))) as parts:
        moments = re.findall(rb"\d{4}-\d{2}-\d{2}T[^<]*", parts.read("docProps/core.xml"))
    assert set(moments) == {b"2000-01-01T00:00:00Z"}
