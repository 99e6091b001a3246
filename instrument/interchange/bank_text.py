"""An item bank as the text of a TOML file, in the order of the form, wherever the bank came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from instrument.bank.form import EDITION, EXPLANATION, ITEM, MODULE, OPTION, OPTION_SET, SCALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_TABLES: Final = {
    "scale": SCALE, "module": MODULE, "option_set": OPTION_SET, "explanation": EXPLANATION, "item": ITEM,
}  # fmt: skip
_SHORT: Final = 90
"""Signs. A longer list gets a line for each element: the bank refuses lines over a thousand bytes."""


def bank_text(bank: Mapping[str, Any]) -> str:
    """Return the TOML text of a bank; `catalogue.load` reads the same bank from it."""
    lines = [*_entries(bank, [key for key in EDITION if key not in _TABLES])]
    for name, form in _TABLES.items():
        for entry in bank.get(name, []):
            lines += ["", f"[[{name}]]", *_entries(entry, [key for key in form if key != "option"])]
            for option in entry.get("option", []):
                lines += ["", f"[[{name}.option]]", *_entries(option, OPTION)]
    return "\n".join(lines) + "\n"


def _entries(table: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if isinstance(table.get(key), dict):
            yield from (f"{key}.{language} = {_value(text)}" for language, text in table[key].items())
        elif key in table:
            yield f"{key} = {_value(table[key])}"


def _value(value: Any) -> str:  # noqa: ANN401 - any value of TOML
    if isinstance(value, list):
        return _list([_value(element) for element in value])
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(inner)}" for key, inner in value.items()) + " }"
    # A string of JSON is a string of TOML, but for U+007F, which no text of a bank may hold.
    return json.dumps(value, ensure_ascii=False)


def _list(elements: list[str]) -> str:
    short = f"[{', '.join(elements)}]"
    if len(short) <= _SHORT:
        return short
    return "[\n" + "".join(f"  {element},\n" for element in elements) + "]"
