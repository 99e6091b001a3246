"""What holds for every pattern of answers and every web of conditions: what is shown, and what is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from instrument import catalogue
from instrument.bank import rules
from instrument.bank.form import BANK
from instrument.questionnaire import DONT_KNOW, PREFER_NOT_TO_SAY, Edition, Item

EDITIONS = {code: catalogue.edition(code) for code in catalogue.bundled()}
# By code: the whole of an edition is too much for a report.
each_conditional_item = pytest.mark.parametrize(
    ("code", "item_code"),
    [(code, item.code) for code, edition in EDITIONS.items() for item in edition.items if item.visible_if],
)
SMALLEST = tomllib.loads((Path(__file__).parents[1] / "unit/test_bank_smallest.toml").read_text("utf-8"))
CODES = ["MU01", "MU02", "MU03"]
MANY = settings(max_examples=300, deadline=None)
FEW = settings(max_examples=25, deadline=None)


def answers_to(edition: Edition) -> st.SearchStrategy[dict[str, int]]:
    """Draw what a pupil could have stored: any item, any code, many left open."""
    chosen = {item.code: st.sampled_from(item.codes) for item in edition.items}
    return st.fixed_dictionaries({}, optional=chosen)


def stored(item: Item, value: int) -> int:
    """Return what is stored where one option is chosen."""
    return 2 ** (value - 1) if item.option_set.several else value


def pattern_that_shows(edition: Edition, item: Item) -> dict[str, int]:
    """Return answers under which an item is asked."""
    pattern: dict[str, int] = {}
    for condition in item.visible_if:
        earlier = edition.item(condition.any_of[-1])
        pattern |= pattern_that_shows(edition, earlier)
        pattern[earlier.code] = stored(earlier, condition.answered[0])
    return pattern


@each_conditional_item
@FEW
@given(data=st.data())
def test_every_conditional_item_has_answers_that_show_it(code: str, item_code: str, data: Any) -> None:
    """Whatever else was answered."""
    edition, item = EDITIONS[code], EDITIONS[code].item(item_code)
    answers = data.draw(answers_to(edition)) | pattern_that_shows(edition, item)
    assert item in edition.visible(answers)


@each_conditional_item
@FEW
@given(data=st.data())
def test_every_conditional_item_has_answers_that_hide_it(code: str, item_code: str, data: Any) -> None:
    """No answer, or no substantive one, to what it depends on; whatever else was answered."""
    edition, item = EDITIONS[code], EDITIONS[code].item(item_code)
    earlier = item.visible_if[0].any_of
    others = {name: value for name, value in data.draw(answers_to(edition)).items() if name not in earlier}
    assert item not in edition.visible(others)
    nothing = dict.fromkeys(earlier, data.draw(st.sampled_from([DONT_KNOW, PREFER_NOT_TO_SAY])))
    assert item not in edition.visible(others | nothing)


@pytest.mark.parametrize("code", EDITIONS)
@FEW
@given(data=st.data())
def test_every_scale_is_asked_of_everybody(code: str, data: Any) -> None:
    """Whatever was answered, and in the order of the file."""
    edition = EDITIONS[code]
    asked = edition.visible(data.draw(answers_to(edition)))
    assert [item for item in asked if item.scale] == list(edition.scored)
    places = [edition.items.index(item) for item in asked]
    assert places == sorted(places)


def conditions(codes: list[str], values: st.SearchStrategy[int]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw a `visible_if` on one or two of these items, or none."""
    any_of = st.lists(st.sampled_from(codes), min_size=1, max_size=2)
    answered = st.lists(values, min_size=1, max_size=2)
    return st.lists(st.fixed_dictionaries({"any_of": any_of, "answered": answered}), max_size=3)


def sets_of_options() -> st.SearchStrategy[dict[str, Any]]:
    """Draw an option set of two or three; several, faces, both or neither."""
    flags = st.sampled_from([{}, {}, {"several": True}, {"faces": True}, {"several": True, "faces": True}])
    return st.builds(lambda n, flags: flags | {"option": _options(n)}, st.integers(2, 3), flags)


def _options(n: int) -> list[dict[str, Any]]:
    return [{"value": value, "label": _text(f"la {value}")} for value in range(1, n + 1)]


def _text(text: str) -> dict[str, str]:
    return {"nl": text, "en": text}


@st.composite
def banks(draw: st.DrawFn, *, sound: bool) -> dict[str, Any]:
    """Draw the smallest bank with a module of three questions, each with an option set of its own.

    A sound one looks back and names options of every set; any other may name itself and what is not there.
    """
    items, sets = list(SMALLEST["item"]), list(SMALLEST["option_set"])
    for place, code in enumerate(CODES):
        name = code.lower()
        earlier = ["SF01", *CODES[:place]] if sound else ["SF01", *CODES, "XX99"]
        sets.append(draw(sets_of_options()) | {"code": name})
        entry = {"code": code, "module": "muziek", "topic": name, "text": _text(f"La {name}?")}
        entry |= {"option_set": name, "reversed": False, "sensitive": False}
        drawn = draw(conditions(earlier, st.integers(1, 2) if sound else st.integers(-2, 99)))
        items.append(entry | ({"visible_if": drawn} if drawn else {}))
    module = {"code": "muziek", "title": _text("La"), "legal_question": "La?"}
    return {**SMALLEST, "item": items, "option_set": sets, "module": [module]}


def reached(edition: Edition) -> Iterator[str]:
    """Yield the code of each item that is asked under some answers, by trying all of them."""
    tried = [edition.item(code) for code in ("SF01", *CODES)]
    for values in product(*([None, *item.option_set.values] for item in tried)):
        pairs = zip(tried, values, strict=True)
        answers = {item.code: value for item, value in pairs if value is not None}
        yield from (item.code for item in edition.visible(answers))


@MANY
@given(banks(sound=False))
def test_any_web_of_conditions_is_read_or_refused(bank: dict[str, Any]) -> None:
    """Circles, later and unknown items, answers nobody can give: faults with their places, and no crash."""
    checked = BANK("", bank)
    faults = checked.faults + rules.faults(checked.value)
    assert all(re.match(r"[a-z_]+\[\d\]", fault) for fault in faults)


@MANY
@given(banks(sound=True))
def test_a_bank_is_refused_exactly_when_a_question_can_never_be_asked(bank: dict[str, Any]) -> None:
    """The search of the rule against trying every pattern; other faults are none of its business."""
    checked = BANK("", bank)
    faults = checked.faults + rules.faults(checked.value)
    unreachable = {fault.split(".")[0] for fault in faults if "no pattern of answers" in fault}
    assume(len(faults) == len(unreachable))
    edition = catalogue._edition(checked.value)
    shown = set(reached(edition))
    never = {f"item[{n}]" for n, item in enumerate(edition.items, start=1) if item.code not in shown}
    assert unreachable == never
