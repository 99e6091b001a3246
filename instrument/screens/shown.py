"""What a page shows of an edition; how items are scored and what they measure stays behind."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from instrument import catalogue
from instrument.screens import recordings

if TYPE_CHECKING:
    from instrument.questionnaire import Explanation, Item, OptionSet


@cache
def edition(code: str, modules: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the items, answers and explanations of an edition with these modules, as values for JSON."""
    found = catalogue.edition(code).with_modules(modules)
    needed = {item.explanation for item in found.items}
    return {
        "languages": list(found.languages),
        "items": [_item(item, recordings.addresses(code, item.code)) for item in found.items],
        "option_sets": {item.option_set.code: _option_set(item.option_set) for item in found.items},
        "explanations": [_explanation(one) for one in found.explanations if one.code in needed],
    }


def _item(item: Item, recorded: dict[str, str]) -> dict[str, Any]:
    return {
        "code": item.code,
        "text": dict(item.text),
        "option_set": item.option_set.code,
        "explanation": item.explanation,
        "visible_if": [
            {"any_of": list(condition.any_of), "answered": list(condition.answered)}
            for condition in item.visible_if
        ],
        "recorded": recorded,
    }


def _option_set(option_set: OptionSet) -> dict[str, Any]:
    return {
        "several": option_set.several,
        "faces": option_set.faces,
        "options": [{"value": option.value, "label": dict(option.label)} for option in option_set.options],
    }


def _explanation(explanation: Explanation) -> dict[str, Any]:
    return {"code": explanation.code, "title": dict(explanation.title), "text": dict(explanation.text)}
