"""The rules of `visible_if` and of modules: every question can be reached, and looks back, never ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from instrument.bank.kinds import join
from instrument.bank.places import Rule, Table, coded, numbered, option_values

MOST_STEPS: Final = 300
"""Of the search for a pattern of answers; a questionnaire for children needs some ten."""
_Answers: TypeAlias = "dict[str, frozenset[int]]"
"""Item code to the answers that are still possible."""


def _items_belong_somewhere(bank: Table) -> Iterator[str]:
    for place, item in numbered(bank, "item"):
        if ("scale" in item) == ("module" in item):
            found = "both a scale and a module" if "scale" in item else "neither a scale nor a module"
            yield f"{place}: has {found}; name the one it belongs to"


def _scales_are_asked_of_everybody(bank: Table) -> Iterator[str]:
    """Else a score would depend on what was asked."""
    for place, item in numbered(bank, "item"):
        if "scale" in item and "visible_if" in item:
            yield f"{place}.visible_if: a question of a scale is put to everybody; remove it, or use a module"


def _modules_are_used(bank: Table) -> Iterator[str]:
    used = {item.get("module") for _, item in numbered(bank, "item")}
    for place, module in coded(bank, "module"):
        if module["code"] not in used:
            yield f'{place}: "{module["code"]}" has no items; write one, or remove it'


def _conditions_look_back(bank: Table) -> Iterator[str]:
    """A condition on a later question could only ever be part of a circle, or come too late."""
    first = _first_places(bank)
    for place, position, item, term, code in _terms(bank):
        if code not in first:
            yield f'{term}: "{code}" is no item here; name an earlier one'
        elif code == item.get("code"):
            yield f'{term}: "{code}" depends on itself; name an earlier item'
        elif first[code] > position:
            yield f'{term}: "{code}" stands after {place}; a condition looks back: change the order'


def _conditions_name_options(bank: Table) -> Iterator[str]:
    """Of every item they name; answers that only some of them offer hide a slip of the pen."""
    offered = {code: values for _, code, values in option_values(bank)}
    sets = {item["code"]: item.get("option_set") for _, item in coded(bank, "item")}
    for place, condition in _conditions(bank):
        for value in condition.get("answered", []):
            known = (offered.get(sets.get(code, ""), []) for code in condition.get("any_of", []))
            lacking = [values for values in known if values and value not in values]
            if lacking and value is not None:
                remedy = f"use those of every item in any_of: {', '.join(map(str, lacking[0]))}"
                yield f"{join(place, 'answered')}: {value} is no option of all its items; {remedy}"


def _conditions_stay_in_their_module(bank: Table) -> Iterator[str]:
    """A school may leave any module out; what depends on its questions would never be seen."""
    modules = {item["code"]: item.get("module") for _, item in coded(bank, "item")}
    for _, _, item, term, code in _terms(bank):
        module = modules.get(code)
        if module is not None and module != item.get("module"):
            remedy = "a school may leave that out; name a question of a scale or of the same module"
            yield f"{term}: {code} belongs to module {module}; {remedy}"


def _every_question_can_be_reached(bank: Table) -> Iterator[str]:
    """Conditions without a pattern of answers that fits them all hide their item for good."""
    asked = {item["code"]: _in_form(item) for _, item in coded(bank, "item")}
    singles = _items_with_one_answer(bank)
    for place, item in numbered(bank, "item"):
        if not _can_hold(_in_form(item), asked, singles):
            yield f"{place}.visible_if: no pattern of answers fits every condition; correct one"


RULES: Final[tuple[Rule, ...]] = (
    _items_belong_somewhere,
    _scales_are_asked_of_everybody,
    _modules_are_used,
    _conditions_look_back,
    _conditions_name_options,
    _conditions_stay_in_their_module,
    _every_question_can_be_reached,
)


def _first_places(bank: Table) -> dict[str, int]:
    first: dict[str, int] = {}
    for position, item in enumerate(bank.get("item", [])):
        if item is not None and "code" in item:
            first.setdefault(item["code"], position)
    return first


def _conditions(bank: Table) -> Iterator[tuple[str, Table]]:
    for place, item in numbered(bank, "item"):
        for number, condition in enumerate(item.get("visible_if", []), start=1):
            if condition is not None:
                yield f"{place}.visible_if[{number}]", condition


def _terms(bank: Table) -> Iterator[tuple[str, int, Table, str, str]]:
    """Yield place, position and table of the item, then place and code of each item it depends on."""
    for position, item in enumerate(bank.get("item", [])):
        place = f"item[{position + 1}]"
        for number, condition in enumerate((item or {}).get("visible_if", []), start=1):
            for code in (condition or {}).get("any_of", []):
                if code is not None:
                    yield place, position, item, f"{place}.visible_if[{number}].any_of", code


def _in_form(item: Table) -> list[Table]:
    """Return its conditions, but for those with a part that is reported by the form."""
    conditions = (condition or {} for condition in item.get("visible_if", []))
    parts = ((condition, condition.get("any_of"), condition.get("answered")) for condition in conditions)
    return [
        condition
        for condition, any_of, answered in parts
        if any_of and answered and None not in any_of + answered
    ]


def _items_with_one_answer(bank: Table) -> set[str]:
    several = {entry["code"] for _, entry in coded(bank, "option_set") if entry.get("several")}
    return {item["code"] for _, item in coded(bank, "item") if item.get("option_set") not in several}


def _can_hold(conditions: list[Table], asked: Mapping[str, list[Table]], singles: set[str]) -> bool:
    """Look for a pattern of answers under which all hold; after `MOST_STEPS` it is taken to exist."""
    open_ends: list[Iterator[tuple[list[Table], _Answers]]] = [iter([(conditions, {})])]
    for _ in range(MOST_STEPS):
        if not open_ends:
            return False
        state = next(open_ends[-1], None)
        if state is None:
            open_ends.pop()
        elif not state[0]:
            return True
        else:
            open_ends.append(_choices(*state, asked, singles))
    return True


def _choices(
    conditions: list[Table], answers: _Answers, asked: Mapping[str, list[Table]], singles: set[str]
) -> Iterator[tuple[list[Table], _Answers]]:
    """Meet the first condition by each of its items: yield what is left to meet, and the answers left."""
    first, *others = conditions
    answered = frozenset(first["answered"])
    for code in first["any_of"]:
        left = answers.get(code, answered) & answered if code in singles else answered
        if left:
            own = [] if code in answers else asked.get(code, [])
            yield [*own, *others], {**answers, code: left}
