"""DDI-Codebook 2.5, checked against the order and the attributes that its field documentation gives.

Its XSD is in no package of PyPI, npm or Debian: this is not the validation by schema that an archive will do.
"""

from xml.etree import ElementTree as ET

import pytest

from instrument.interchange import ddi
from instrument.questionnaire import NON_SUBSTANTIVE, Edition

NS = {"d": ddi.NAMESPACE}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Per element: the children it may have, in order (those we use), and its attributes.
CHILDREN = {
    "codeBook": ("stdyDscr", "dataDscr"), "stdyDscr": ("citation", "stdyInfo"),
    "citation": ("titlStmt", "verStmt"), "titlStmt": ("titl", "parTitl", "IDNo"), "verStmt": ("version",),
    "stdyInfo": ("sumDscr",), "sumDscr": ("universe",), "dataDscr": ("varGrp", "var"),
    "varGrp": ("labl", "concept"), "var": ("labl", "qstn", "invalrng", "catgry", "concept", "notes"),
    "qstn": ("preQTxt", "qstnLit", "backward"), "invalrng": ("item",), "catgry": ("catValu", "labl"),
}  # fmt: skip
ATTRIBUTES = {
    "codeBook": {"version", "ID", LANG}, "IDNo": {"agency"}, "version": {"type"}, "item": {"VALUE"},
    "varGrp": {"ID", "name", "type", "otherType", "var"}, "var": {"ID", "name", "intrvl", "nature"},
    "qstn": {"ID", "seqNo"}, "backward": {"qstn"}, "catgry": {"missing"}, "concept": {LANG, "vocab"},
    "notes": {"type", "subject"},
}  # fmt: skip
TEXTS = {"titl", "parTitl", "labl", "qstnLit", "preQTxt", "universe"}


@pytest.fixture(scope="module")
def book(edition: Edition) -> ET.Element:
    return ET.fromstring(ddi.as_xml(edition))  # noqa: S314 - made by this test


def name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def test_everything_is_where_the_format_wants_it(book: ET.Element):
    for element in book.iter():
        assert element.tag.startswith(f"{{{ddi.NAMESPACE}}}")
        order = [CHILDREN[name(element)].index(name(child)) for child in element]
        assert order == sorted(order)
        assert set(element.keys()) <= ATTRIBUTES.get(name(element), {LANG})


def test_every_reference_has_its_end(book: ET.Element):
    known = [element.get("ID") for element in book.iter() if element.get("ID")]
    assert len(known) == len(set(known))
    named = " ".join(element.get(key, "") for element in book.iter() for key in ("var", "qstn"))
    assert set(named.split()) <= set(known)


def test_every_text_names_its_language(book: ET.Element, edition: Edition):
    assert all(element.get(LANG) in edition.languages for element in book.iter() if name(element) in TEXTS)


def test_every_item_is_a_variable_with_its_question_and_categories(book: ET.Element, edition: Edition):
    variables = book.findall(".//d:var", NS)
    assert [each.get("name") for each in variables] == [item.code for item in edition.items]
    for item, variable in zip(edition.items, variables, strict=True):
        asked = {each.get(LANG): each.text for each in variable.findall("d:qstn/d:qstnLit", NS)}
        assert asked == dict(item.text)
        categories = {
            int(each.findtext("d:catValu", "", NS)): each for each in variable.findall("d:catgry", NS)
        }
        missing = {value for value, each in categories.items() if each.get("missing") == "Y"}
        assert missing == set(NON_SUBSTANTIVE)
        for option in item.option_set.options:
            value = 2 ** (option.value - 1) if item.option_set.several else option.value
            labels = {each.get(LANG): each.text for each in categories[value].findall("d:labl", NS)}
            assert labels == dict(option.label)


def test_scales_and_modules_hold_their_variables(book: ET.Element, edition: Edition):
    groups = {each.get("ID"): each.get("var", "").split() for each in book.findall(".//d:varGrp", NS)}
    for scale, items in edition.model.items():
        assert groups[f"scale_{scale}"] == [f"V_{code}" for code in items]
    assert set(groups) == {f"scale_{s.code}" for s in edition.scales} | {
        f"module_{m.code}" for m in edition.modules
    }
