"""One way to paper for all templates: accessible, the same each time, and whatever a school is called."""

import re
from pathlib import Path

import pytest

from instrument.paper import letters, slips
from instrument.paper.typesetting import typeset

ROOT = Path(__file__).parents[2]
NAMES = ["De Zon", "De Zon \U0001f31e", "\u0645\u062f\u0631\u0633\u0629", '#read("/etc/passwd")']
TEMPLATE = """#set document(title: "Proef", date: none)
#set text(lang: "nl", font: "Atkinson Hyperlegible Next")
#let it = json(bytes(sys.inputs.document))
= Proef
#it.naam"""


@pytest.fixture
def template(tmp_path):
    file = tmp_path / "proef.typ"
    file.write_text(TEMPLATE, "utf-8")
    return file


@pytest.mark.parametrize(
    "name", ["De Zon", "De Zon \U0001f31e", "\u0645\u062f\u0631\u0633\u0629", '#read("/etc/passwd")']
)
def test_a_name_is_printed_whatever_it_holds_and_never_run(template, name):
    """An emoji or Arabic has no letter in our fonts, and stopped a delivery's PDF; a name is no markup."""
    once = typeset(template, {"naam": name})
    assert once.startswith(b"%PDF")
    assert once == typeset(template, {"naam": name})


def test_no_template_of_ours_lets_typst_read_the_clock():
    """Two runs within a second are equal anyhow; next year's are only where each template says so."""
    ours = [file for folder in ("instrument", "export") for file in (ROOT / folder).rglob("*.typ")]
    whole = [file for file in ours if "set document(" in file.read_text("utf-8")]
    assert len(whole) >= 6
    for file in whole:
        assert re.search(r"set document\([^#]*?\bdate: ", file.read_text("utf-8")), file


def test_slips_and_letters_of_a_school_with_an_emoji_are_printed():
    known = {"school": "De Zon \U0001f31e", "schooljaar": "2026-2027", "adres": "http://127.0.0.1:1/"}
    assert letters.as_pdf(letters.own("ouders"), known).startswith(b"%PDF")
    paper = slips.as_pdf(
        [slips.Slips("7a", ("CODE",))], school="De Zon \U0001f31e", address="http://127.0.0.1:1/"
    )
    assert paper.startswith(b"%PDF")
