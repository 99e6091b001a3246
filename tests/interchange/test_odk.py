"""pyxform reads the spreadsheet, and ODK Validate the form that it makes of it."""

import io
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pyxform.xls2xform import convert

from instrument.interchange import xlsform
from instrument.questionnaire import Edition

XFORMS = {"x": "http://www.w3.org/2002/xforms"}


def converted(edition: Edition, *, validate: bool = False) -> Any:
    return convert(io.BytesIO(xlsform.as_xlsx(edition)), file_type=".xlsx", validate=validate)


@pytest.fixture(scope="module")
def form(edition: Edition) -> ET.Element:
    return ET.fromstring(converted(edition).xform)  # noqa: S314 - made by this test


def said(form: ET.Element, language: str) -> dict[str, str]:
    """Return every text of the form in one language, by its id; pyxform makes quotes straight."""
    (translation,) = [
        each
        for each in form.iterfind(".//x:translation", XFORMS)
        if each.get("lang") == xlsform.named(language)
    ]
    return {
        text.get("id", ""): straight("".join(text.itertext()))
        for text in translation.iterfind("x:text", XFORMS)
    }


def straight(text: str) -> str:
    return text.translate(str.maketrans("\u2018\u2019\u201c\u201d", "''\"\""))


def test_pyxform_has_nothing_to_warn_of(edition: Edition):
    assert converted(edition).warnings == []


def test_odk_validate_accepts_it(program, edition: Edition):
    """It loads the form as the app does: every path, choice list and condition."""
    program("java")
    assert not [line for line in converted(edition, validate=True).warnings if "rror" in line]


def test_every_text_is_there_in_every_language(form: ET.Element, edition: Edition):
    for language in edition.languages:
        texts = said(form, language)
        labels = {code.rpartition("/")[2].removesuffix(":label"): text for code, text in texts.items()}
        assert all(labels[item.code] == straight(item.text[language]) for item in edition.items)
        assert set(texts.values()) >= {
            straight(explanation.text[language]) for explanation in edition.explanations
        }
        options = {
            straight(option.label[language]) for item in edition.items for option in item.option_set.options
        }
        assert set(texts.values()) >= options


def test_only_follow_up_questions_have_a_condition(form: ET.Element, edition: Edition):
    conditional = {
        bind.get("nodeset", "").rpartition("/")[2]
        for bind in form.iterfind(".//x:bind", XFORMS)
        if bind.get("relevant")
    }
    assert {code for code in conditional if not code.startswith(xlsform.EXPLANATION)} == {
        item.code for item in edition.items if item.visible_if
    }


def test_several_answers_are_several_for_odk(form: ET.Element, edition: Edition):
    several = {each.get("ref", "").rpartition("/")[2] for each in form.iterfind(".//x:select", XFORMS)}
    assert several == {item.code for item in edition.items if item.option_set.several}
