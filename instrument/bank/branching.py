"""The rules of `visible_if` and of modules: every question can be reached, and looks back, never ahead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from instrument.bank.kinds import join
from instrument.bank.places import Rule, Table, coded, numbered, option_values


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
        for code in condition.get("any_of", []):
            known = offered.get(sets.get(code, ""), [])
            for value in condition.get("answered", []):
                if known and value is not None and value not in known:
                    remedy = f"use one of: {', '.join(map(str, known))}"
                    yield f"{join(place, 'answered')}: {value} is no option of {code}; {remedy}"


def _conditions_stay_in_their_module(bank: Table) -> Iterator[str]:
    """A school may leave any module out; what depends on its questions would never be seen."""
    modules = {item["code"]: item.get("module") for _, item in coded(bank, "item")}
    for _, _, item, term, code in _terms(bank):
        module = modules.get(code)
        if module is not None and module != item.get("module"):
            remedy = "a school may leave that out; name a question of a scale or of the same module"
            yield f"{term}: {code} belongs to module {module}; {remedy}"


def _conditions_can_hold_together(bank: Table) -> Iterator[str]:
    """Two conditions on one question alone, without an answer in common, hide their item for good."""
    several = {entry["code"] for _, entry in coded(bank, "option_set") if entry.get("several")}
    sets = {item["code"]: item.get("option_set") for _, item in coded(bank, "item")}
    for place, item in numbered(bank, "item"):
        left: dict[str, set[int]] = {}
        for condition in filter(None, item.get("visible_if", [])):
            codes, answered = condition.get("any_of", []), set(condition.get("answered", []))
            if len(codes) != 1 or sets.get(codes[0]) in several:
                continue
            left[codes[0]] = left.get(codes[0], answered) & answered
            if not left[codes[0]]:
                yield f"{place}.visible_if: no answer to {codes[0]} fits every condition; correct one"
                break


RULES: Final[tuple[Rule, ...]] = (
    _items_belong_somewhere,
    _scales_are_asked_of_everybody,
    _modules_are_used,
    _conditions_look_back,
    _conditions_name_options,
    _conditions_stay_in_their_module,
    _conditions_can_hold_together,
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
