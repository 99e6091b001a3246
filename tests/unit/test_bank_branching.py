"""Modules and `visible_if`: each rule broken once, and the border where it still holds."""

# ruff: noqa: E501 - one broken rule, one line

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from instrument import catalogue
from instrument.bank import rules
from instrument.bank.form import BANK
from instrument.questionnaire import Condition

SMALLEST = Path(__file__).with_name("test_bank_smallest.toml").read_text("utf-8")
MODULES = """
[[module]]
code = "muziek"
title.nl = "Muziek"
title.en = "Music"
legal_question = "Hoe is de sfeer?"

[[option_set]]
code = "ja_nee"
option = [
  { value = 1, label.nl = "Nee", label.en = "No" },
  { value = 2, label.nl = "Misschien", label.en = "Maybe" },
  { value = 3, label.nl = "Ja", label.en = "Yes" },
]

[[option_set]]
code = "waar"
several = true
option = [
  { value = 1, label.nl = "Thuis", label.en = "At home" },
  { value = 2, label.nl = "Op school", label.en = "At school" },
]
"""
ITEM = """
[[item]]
code = "{code}"
{home}
topic = "{topic}"
text.nl = "Houd je van {topic}?"
text.en = "Do you like {topic}?"
option_set = "{option_set}"
reversed = false
sensitive = false
{visible_if}
"""


def item(code: str, *conditions: str, option_set: str = "ja_nee", home: str = 'module = "muziek"') -> str:
    """Write an item of a module, with conditions written as `SF01=2` or `MU01,MU02=1,3`."""
    written = ", ".join(condition(text) for text in conditions)
    visible_if = f"visible_if = [{written}]" if conditions else ""
    return ITEM.format(code=code, topic=code.lower(), option_set=option_set, home=home, visible_if=visible_if)


def condition(text: str) -> str:
    codes, _, values = text.partition("=")
    any_of = ", ".join(f'"{code}"' for code in codes.split(","))
    return f"{{ any_of = [{any_of}], answered = [{values}] }}"


SOUND = item("MU01") + item("MU02", "SF01,SF02=2", option_set="waar") + item("MU03", "MU01=1,3", "MU02=2")


def faults(items: str, *, modules: str = MODULES) -> tuple[str, ...]:
    """Return the faults of the smallest bank with these modules and items behind it."""
    checked = BANK("", tomllib.loads(SMALLEST + modules + items))
    return checked.faults + rules.faults(checked.value)


def test_a_bank_with_modules_is_read_as_written(tmp_path: Path) -> None:
    """Truth for everything below."""
    path = tmp_path / "bank.toml"
    path.write_text(SMALLEST + MODULES + SOUND, "utf-8")
    edition = catalogue.load(path)
    assert [module.code for module in edition.modules] == ["muziek"]
    assert edition.item("MU03").visible_if == (Condition(("MU01",), (1, 3)), Condition(("MU02",), (2,)))
    assert edition.item("MU02").option_set.values == (1, 2, 3)
    assert [item.code for item in edition.scored] == ["SF01", "SF02", "SF03"]


