"""Files with pupil counts: read whole or refused whole, with every fault, its place and its remedy."""

from __future__ import annotations

import csv
import io
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from instrument.afname import Stamgroep
from instrument.roster import example, reader
from instrument.roster.limits import LEERJAREN, MOST_PUPILS, faults_of
from instrument.roster.rules import RosterFaults

OWN = "02QZ00"
GROUPS = [Stamgroep("7a", 7, 24), Stamgroep("Groep 8 · Zwanen", 8, 27)]
TEXT = "stamgroep;leerjaar;leerlingen\r\n7a;7;24\r\nGroep 8 · Zwanen;8;27\r\n"
HOSTILE = 50_000


def read(content: bytes | str, *, sector: str = "po") -> list[Stamgroep]:
    given_bytes = content.encode() if isinstance(content, str) else content
    return reader.read(given_bytes, sector=sector, vestigingsnummer=OWN).groups


def faults(content: bytes | str, *, sector: str = "po") -> tuple[str, ...]:
    with pytest.raises(RosterFaults) as refused:
        read(content, sector=sector)
    return refused.value.faults


def xlsx(rows: list[list[object]], *, title: str = "Blad1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


ROWS = [
    ["stamgroep", "leerjaar", "leerlingen"],
    *([group.name, group.leerjaar, group.pupils] for group in GROUPS),
]


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("cp1252"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace("24", "24,0").encode(),
        TEXT.replace("7a", '"7a"').replace("stamgroep", " Groep ").replace("leerlingen", "Aantal").encode(),
        (TEXT + ";;\r\n\r\n").encode(),
        xlsx(ROWS),
        xlsx(ROWS, title="Formatie"),
    ],
    ids=["utf8", "bom", "utf16", "cp1252", "lf", "comma", "tab", "24,0", "quoted", "empty", "xlsx", "sheet"],
)  # fmt: skip
def test_a_list_is_read_however_a_spreadsheet_wrote_it(content: bytes) -> None:
    """What a file is, is seen from its bytes: an .xlsx that was renamed to .csv is read as what it is."""
    assert read(content) == GROUPS


def test_every_fault_is_told_at_once_with_its_line() -> None:
    told = faults("stamgroep;leerjaar;leerlingen\n;7;24\n7b;9;x\n7c;7;0\n7C;7;20\n7d;7\n")
    assert [fault.split(":")[0] for fault in told] == [
        *("Regel 2", "Regel 3", "Regel 3", "Regel 4", "Regel 6", "Regel 5")
    ]
    assert "van 1 tot en met 8" in told[1]
    assert "Regel 4" in told[-1], "two names that differ in capitals only are one name on a slip"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "geen enkele stamgroep"),
        ("stamgroep;leerjaar;leerlingen\n", "geen enkele stamgroep"),
        ("naam;leeftijd\nJan;9\n", "kolom leerjaar ontbreekt"),
        ("stamgroep;klas;leerjaar;leerlingen\n", "meer dan één keer"),
        ("stamgroep;leerjaar;leerlingen\n7a;7;24;meer\n", "meer cellen"),
        ('stamgroep;leerjaar;leerlingen\n"7a;7;24\n', "aanhalingsteken"),
        ("stamgroep;leerjaar;leerlingen\n7\u202ea;7;24\n", "U+202E"),
        ("stamgroep;leerjaar;leerlingen\n7\x07a;7;24\n", "U+0007"),
        ("stamgroep;leerjaar;leerlingen\n=1+1;7;24\n", "als een formule"),
        ("stamgroep;leerjaar;leerlingen\n" + "a" * 41 + ";7;24\n", "te lang"),
        ("stamgroep;leerjaar;leerlingen\n" + "7a;7;24\n" * 2_001, "meer dan 2000 regels"),
        ("stamgroep;leerjaar;leerlingen\n" + "".join(f"g{n};7;2\n" for n in range(151)), "hoogstens 150"),
        (b"\xd0\xcf\x11\xe0 old", "oud Excel-bestand"),
        (b"PK\x03\x04 torn", "geen"),
        (b"x" * (reader.LARGEST + 1), "groter dan 10 MB"),
        (b"\xff\xfe\x00", "tekst"),
        (bytes([0x81, 0x8D, 0x8F]) * 3, "tekst"),
        (xlsx([["stamgroep", "leerjaar", "leerlingen"], ["7a", 7, "=1+1"]]), "Cel C2"),
        (xlsx([["iets", "anders"], ["7a", 7]]), "kolom stamgroep ontbreekt"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_remedy(content: bytes | str, sentence: str) -> None:
    if sentence == "geen":
        assert "Excel" in faults(content)[0]
    else:
        assert sentence in " ".join(faults(content))


def test_no_cell_is_repeated_in_a_fault() -> None:
    """A wrong file may be a list of pupils: their names go into no message, and so into no log."""
    told = " ".join(faults("stamgroep;leerjaar;leerlingen\nJan Janssen;geheim;2017-03-04\n"))
    assert not any(word in told for word in ("Jan", "geheim", "2017"))


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * 30_000_000)
    assert "Excel" in faults(out.getvalue())[0]


@pytest.mark.parametrize("sector", LEERJAREN)
def test_the_example_is_read_as_it_is(sector: str) -> None:
    assert read(example.content(sector), sector=sector)


def test_what_is_read_can_be_written_and_read_again() -> None:
    """The example's own form: `;`, BOM, CRLF."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(ROWS)
    assert read(text.getvalue().encode("utf-8-sig")) == GROUPS


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode("utf-8", "ignore")))
@settings(max_examples=300, deadline=None)
def test_whatever_comes_in_is_read_or_refused(content: bytes) -> None:
    """No other exception, and nothing that breaks the rule for a stamgroep."""
    check_read_or_refused(content)


CELLS = st.sampled_from(
    ["7a", "8", "24", "0", "-1", "=1", "", '"', "'", "\u202e", "\ufeff", "7,0", "1e9", "٣", "ä"]
)
LINES = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8)


@given(LINES, st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_list_is_read_or_refused(
    lines: list[list[str]], delimiter: str, encoding: str
) -> None:
    body = "\r\n".join(delimiter.join(cells) for cells in lines)
    head = delimiter.join(["stamgroep", "leerjaar", "leerlingen"])
    check_read_or_refused(f"{head}\r\n{body}".encode(encoding, "ignore"))


@pytest.mark.slow
@given(LINES, st.sampled_from(";,\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
@settings(max_examples=HOSTILE, deadline=None)
def test_fifty_thousand_lists_are_read_or_refused(
    lines: list[list[str]], delimiter: str, encoding: str
) -> None:
    body = "\r\n".join(delimiter.join(cells) for cells in lines)
    head = delimiter.join(["stamgroep", "leerjaar", "leerlingen"])
    check_read_or_refused(f"{head}\r\n{body}".encode(encoding, "ignore"))


def check_read_or_refused(content: bytes) -> None:
    with suppress(RosterFaults):
        found = reader.read(content, sector="po", vestigingsnummer=OWN).groups
        assert found
        assert all(faults_of(group, "po") == [] for group in found)
        assert all(1 <= group.pupils <= MOST_PUPILS for group in found)
