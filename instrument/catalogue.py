"""The item bank: reads a TOML file into an `Edition`, and refuses it with every fault at once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from instrument import editions
from instrument.bank import rules
from instrument.bank.form import BANK
from instrument.questionnaire import Condition, Edition, Explanation, Item, Module, Option, OptionSet, Scale

QUESTIONS: Final = Path(__file__).parent / "questions"
LARGEST_FILE: Final = 1_000_000
"""Bytes. The bundled editions have some 30,000; thirty times as many is no questionnaire."""
LONGEST_LINE: Final = 1_000
"""Bytes. A key with 500,000 dots fits in the file above, and takes tomllib all memory there is."""

Table: TypeAlias = dict[str, Any]


class BankFaults(ValueError):  # noqa: N818 - it holds many, and says so
    """An item bank is refused; `faults` holds each fault with file, place and remedy."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class UnknownEditionError(ValueError):
    """No bundled edition has this code; the message lists those that are known."""


def load(path: Path) -> Edition:
    """Read an item bank; raises `BankFaults` with every fault at once."""
    checked = BANK("", _parse(path.name, _read(path)))
    faults = checked.faults + rules.faults(checked.value)
    if faults:
        raise BankFaults(tuple(f"{path.name}: {fault}" for fault in faults))
    return _edition(checked.value)


def bundled() -> dict[str, Path]:
    """Return the files of the editions that come with Weerglas, by code."""
    return {path.stem: path for path in sorted(QUESTIONS.glob("*.toml")) if path != editions.RELEASED}


@cache
def edition(code: str) -> Edition:
    """Return a bundled edition; refuses a released one that has changed since."""
    if code not in bundled():
        raise UnknownEditionError(f'edition "{code}" is unknown; use one of: {", ".join(bundled())}')
    found = load(bundled()[code])
    if found.code != code:
        raise BankFaults((f'{code}.toml: code: "{found.code}" is not the name of the file; make them equal',))
    editions.check_released(found)
    return found


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as fault:  # ValueError: a null sign in the path
        reason = getattr(fault, "strerror", None) or "no such path"
        raise _refusal(path.name, f"cannot be read ({reason}); give the path of a TOML file") from fault
    if len(content) > LARGEST_FILE:
        raise _refusal(path.name, "is larger than 1 MB; an item bank holds only text, so check the path")
    _check_lines(path.name, content)
    return content


def _check_lines(name: str, content: bytes) -> None:
    for number, line in enumerate(content.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            raise _refusal(
                name, f"line {number}: is longer than {LONGEST_LINE} bytes; write it on more lines"
            )


def _parse(name: str, content: bytes) -> Table:
    try:
        # Windows' Notepad puts a byte order mark in front; "utf-8-sig" takes it off.
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise _refusal(name, f"line {line}: is not UTF-8; save the file as UTF-8") from fault
    except (ValueError, RecursionError) as fault:
        # Beside its own error tomllib lets pass those of Python for endless numbers and nesting.
        raise _refusal(name, f"is no TOML: {_first_line(fault)}; correct it at that place") from fault


def _first_line(fault: Exception) -> str:
    return "nested too deep" if isinstance(fault, RecursionError) else str(fault).partition("\n")[0]


def _refusal(name: str, fault: str) -> BankFaults:
    return BankFaults((f"{name}: {fault}",))


def _edition(bank: Table) -> Edition:
    option_sets = {entry["code"]: _option_set(entry) for entry in bank["option_set"]}
    return Edition(
        code=bank["code"],
        title=bank["title"],
        sector=bank["sector"],
        leerjaren=tuple(bank["leerjaren"]),
        languages=tuple(bank["languages"]),
        minimum_answered=bank["minimum_answered"],
        scales=tuple(Scale(**entry) for entry in bank["scale"]),
        explanations=tuple(Explanation(**entry) for entry in bank.get("explanation", [])),
        items=tuple(_item(entry, option_sets) for entry in bank["item"]),
        modules=tuple(Module(**entry) for entry in bank.get("module", [])),
    )


def _option_set(entry: Table) -> OptionSet:
    options = tuple(Option(**option) for option in entry["option"])
    return OptionSet(
        code=entry["code"],
        options=options,
        period=entry.get("period"),
        several=entry.get("several", False),
        faces=entry.get("faces", False),
    )


def _item(entry: Table, option_sets: dict[str, OptionSet]) -> Item:
    return Item(
        code=entry["code"],
        scale=entry.get("scale"),
        text=entry["text"],
        option_set=option_sets[entry["option_set"]],
        reversed=entry["reversed"],
        sensitive=entry["sensitive"],
        explanation=entry.get("explanation"),
        topic=entry["topic"],
        module=entry.get("module"),
        visible_if=tuple(_condition(condition) for condition in entry.get("visible_if", [])),
        note=entry.get("note", ""),
        reading_level=entry.get("reading_level", ""),
    )


def _condition(entry: Table) -> Condition:
    return Condition(any_of=tuple(entry["any_of"]), answered=tuple(entry["answered"]))
