"""An edition as LimeSurvey's tab-separated structure (.txt), for its "import survey".

After the importer's own source (`TSVImportSurvey` in helpers/admin/import_helper.php): `class` tells rows
apart; a group is the same in each language by its number under `type/scale`, a question by its name; the
first language stands there whole before the next begins.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from instrument.interchange.words import non_substantive
from instrument.interchange.xlsform import blocks
from instrument.questionnaire import DONT_KNOW, PREFER_NOT_TO_SAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instrument.questionnaire import Condition, Edition, Item

HEADS: Final = (
    "class", "type/scale", "name", "relevance", "text", "help", "language", "mandatory", "other",
    "exclude_all_others",
)  # fmt: skip
CODES: Final = {DONT_KNOW: "DK", PREFER_NOT_TO_SAY: "PN"}
"""LimeSurvey takes letters and digits in the code of an answer, five at most: no minus sign."""
_ESCAPED: Final = {"{": "&#123;", "}": "&#125;", "\\": "&#92;", "\t": " "}
"""Its texts are HTML in which curly brackets are a formula."""
_FORMULA: Final = ("=", "+", "-", "@")


def as_tsv(edition: Edition) -> bytes:
    """Return the edition as tab-separated text, with the mark in front by which spreadsheets know UTF-8."""
    rows = [dict(zip(HEADS, HEADS, strict=True)), *_settings(edition)]
    for language in edition.languages:
        rows += _language(edition, language)
    lines = ["\t".join(row.get(head, "") for head in HEADS) for row in rows]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def _settings(edition: Edition) -> Iterator[dict[str, str]]:
    first, *others = edition.languages
    settings = {
        "language": first, "additional_languages": " ".join(others), "format": "S", "allowprev": "Y",
        # What their settings can do for "niet herleidbaar": no name, no time, no address.
        "anonymized": "Y", "datestamp": "N", "ipaddr": "N", "refurl": "N", "savetimings": "N",
    }  # fmt: skip
    for name, value in settings.items():
        yield {"class": "S", "name": name, "text": value}
    for language in edition.languages:
        yield {"class": "SL", "name": "surveyls_language", "text": language, "language": language}
        title = _text(edition.title[language])
        yield {"class": "SL", "name": "surveyls_title", "text": title, "language": language}


def _language(edition: Edition, language: str) -> Iterator[dict[str, str]]:
    explained: list[str] = []
    titles = {module.code: module.title for module in edition.modules}
    for number, (module, items) in enumerate(blocks(edition), start=1):
        # The name of a scale would tell a child what its answers count for; hence the title of the whole.
        name = titles[module][language] if module else edition.title[language]
        yield {"class": "G", "type/scale": str(number), "name": _text(name), "language": language}
        for item in items:
            if item.explanation is not None and item.explanation not in explained:
                explained.append(item.explanation)
                yield _explanation(edition, item, f"X{len(explained):02}", language)
            yield from _question(edition, item, language)


def _explanation(edition: Edition, item: Item, name: str, language: str) -> dict[str, str]:
    found = next(each for each in edition.explanations if each.code == item.explanation)
    text = f"<b>{_text(found.title[language])}</b><br>{_text(found.text[language])}"
    return {
        "class": "Q", "type/scale": "X", "name": name, "relevance": _relevance(edition, item.visible_if),
        "text": text, "language": language,
    }  # fmt: skip


def _question(edition: Edition, item: Item, language: str) -> Iterator[dict[str, str]]:
    several = item.option_set.several
    yield {
        "class": "Q", "type/scale": "M" if several else "L", "name": item.code,
        "relevance": _relevance(edition, item.visible_if), "text": _text(item.text[language]),
        "language": language, "mandatory": "N", "other": "N",
        "exclude_all_others": ";".join(CODES.values()) if several else "",
    }  # fmt: skip
    labels = {str(option.value): option.label for option in item.option_set.options}
    labels |= {CODES[value]: label for value, label in non_substantive(edition).items()}
    for code, label in labels.items():
        kind = "SQ" if several else "A"
        yield {
            "class": kind, "type/scale": "0", "name": code,
            "relevance": "1" if several else "", "text": _text(label[language]), "language": language,
        }  # fmt: skip


def _relevance(edition: Edition, conditions: Sequence[Condition]) -> str:
    alternatives = (
        " or ".join(_term(edition.item(code), value) for code in each.any_of for value in each.answered)
        for each in conditions
    )
    return " and ".join(f"({alternative})" for alternative in alternatives) or "1"


def _term(item: Item, value: int) -> str:
    # .NAOK: a question that was not asked is empty, instead of making the whole expression fail.
    if item.option_set.several:
        return f'{item.code}_{value}.NAOK == "Y"'
    return f'{item.code}.NAOK == "{value}"'


def _text(words: str) -> str:
    escaped = html.escape(words)
    for sign, entity in _ESCAPED.items():
        escaped = escaped.replace(sign, entity)
    if escaped.startswith(_FORMULA):
        return f"&#{ord(escaped[0])};{escaped[1:]}"
    return escaped
