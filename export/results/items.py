"""Items and kinds of aantasting in the words of the edition, from released distributions."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from export.disclosure import Distribution, Suppressed

if TYPE_CHECKING:
    from export.disclosure import AnswerClass
    from instrument.questionnaire import Item

TEXTS: Final = Path(__file__).parent / "texts" / "results.toml"
SUPPRESSED: Final = "suppressed"


def item_result(item: Item, found: Distribution | Suppressed) -> dict[str, Any]:
    """Return one item: options told together share a label, in the order of the screen.

    `reads` is "share", "few" (fewer than three pupils, perhaps nobody), "nearly_all" or "suppressed"; only
    with the first there is a share. `values` are the stored values of the options.
    """
    return {
        "code": item.code,
        "text": item.text["nl"],
        "scale": item.scale,
        "favourable": "low" if item.reversed else "high",
        "sensitive": item.sensitive,
        **_numbers(found),
        "options": _options(item, found),
    }


def kind_result(item: Item, found: Distribution | Suppressed) -> dict[str, Any]:
    """Return the share of pupils it happened to at least once: all who did not give the best answer."""
    happened = None if isinstance(found, Suppressed) else found.below_best
    return {
        "kind": item.topic,
        "title": _texts()["soort"].get(item.topic) or item.topic.replace("_", " ").capitalize(),
        "item": item.code,
        "sensitive": item.sensitive,
        "share": None if happened is None else happened.share,
        "reads": SUPPRESSED if happened is None else happened.reads,
        **_numbers(found),
    }


def _numbers(found: Distribution | Suppressed) -> dict[str, Any]:
    if isinstance(found, Suppressed):
        return {"n_valid": None, "suppressed": found.reason}
    return {"n_valid": found.n_valid, "suppressed": None}


def _options(item: Item, found: Distribution | Suppressed) -> list[dict[str, Any]]:
    if isinstance(found, Suppressed):
        labels = [option.label["nl"] for option in item.option_set.options]
        return [
            {"label": label, "share": None, "reads": SUPPRESSED, "values": [option.value]}
            for label, option in zip(labels, item.option_set.options, strict=True)
        ]
    told = [_option(item, each) for each in found.classes]
    return sorted(told, key=lambda option: option["values"])


def _option(item: Item, told: AnswerClass) -> dict[str, Any]:
    values = sorted(_value(item, level) for level in told.levels)
    return {"label": _label(item, values), "share": told.share, "reads": told.reads, "values": values}


def _value(item: Item, level: int) -> int:
    """Return the stored value of a level, which counts from the least favourable answer."""
    options = item.option_set.options
    return options[-1].value + 1 - level if item.reversed else options[0].value - 1 + level


def _label(item: Item, values: list[int]) -> str:
    labels = [option.label["nl"] for option in item.option_set.options if option.value in values]
    if len(values) == len(item.option_set.options) - 1:
        return str(_texts()["vaker" if item.period and item.reversed else "verder"])
    return str(_texts()["samen"]).join(labels)


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(TEXTS.read_text("utf-8"))
