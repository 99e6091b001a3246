"""Questions that people write in Excel: what is right is read, and what is wrong is named by its cell."""

from collections.abc import Callable
from typing import Any

import pytest

from instrument import catalogue
from instrument.catalogue import BankFaults
from instrument.interchange import workbook, xlsform
from instrument.interchange.xlsform_import import bank_from_xlsx

Sheets = dict[str, list[dict[str, str]]]
NL = "label::Nederlands (nl)"


@pytest.fixture
def sheets() -> Sheets:
    return xlsform.sheets(catalogue.load(catalogue.bundled()["po_bovenbouw_2026"]))


def file(sheets: Sheets) -> bytes:
    return workbook.write({name: xlsform._rows(lines) for name, lines in sheets.items()})


def refusal(sheets: Sheets) -> str:
    with pytest.raises(BankFaults) as refused:
        bank_from_xlsx("x.xlsx", file(sheets))
    assert all(fault.startswith("x.xlsx: ") for fault in refused.value.faults)
    return str(refused.value)


def change(sheet: str, row: int, **cells: str) -> Callable[[Sheets], Any]:
    """Change the cells of a row as a spreadsheet counts it: the heads are row 1."""
    return lambda sheets: sheets[sheet][row - 2].update(
        {key.replace("__", "::"): v for key, v in cells.items()}
    )


def line_of(sheets: Sheets, code: str) -> int:
    return next(n for n, line in enumerate(sheets["survey"]) if line.get("name") == code)


def on_item(code: str, **cells: str) -> Callable[[Sheets], Any]:
    return lambda sheets: sheets["survey"][line_of(sheets, code)].update(cells)


FAULTS: list[tuple[Callable[[Sheets], Any], str]] = [
    (on_item("WB01", weerglas_topic=""), "survey!I2: is missing; add"),
    (on_item("WB01", weerglas_reversed="perhaps"), "survey!J2: is neither yes nor no"),
    (on_item("WB01", weerglas_sensitive=""), "survey!K2: is missing"),
    (on_item("WB01", type="integer"), 'survey!A2: "integer" has no place here; use select_one'),
    (on_item("WB01", type="select_one nosuch"), 'survey!A2: "nosuch" is not an option set here'),
    (on_item("WB01", type="select_one"), 'survey!A2: "" is out of form'),
    (on_item("WB01", type="select_multiple hoeveel"), "is asked in two ways; take select_one"),
    (on_item("WB01", name="q1"), 'survey!B2: "q1" is out of form'),
    (on_item("WB02", name="WB01"), 'survey!B3: "WB01" is the code of survey, row 2 too'),
    (on_item("WB01", **{NL: "x" * 901 + "?"}), "survey!C2: is longer than 900 bytes"),
    (on_item("WB01", **{NL: ""}), "survey!C2: is missing; write this text in every language"),
    (on_item("WB01", **{NL: "Ben jij niet blij?"}), 'survey!C2: "niet" is a negation'),
    (on_item("WB01", **{NL: "Hoe\x0bveel?"}), "survey!C2: holds the hidden sign"),
    (on_item("WW01", relevant="${AT01} > 1"), "cannot be read from"),
    (on_item("WW01", relevant="${WB07} = 2"), "a condition looks back"),
    (on_item("WW01", relevant="${AT01} = 9"), "9 is no option"),
    (on_item("WB01", weerglas_scale=""), "survey, row 2: has neither a scale nor a module"),
    (change("choices", 2, name="one"), 'choices!B2: "one" is no whole number'),
    (change("choices", 2, name="9"), "values do not rise"),
    (change("settings", 2, form_id=""), "settings!B2: is missing"),
    (change("settings", 2, weerglas_minimum_answered="9/8"), 'is no share; write a fraction as "2/3"'),
    (change("settings", 2, weerglas_leerjaren="6 7 x"), "settings!H2 (leerjaren[3])"),
    (change("weerglas_scales", 2, code="Welzijn"), 'weerglas_scales!A2: "Welzijn" is out of form'),
    (lambda sheets: sheets.pop("settings"), "settings: is missing or empty; add this sheet"),
    (lambda sheets: sheets.pop("survey"), "survey: has no text in a language"),
    (lambda sheets: sheets["survey"].append({"type": "end_group"}), '"end_group" has no place here'),
    (lambda sheets: sheets["survey"].append({"type": "begin_group", "name": "a"}), '"a" has no end'),
    (on_item("WB01", **{"label::Klingon": "nuq"}), '"label::Klingon" names no known language'),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_a_fault_is_named_by_its_cell(sheets: Sheets, wrong: Callable[[Sheets], Any], fault: str):
    wrong(sheets)
    assert fault in refusal(sheets)


def test_a_group_with_a_condition_is_refused(sheets: Sheets):
    """Which question would have it, when a question of the group has one of its own?"""
    group = next(line for line in sheets["survey"] if line["type"] == "begin_group")
    group["relevant"] = "${AT01} = 2"
    assert "a group has no condition here; write it at each question" in refusal(sheets)


def test_every_fault_is_told_at_once(sheets: Sheets):
    for code in ("WB01", "WB02", "VB01"):
        sheets["survey"][line_of(sheets, code)]["weerglas_topic"] = ""
    assert refusal(sheets).count("is missing") == 3


def test_whoever_has_no_column_is_told_which_to_add(sheets: Sheets):
    for line in sheets["survey"]:
        line.pop("weerglas_sensitive", None)
    assert 'survey, row 2, column "weerglas_sensitive" (to be added): is missing' in refusal(sheets)


def test_a_form_from_another_program_needs_few_columns(sheets: Sheets):
    """Languages without a code, a text without a language, a module that is only a group."""
    for line in sheets["survey"]:
        line.pop("weerglas_module", None)
        line["label"] = line.pop(NL, "")
    sheets["settings"][0]["default_language"] = "Nederlands"
    assert 'module = "wie_helpt"' in bank_from_xlsx("x.xlsx", file(sheets))


def test_our_two_answers_are_no_options_of_a_list(sheets: Sheets):
    assert {"-1", "-2"} < {line["name"] for line in sheets["choices"]}
    assert "value = -1" not in bank_from_xlsx("x.xlsx", file(sheets))
