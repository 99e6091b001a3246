"""An edition as DDI-Codebook 2.5: what an archive asks beside the data, and nothing about who answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from instrument import editions
from instrument.interchange.words import non_substantive
from instrument.questionnaire import NON_SUBSTANTIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from instrument.questionnaire import Edition, Item, Text

NAMESPACE: Final = "ddi:codebook:2_5"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def as_xml(edition: Edition) -> bytes:
    """Return the edition as XML in UTF-8, every text in every language."""
    book = ET.Element(
        "codeBook",
        {"xmlns": NAMESPACE, "version": "2.5", "ID": edition.code, _LANGUAGE: edition.languages[0]},
    )
    _study(book, edition)
    described = ET.SubElement(book, "dataDscr")
    _groups(described, edition)
    for place, item in enumerate(edition.items, start=1):
        _variable(described, edition, item, place)
    ET.indent(book)
    written: bytes = ET.tostring(book, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _study(book: ET.Element, edition: Edition) -> None:
    study = ET.SubElement(book, "stdyDscr")
    citation = ET.SubElement(study, "citation")
    titles = ET.SubElement(citation, "titlStmt")
    first, *others = edition.languages
    _add(titles, "titl", edition.title[first], {_LANGUAGE: first})
    for language in others:
        _add(titles, "parTitl", edition.title[language], {_LANGUAGE: language})
    _add(titles, "IDNo", edition.code, {"agency": "weerglas"})
    version = ET.SubElement(citation, "verStmt")
    _add(version, "version", editions.fingerprint(edition), {"type": "fingerprint"})
    summary = ET.SubElement(ET.SubElement(study, "stdyInfo"), "sumDscr")
    leerjaren = ", ".join(map(str, edition.leerjaren))
    _add(summary, "universe", f"{edition.sector}, leerjaar {leerjaren}", {_LANGUAGE: "nl"})


def _groups(described: ET.Element, edition: Edition) -> None:
    for scale in edition.scales:
        items = edition.items_of(scale.code)
        kind = {"type": "other", "otherType": "scale"}
        _group(described, f"scale_{scale.code}", kind, items, scale.title, scale.legal_question)
    for module in edition.modules:
        items = tuple(item for item in edition.items if item.module == module.code)
        kind = {"type": "section"}
        _group(described, f"module_{module.code}", kind, items, module.title, module.legal_question)


def _group(  # noqa: PLR0913, PLR0917 - a scale and a module are told in the same six words
    described: ET.Element, code: str, kind: dict[str, str], items: Iterable[Item], title: Text, question: str
) -> None:
    members = " ".join(f"V_{item.code}" for item in items)
    group = ET.SubElement(described, "varGrp", {"ID": code, "name": code, **kind, "var": members})
    _each(group, "labl", title)
    _add(group, "concept", question, {_LANGUAGE: "nl"})


def _variable(described: ET.Element, edition: Edition, item: Item, place: int) -> None:
    several = item.option_set.several
    kind = {"intrvl": "discrete", "nature": "nominal" if several else "ordinal"}
    variable = ET.SubElement(described, "var", {"ID": f"V_{item.code}", "name": item.code, **kind})
    _each(variable, "labl", item.text)
    _question(variable, edition, item, place)
    invalid = ET.SubElement(variable, "invalrng")
    for value in sorted(NON_SUBSTANTIVE):
        ET.SubElement(invalid, "item", {"VALUE": str(value)})
    _categories(variable, edition, item)
    _add(variable, "concept", item.topic, {"vocab": "weerglas"})
    for subject, said in _notes(item).items():
        _add(variable, "notes", said, {"type": "weerglas", "subject": subject})


def _question(variable: ET.Element, edition: Edition, item: Item, place: int) -> None:
    asked = ET.SubElement(variable, "qstn", {"ID": f"Q_{item.code}", "seqNo": str(place)})
    if item.explanation is not None:
        _each(asked, "preQTxt", next(e.text for e in edition.explanations if e.code == item.explanation))
    _each(asked, "qstnLit", item.text)
    for condition in item.visible_if:
        earlier = " ".join(f"Q_{code}" for code in condition.any_of)
        answers = " ".join(map(str, condition.answered))
        _add(asked, "backward", answers, {"qstn": earlier})


def _categories(variable: ET.Element, edition: Edition, item: Item) -> None:
    """Of several answers each category is its own power of two; what is stored is their sum."""
    several = item.option_set.several
    for option in item.option_set.options:
        value = 2 ** (option.value - 1) if several else option.value
        _category(variable, value, option.label, {})
    for value, label in non_substantive(edition).items():
        _category(variable, value, label, {"missing": "Y"})


def _category(variable: ET.Element, value: int, label: Text, kind: dict[str, str]) -> None:
    category = ET.SubElement(variable, "catgry", kind)
    _add(category, "catValu", str(value), {})
    _each(category, "labl", label)


def _notes(item: Item) -> Mapping[str, str]:
    said = {
        "reversed": "yes" if item.reversed else "",
        "sensitive": "yes" if item.sensitive else "",
        "stored": "sum of the chosen values" if item.option_set.several else "",
        "reading_level": item.reading_level,
        "wording": item.note,
    }
    return {subject: words for subject, words in said.items() if words}


def _each(parent: ET.Element, name: str, text: Text) -> None:
    for language, words in text.items():
        _add(parent, name, words, {_LANGUAGE: language})


def _add(parent: ET.Element, name: str, words: str, attributes: dict[str, str]) -> None:
    ET.SubElement(parent, name, attributes).text = words
