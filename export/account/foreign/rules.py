"""What a mapping must keep beyond its form; each rule yields its faults and skips what has no form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any, Final

from export.account.research_data import BACKGROUND, CLASSES
from instrument import catalogue
from instrument.bank.places import coded

FEWEST_OPTIONS: Final = 2
MOST_OPTIONS: Final = 20
ENDS: Final = (".csv", ".tsv", ".txt", ".sav", ".parquet")

Given = dict[str, Any]
Rule = Callable[[Given], Iterator[str]]


def faults(given: Given) -> list[str]:
    """Return every fault."""
    return [fault for rule in RULES for fault in rule(given)]


def _file_stands_beside(given: Given) -> Iterator[str]:
    file = given.get("file")
    if file is not None and (PurePath(file).name != file or PurePath(file).suffix.lower() not in ENDS):
        yield f"file: write the name of a file beside the mapping, ending with {', '.join(ENDS)}"


def _is_of_one_instrument(given: Given) -> Iterator[str]:
    if ("edition" in given) == ("instrument" in given):
        yield "edition: name either an edition, or an [instrument] with its [[scale]]s"
    elif "instrument" in given and not given.get("scale"):
        yield "scale: is missing; describe at least one [[scale]] of the instrument"
    elif "edition" in given and given["edition"] not in catalogue.bundled():
        yield f'edition: "{given["edition"]}" is unknown; use one of: {", ".join(catalogue.bundled())}'
    if "edition" in given and "scale" in given:
        yield "scale: the edition has its own scales; remove them here"


def _nothing_stands_twice(given: Given) -> Iterator[str]:
    for key in ("code", "column", "second"):
        counts = Counter(entry.get(key) for entry in given.get("item", ()) if entry)
        for value, number in counts.items():
            if value is not None and number > 1:
                yield f'item: {key} "{value}" stands here {number} times; keep one'


def _items_are_of_the_edition(given: Given) -> Iterator[str]:
    if given.get("edition") not in catalogue.bundled():
        return
    known = [item.code for item in catalogue.edition(given["edition"]).scored]
    mapped = {entry["code"]: place for place, entry in coded(given, "item")}
    left_out = [code for code in given.get("not_asked", ()) if code is not None]
    for code in left_out:
        if code not in known or code in mapped:
            yield f'not_asked: "{code}" is {"mapped too" if code in mapped else "no item"}; remove it'
    for code, place in mapped.items():
        if code not in known:
            yield f'{place}.code: "{code}" is no item of a scale of {given["edition"]}; correct or remove it'
    absent = [code for code in known if code not in mapped and code not in left_out]
    if absent:
        yield f"item: {', '.join(absent)} missing; give each its [[item]], or name it in not_asked"


def _scales_hold_the_items(given: Given) -> Iterator[str]:
    if "edition" in given:
        return
    known = {entry["code"]: entry for _, entry in coded(given, "scale")}
    for place, entry in coded(given, "item"):
        if entry.get("scale") not in known:
            yield f"{place}.scale: is none of the scales here; use one of: {', '.join(known) or '(none)'}"
    for place, scale in coded(given, "scale"):
        n_options = scale.get("highest", 1) - scale.get("lowest", 0) + 1
        if not FEWEST_OPTIONS <= n_options <= MOST_OPTIONS or scale.get("lowest", 0) < 0:
            n_allowed = f"{FEWEST_OPTIONS} to {MOST_OPTIONS}"
            yield f"{place}: write lowest (0 or more) and highest, so that there are {n_allowed} codes"
        if not any(entry.get("scale") == scale["code"] for _, entry in coded(given, "item")):
            yield f"{place}: has no item; remove it, or give it items"


def _all_items_were_asked_twice_or_none(given: Given) -> Iterator[str]:
    entries = [entry for _, entry in coded(given, "item")]
    lacking = [entry["code"] for entry in entries if "second" not in entry]
    if 0 < len(lacking) < len(entries):
        yield f"item: {', '.join(lacking)} without second; name its column for all items, or for none"


def _groups_have_names_of_their_own(given: Given) -> Iterator[str]:
    for number, name in enumerate(given.get("groups", ()), start=1):
        if name in (*BACKGROUND, CLASSES):
            yield f'groups[{number}]: "{name}" is taken; give the column another name in the file'


def _class_has_a_school(given: Given) -> Iterator[str]:
    if "class" in given and "school" not in given:
        yield "school: is missing, and a class is one of a school; name its column, or remove class"


RULES: Final[tuple[Rule, ...]] = (
    _file_stands_beside,
    _is_of_one_instrument,
    _nothing_stands_twice,
    _items_are_of_the_edition,
    _scales_hold_the_items,
    _all_items_were_asked_twice_or_none,
    _groups_have_names_of_their_own,
    _class_has_a_school,
)
