"""Kinds of value in a TOML file that people write; a kind names every fault with its place and remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

LONGEST_SHOWN: Final = 40
"""Signs of a faulty value that a message repeats; what is longer is cut off."""
HIDDEN_CATEGORIES: Final = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories of signs nobody sees; the bidi controls, which turn a text around, are in Cf."""
JOINERS: Final = {"\u200c", "\u200d"}
"""Hidden, yet part of correct spelling in Persian and Hindi."""
FRACTION: Final = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class Checked:
    """A value as far as it is in form (`None` where it is not), with the faults found in it."""

    value: Any
    faults: tuple[str, ...] = ()


Kind: TypeAlias = Callable[[str, object], Checked]
"""Takes a place and the value found there."""


@dataclass(frozen=True, slots=True)
class Key:
    """What stands under a key of a table."""

    kind: Kind
    required: bool = True


def sentence(place: str, value: object) -> Checked:
    """Text for people, on one line: neither empty nor with signs that nobody sees."""
    if not isinstance(value, str):
        return _fault(place, f"{shown(value)} is no text; write it between quotes")
    if not value.strip():
        return _fault(place, "is empty; write the text, or remove the key where it may be left out")
    hidden = next((sign for sign in value if _is_hidden(sign)), None)
    if hidden is not None:
        remedy = f"remove it at sign {value.index(hidden) + 1}, and write the text on one line"
        return _fault(place, f"holds the hidden sign U+{ord(hidden):04X}; {remedy}")
    return Checked(value)


def code(form: re.Pattern[str], remedy: str) -> Kind:
    """Make the kind of a code in this form; `remedy` tells a person how to write one."""

    def kind(place: str, value: object) -> Checked:
        if isinstance(value, str) and form.fullmatch(value):
            return Checked(value)
        return _fault(place, f"{shown(value)} is out of form; write {remedy}")

    return kind


def yes_or_no(place: str, value: object) -> Checked:
    """Either true or false, without quotes."""
    if isinstance(value, bool):
        return Checked(value)
    return _fault(place, f"{shown(value)} is neither yes nor no; write true or false, without quotes")


def whole_number(place: str, value: object) -> Checked:
    """A whole number, without quotes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Checked(value)
    return _fault(place, f"{shown(value)} is no whole number; write a number as 3, without quotes")


def share(place: str, value: object) -> Checked:
    """A share above 0, at most 1: a number, or a fraction between quotes ("2/3" has no exact decimal)."""
    number = _as_number(value)
    if number is not None and 0 < number <= 1:
        return Checked(float(number))
    return _fault(place, f'{shown(value)} is no share; write a fraction as "2/3", above 0 and at most 1')


def by_language(place: str, value: object) -> Checked:
    """A sentence per language, as `text.nl` and `text.en`."""
    if not isinstance(value, dict):
        return _fault(place, f'{shown(value)} has no language; write {_leaf(place)}.nl = "…"')
    checked = {language: sentence(join(place, language), text) for language, text in value.items()}
    # A faulty sentence still counts as written: its language is not reported as missing too.
    texts = {language: text.value or "" for language, text in checked.items()}
    return Checked(texts, _faults_of(*checked.values()))


def list_of(kind: Kind) -> Kind:
    """Make the kind of a list with at least one element; faulty elements keep their place as `None`."""

    def list_kind(place: str, value: object) -> Checked:
        if not isinstance(value, list):
            return _fault(place, f"{shown(value)} is no list; write it as a list")
        if not value:
            return _fault(place, "is an empty list; add at least one")
        checked = [kind(f"{place}[{number}]", element) for number, element in enumerate(value, start=1)]
        return Checked([element.value for element in checked], _faults_of(*checked))

    return list_kind


def table(keys: Mapping[str, Key]) -> Kind:
    """Make the kind of a table with these keys; what is faulty or unknown is left out of its value."""

    def table_kind(place: str, value: object) -> Checked:
        if not isinstance(value, dict):
            return _fault(place, f"{shown(value)} is no table; write its keys: {', '.join(keys)}")
        checked = {name: _read(place, name, value, key) for name, key in keys.items()}
        known = {name: part.value for name, part in checked.items() if part.value is not None}
        return Checked(known, _unknown_keys(place, value, keys) + _faults_of(*checked.values()))

    return table_kind


def shown(value: object) -> str:
    """Show a faulty value in a message: short, on one line, and without signs that nobody sees."""
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
        return '"' + "".join(f"<U+{ord(sign):04X}>" if _is_hidden(sign) else sign for sign in cut) + '"'
    if isinstance(value, bool):
        return str(value).lower()
    # Python refuses to print a whole number of more than 4300 digits; nobody needs to read one of ten.
    if isinstance(value, int) and abs(value) < 10**9:
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    names = {dict: "a table", list: "a list", int: "a very large number"}
    return names.get(type(value), "a date or time")


def join(place: str, key: str) -> str:
    """Name the place of a key inside a place."""
    name = key if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", key) else shown(key)
    return f"{place}.{name}" if place else name


def _read(place: str, name: str, value: Mapping[str, object], key: Key) -> Checked:
    if name in value:
        return key.kind(join(place, name), value[name])
    return _fault(join(place, name), "is missing; add this key") if key.required else Checked(None)


def _unknown_keys(place: str, value: Mapping[str, object], keys: Mapping[str, Key]) -> tuple[str, ...]:
    unknown = (name for name in value if name not in keys)
    return tuple(f"{join(place, name)}: is an unknown key; {_suggestion(name, keys)}" for name in unknown)


def _suggestion(name: str, keys: Mapping[str, Key]) -> str:
    near = get_close_matches(name[:LONGEST_SHOWN], keys, n=1)
    return f"did you mean {near[0]}?" if near else f"remove it, or use one of: {', '.join(keys)}"


def _as_number(value: object) -> float | None:
    if isinstance(value, str):
        match = FRACTION.fullmatch(value)
        return int(match[1]) / int(match[2]) if match else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_hidden(sign: str) -> bool:
    return (unicodedata.category(sign) in HIDDEN_CATEGORIES and sign not in JOINERS) or _is_no_character(sign)


def _is_no_character(sign: str) -> bool:
    """Tell whether Unicode keeps this place free for good; XML cannot hold such a sign."""
    return ord(sign) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(sign) <= 0xFDEF  # noqa: PLR2004 - Unicode 23.7


def _leaf(place: str) -> str:
    return place.rpartition(".")[2]


def _fault(place: str, fault: str) -> Checked:
    return Checked(None, (f"{place}: {fault}" if place else fault,))


def _faults_of(*checked: Checked) -> tuple[str, ...]:
    return tuple(fault for part in checked for fault in part.faults)
