"""The mapping of a foreign file: which column is which item, what its codes mean, who answered.

Example (`pilot.toml`, beside `pilot.csv`):

    file = "pilot.csv"
    source = "Proefafname in mei 2026 op vier scholen"
    dated = 2026-05-29
    simulated = false
    edition = "po_bovenbouw_2026"  # or instead of this: [instrument] and [[scale]]
    school = "schoolnr"
    class = "klas"                 # may be left out, as may school
    leerjaar = "groep"             # a column, or one number for all: leerjaar = 8
    groups = ["sekse"]
    missing = ["99", "n.v.t."]
    not_asked = ["AT10"]           # of an edition; what is left is another, with its own fingerprint

    [recode]                       # of all items; an item may have its own
    "helemaal niet veilig" = 1
    "weet niet" = -1

    [[item]]
    code = "VB01"
    column = "v1"
    second = "v1_later"            # of whoever was asked twice; of every item or of none
    reversed = false               # is the highest code in this file unfavourable?
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from export.account.foreign.rules import faults
from export.account.research_data import ResearchFileError
from instrument import catalogue
from instrument.bank.kinds import (
    Checked,
    Key,
    Kind,
    code,
    list_of,
    sentence,
    shown,
    table,
    whole_number,
    yes_or_no,
)
from instrument.questionnaire import Edition, Item, Option, OptionSet, Scale

if TYPE_CHECKING:
    from collections.abc import Mapping as Map
    from pathlib import Path

LARGEST: Final = 200_000
"""Bytes. A mapping of a hundred items takes some ten thousand."""


@dataclass(frozen=True, slots=True)
class Column:
    """Where the answers to an item stand, and how to read them; `turned` when they run the other way."""

    item: str
    column: str
    recode: Map[str, int]
    turned: bool
    second: str | None = None
    """Where the answers to it stand of whoever was asked twice."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that has its form and keeps the rules; `leerjaar` is a column, or one number for all."""

    file: str
    edition: Edition
    items: tuple[Column, ...]
    school: str | None
    classes: str | None
    leerjaar: str | int
    groups: tuple[str, ...]
    missing: frozenset[str]
    leerjaren: Map[str, int]
    source: str
    dated: date
    simulated: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column of the file that is read, each once."""
        background = (self.school, self.classes, self.leerjaar, *self.groups)
        named = [each for each in background if isinstance(each, str)]
        asked = [each.column for each in self.items]
        again = [each.second for each in self.items if each.second]
        return tuple(dict.fromkeys([*named, *asked, *again]))


def read(path: Path) -> Mapping:
    """Return the mapping in a TOML file, or raise `ResearchFileError` with every fault."""
    given = _FORM("", _parsed(path))
    found = [*given.faults, *faults(given.value)]
    if found:
        raise ResearchFileError(path.name, found)
    return _mapping(given.value)


def _day(place: str, value: object) -> Checked:
    if type(value) is date:
        return Checked(value)
    return Checked(None, (f"{place}: {shown(value)} is no day; write 2026-05-29, without quotes",))


def _column_or_number(place: str, value: object) -> Checked:
    return sentence(place, value) if isinstance(value, str) else whole_number(place, value)


def _codes(place: str, value: object) -> Checked:
    if not isinstance(value, dict):
        return Checked(None, (f'{place}: is no table; write for each code "in the file" = 1',))
    parts = [whole_number(f"{place}.{shown(key)}", code) for key, code in value.items()]
    return Checked(value, tuple(fault for part in parts for fault in part.faults))


_CODE: Final = code(re.compile("[A-Za-z][A-Za-z0-9_]{0,19}"), 'letters, digits and underscores, as in "VB01"')
_SCALE: Final[dict[str, Key]] = {
    "code": Key(_CODE), "title": Key(sentence), "lowest": Key(whole_number), "highest": Key(whole_number),
}  # fmt: skip
_ITEM: Final[dict[str, Key]] = {
    "code": Key(_CODE), "column": Key(sentence), "scale": Key(_CODE, required=False),
    "second": Key(sentence, required=False),
    "text": Key(sentence, required=False), "reversed": Key(yes_or_no, required=False),
    "recode": Key(_codes, required=False),
}  # fmt: skip
_FORM: Final[Kind] = table({
    "file": Key(sentence), "source": Key(sentence), "dated": Key(_day), "simulated": Key(yes_or_no),
    "edition": Key(_CODE, required=False),
    "instrument": Key(table({"code": Key(_CODE), "title": Key(sentence)}), required=False),
    "school": Key(sentence, required=False), "class": Key(sentence, required=False),
    "leerjaar": Key(_column_or_number), "leerjaren": Key(_codes, required=False),
    "groups": Key(list_of(sentence), required=False), "missing": Key(list_of(sentence), required=False),
    "not_asked": Key(list_of(_CODE), required=False), "recode": Key(_codes, required=False),
    "scale": Key(list_of(table(_SCALE)), required=False), "item": Key(list_of(table(_ITEM))),
})  # fmt: skip


def _parsed(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
        if len(content) > LARGEST:
            raise ResearchFileError(
                path.name, ["is larger than 200 kB; a mapping is small, so check the path"]
            )
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as fault:
        raise ResearchFileError(path.name, ["cannot be read; give the path of a mapping"]) from fault
    except UnicodeDecodeError as fault:
        raise ResearchFileError(path.name, ["is not UTF-8; save it as UTF-8"]) from fault
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        place = str(fault).partition("\n")[0] or "nested too deep"
        raise ResearchFileError(path.name, [f"is no TOML: {place}; correct it at that place"]) from fault


def _mapping(given: dict[str, Any]) -> Mapping:
    edition = _of_a_bank(given) if "edition" in given else _of_its_own(given)
    return Mapping(
        file=given["file"],
        edition=edition,
        items=tuple(_column(entry, edition, given.get("recode", {})) for entry in given["item"]),
        school=given.get("school"),
        classes=given.get("class"),
        leerjaar=given["leerjaar"],
        groups=tuple(given.get("groups", ())),
        missing=frozenset(each.strip() for each in given.get("missing", ())),
        leerjaren=_stripped(given.get("leerjaren", {})),
        source=given["source"],
        dated=given["dated"],
        simulated=given["simulated"],
    )


def _column(entry: dict[str, Any], edition: Edition, general: Map[str, int]) -> Column:
    in_edition = edition.item(entry["code"]).reversed
    return Column(
        item=entry["code"],
        column=entry["column"],
        recode=_stripped({**general, **entry.get("recode", {})}),
        turned=entry.get("reversed", in_edition) != in_edition,
        second=entry.get("second"),
    )


def _stripped(codes: Map[str, int]) -> dict[str, int]:
    return {key.strip(): value for key, value in codes.items()}


def _of_a_bank(given: dict[str, Any]) -> Edition:
    """Return what was asked of an edition; with an item left out its fingerprint is another."""
    edition = catalogue.edition(given["edition"])
    left_out = given.get("not_asked", ())
    return replace(
        edition, items=tuple(item for item in edition.scored if item.code not in left_out), modules=()
    )


def _of_its_own(given: dict[str, Any]) -> Edition:
    """Make an edition of what the mapping tells; of all leerjaren, for it knows none."""
    sets = {scale["code"]: _option_set(scale) for scale in given["scale"]}
    return Edition(
        code=given["instrument"]["code"],
        title={"nl": given["instrument"]["title"]},
        sector="",
        leerjaren=tuple(range(1, 9)),
        languages=("nl",),
        minimum_answered=2 / 3,
        scales=tuple(Scale(each["code"], {"nl": each["title"]}, each["title"]) for each in given["scale"]),
        explanations=(),
        items=tuple(_item(entry, sets[entry["scale"]]) for entry in given["item"]),
    )


def _option_set(scale: dict[str, Any]) -> OptionSet:
    values = range(scale["lowest"], scale["highest"] + 1)
    return OptionSet(scale["code"], tuple(Option(value, {"nl": str(value)}) for value in values))


def _item(entry: dict[str, Any], option_set: OptionSet) -> Item:
    return Item(
        code=entry["code"],
        scale=entry["scale"],
        text={"nl": entry.get("text", entry["column"])},
        option_set=option_set,
        reversed=entry.get("reversed", False),
        sensitive=False,
        explanation=None,
    )