ELSEWHERE = MODULES + MODULES.partition("[[option_set]]")[0].replace("muziek", "sport")
BROKEN = {
    "neither a scale nor a module": (
        item("MU01", home=""),
        "item[4]: has neither a scale nor a module; name the one it belongs to",
    ),
    "both a scale and a module": (
        item("MU01", home='scale = "sfeer"\nmodule = "muziek"'),
        "item[4]: has both a scale and a module; name the one it belongs to",
    ),
    "a scale behind a condition": (
        item("SF04", "SF01=2", home='scale = "sfeer"'),
        "item[4].visible_if: a question of a scale is put to everybody; remove it, or use a module",
    ),
    "unknown module": (
        item("MU01", home='module = "sport"'),
        'item[4].module: "sport" is not a module here; use one of: muziek',
    ),
    "unknown item": (
        item("MU01", "SF09=2"),
        'item[4].visible_if[1].any_of: "SF09" is no item here; name an earlier one',
    ),
    "itself": (
        item("MU01", "MU01=1"),
        'item[4].visible_if[1].any_of: "MU01" depends on itself; name an earlier item',
    ),
    "a later item": (
        item("MU01", "SF01=2", "MU02=1") + item("MU02"),
        'item[4].visible_if[2].any_of: "MU02" stands after item[4]; a condition looks back: change the order',
    ),
    "a circle": (
        item("MU01", "MU02=1") + item("MU02", "MU01=1"),
        'item[4].visible_if[1].any_of: "MU02" stands after item[4]; a condition looks back: change the order',
    ),
    "no option": (
        item("MU01", "SF01,SF02=2,3"),
        "item[4].visible_if[1].answered: 3 is no option of all its items; use those of every item in any_of: 1, 2",
    ),
    "weet ik niet": (
        item("MU01", "SF01=-1"),
        "item[4].visible_if[1].answered: -1 is no option of all its items",
    ),
    "answers that only one of two items offers": (
        item("MU01") + item("MU02", "SF01,MU01=3"),
        "item[5].visible_if[1].answered: 3 is no option of all its items",
    ),
    "two answers at once": (
        item("MU01") + item("MU02", "MU01=1,2", "MU01=3"),
        "item[5].visible_if: no pattern of answers fits every condition; correct one",
    ),
    "a follow-up that its own condition shuts off": (
        item("MU01") + item("MU02", "MU01=3") + item("MU03", "MU02=1", "MU01=1"),
        "item[6].visible_if: no pattern of answers fits every condition; correct one",
    ),
    "shut off by both ways": (
        item("MU01") + item("MU02", "MU01=3") + item("MU03", "MU01=2") + item("MU04", "MU02,MU03=1", "MU01=1"),
        "item[7].visible_if: no pattern of answers fits every condition; correct one",
    ),
    "no condition": (
        item("MU01").replace("sensitive = false", "sensitive = false\nvisible_if = []"),
        "item[4].visible_if: is an empty list; add at least one",
    ),
    "an unknown key": (
        item("MU01", "SF01=2").replace("answered", "answer"),
        "item[4].visible_if[1].answer: is an unknown key; did you mean answered?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_place_and_remedy(name: str) -> None:
    """The place counts as a person does, and the remedy can be followed without this code."""
    items, expected = BROKEN[name]
    found = faults(items)
    assert any(fault.startswith(expected) for fault in found), found
    spare = ("is used by no item", "has no items")  # what these small banks leave lying about
    assert len([fault for fault in found if not any(part in fault for part in spare)]) <= 2, found


def test_a_module_without_items_is_refused() -> None:
    """A school would switch it on, and nothing would be asked."""
    found = faults(SOUND, modules=ELSEWHERE)
    assert found == ('module[2]: "sport" has no items; write one, or remove it',)


def test_a_question_of_another_module_is_no_condition() -> None:
    """A school may leave that module out, and then this question would never be asked."""
    items = SOUND + item("SP01", "MU01=1", home='module = "sport"')
    (fault,) = faults(items, modules=ELSEWHERE)
    assert fault.startswith("item[7].visible_if[1].any_of: MU01 belongs to module muziek; a school may leave")


def test_two_answers_of_several_can_hold_at_once() -> None:
    """The border of what is unreachable: both boxes can be ticked, and two items can differ."""
    boxes = item("MU01", option_set="waar") + item("MU02", "MU01=1", "MU01=2")
    assert faults(boxes) == ()
    two = item("MU01") + item("MU02", option_set="waar") + item("MU03", "MU01,SF01=1", "MU01=2")
    assert faults(two) == ()


def test_one_of_several_ways_is_enough() -> None:
    """The first way fails only after a detour; the second is found."""
    detour = item("MU01") + item("MU02", "MU01=3") + item("MU03", "MU02,SF02=1", "MU01=1")
    assert faults(detour + item("MU04", option_set="waar")) == ()


def test_what_is_out_of_form_is_not_called_unreachable_as_well() -> None:
    """One slip of the pen is one fault."""
    quoted = item("MU01") + item("MU02", "MU01=1", 'MU01="2"') + item("MU03", option_set="waar")
    (fault,) = faults(quoted)
    assert fault.startswith('item[5].visible_if[2].answered[1]: "2" is no whole number')


def test_a_maze_of_conditions_is_judged_at_once() -> None:
    """The search for a pattern of answers ends; what it cannot settle passes, and no server hangs."""
    doors = "".join(item(f"MU{n:02d}", "MU01=1,2") for n in range(2, 40))
    codes = ",".join(f"MU{n:02d}" for n in range(2, 40))
    maze = item("MU01") + doors + item("MU90", *[f"{codes}=1", f"{codes}=2", f"{codes}=3"] * 4, "MU01=3")
    started = time.perf_counter()
    faults(maze)
    assert time.perf_counter() - started < 2
