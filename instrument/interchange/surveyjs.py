"""An edition as the JSON of SurveyJS: one page a question, the same codes for the same answers."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any, Final

from instrument.interchange.words import non_substantive
from instrument.questionnaire import DONT_KNOW, PREFER_NOT_TO_SAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instrument.questionnaire import Condition, Edition, Item, Text

_DEFAULT: Final = "en"
"""SurveyJS takes English for the language of whatever has no language."""


def as_json(edition: Edition) -> bytes:
    """Return the edition as JSON for SurveyJS, in the language that the edition names first."""
    document = {
        "title": _localised(edition.title),
        "locale": edition.languages[0],
        # An answer to a question that is not asked any more counts as none, as on our own page.
        "clearInvisibleValues": "onHidden",
        "pages": list(_pages(edition)),
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _pages(edition: Edition) -> Iterator[dict[str, Any]]:
    explained: set[str] = set()
    for item in edition.items:
        elements = [_question(edition, item)]
        if item.explanation is not None and item.explanation not in explained:
            explained.add(item.explanation)
            elements.insert(0, _explanation(edition, item.explanation))
        yield {"name": f"page_{item.code}", "elements": elements}


def _explanation(edition: Edition, code: str) -> dict[str, Any]:
    found = next(each for each in edition.explanations if each.code == code)
    first = next(item for item in edition.items if item.explanation == code)
    words = {
        language: f"<h4>{html.escape(found.title[language])}</h4><p>{html.escape(text)}</p>"
        for language, text in found.text.items()
    }
    shown = {"type": "html", "name": f"explanation_{code}", "html": _localised(words)}
    return shown | _visible_if(first.visible_if)


def _question(edition: Edition, item: Item) -> dict[str, Any]:
    choices = [_choice(option.value, option.label) for option in item.option_set.options]
    outside = non_substantive(edition)
    asked = {"name": item.code, "title": _localised(item.text), **_visible_if(item.visible_if)}
    if item.option_set.several:
        # Their own two answers exclude every other; a plain choice among several would not.
        return {
            "type": "checkbox", **asked, "choices": choices,
            "showRefuseItem": True, "refuseText": _localised(outside[PREFER_NOT_TO_SAY]),
            "showDontKnowItem": True, "dontKnowText": _localised(outside[DONT_KNOW]),
        }  # fmt: skip
    choices += [_choice(value, label) for value, label in outside.items()]
    return {"type": "radiogroup", **asked, "choices": choices, "allowClear": True}


def _choice(value: int, label: Text) -> dict[str, Any]:
    return {"value": value, "text": _localised(label)}


def _visible_if(conditions: Sequence[Condition]) -> dict[str, str]:
    alternatives = [
        " or ".join(f"{{{code}}} anyof {list(condition.answered)}" for code in condition.any_of)
        for condition in conditions
    ]
    joined = " and ".join(f"({alternative})" for alternative in alternatives)
    return {"visibleIf": joined} if joined else {}


def _localised(text: Text) -> dict[str, str]:
    """Return a text as SurveyJS keeps it: what is English (or else comes first) stands under `default`."""
    default = _DEFAULT if _DEFAULT in text else next(iter(text))
    others = {language: words for language, words in text.items() if language != _DEFAULT}
    return {"default": text[default], **others}
