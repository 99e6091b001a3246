"""What a page shows of an edition; how items are scored and what they measure stays behind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from instrument import catalogue

if TYPE_CHECKING:
    from instrument.questionnaire import Explanation, Item, OptionSet


@cache
def edition(code: str) -> dict[str, Any]:
    """Return the items, answers and explanations of a bundled edition as plain values for JSON."""
    found = catalogue.edition(code)
    return {
        "languages": list(found.languages),
        "items": [_item(item) for item in found.items],
        "option_sets": {item.option_set.code: _options(item.option_set) for item in found.items},
        "explanations": [_explanation(explanation) for explanation in found.explanations],
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "text": dict(item.text),
        "option_set": item.option_set.code,
        "explanation": item.explanation,
    }


def _options(option_set: OptionSet) -> list[dict[str, Any]]:
    return [{"value": option.value, "label": dict(option.label)} for option in option_set.options]


def _explanation(explanation: Explanation) -> dict[str, Any]:
    return {"code": explanation.code, "title": dict(explanation.title), "text": dict(explanation.text)}
