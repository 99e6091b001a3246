"""The rules of an item bank beyond its form; each yields the faults it finds and skips what has no form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, Final

from instrument.bank import branching, wording
from instrument.bank.form import TEXT_KEYS
from instrument.bank.kinds import join
from instrument.bank.places import Rule, Table, coded, numbered, option_values
from instrument.school import SECTORS

LEERJAREN: Final = {"po": range(5, 9), "so": range(5, 9), "vso": range(1, 7), "vo": range(1, 7)}
"""Groep 6 is the lowest by law today; groep 5 is in the draft of 2023 (DOMAIN). Under 9 reads too little."""
FEWEST_ITEMS: Final = 3
"""With two items a scale has no item-rest correlation worth the name."""
FEWEST_OPTIONS: Final = 2
MOST_LANGUAGES: Final = 20
MOST_OF_SEVERAL: Final = 10
MOST_LISTED: Final = 12
"""Known codes that a remedy lists."""
NOUNS: Final = {
    "scale": "a scale",
    "module": "a module",
    "option_set": "an option set",
    "explanation": "an explanation",
}
OPTION_VALUES: Final = range(100)
"""Below 0 lie the codes of "weet ik niet" and "wil ik niet zeggen"."""


def faults(bank: Table) -> tuple[str, ...]:
    """Return every fault in a bank that was read by `form.BANK`, as far as it was in form."""
    return tuple(fault for rule in (*RULES, *branching.RULES, *wording.RULES) for fault in rule(bank))


def _sector_is_known(bank: Table) -> Iterator[str]:
    sector = bank.get("sector", SECTORS[0])
    if sector not in SECTORS:
        yield f'sector: "{sector}" is unknown; use one of: {", ".join(SECTORS)}'


def _leerjaren_fit_the_sector(bank: Table) -> Iterator[str]:
    allowed = LEERJAREN.get(bank.get("sector", ""))
    leerjaren = [leerjaar for leerjaar in bank.get("leerjaren", []) if leerjaar is not None]
    if allowed and not set(leerjaren) <= set(allowed):
        yield f"leerjaren: out of range for {bank['sector']}; use {allowed[0]} to {allowed[-1]}"
    if any(left >= right for left, right in pairwise(leerjaren)):
        yield "leerjaren: not rising; write each leerjaar once, from low to high"


def _languages_differ(bank: Table) -> Iterator[str]:
    for language in _doubles(bank.get("languages", [])):
        yield f'languages: "{language}" stands here twice; remove one'
    if len(set(bank.get("languages", []))) > MOST_LANGUAGES:
        yield f"languages: more than {MOST_LANGUAGES}; keep those that pupils speak"


def _codes_are_unique(bank: Table) -> Iterator[str]:
    for name in ("scale", "module", "option_set", "explanation", "item"):
        seen: dict[str, str] = {}
        for place, entry in coded(bank, name):
            first = seen.setdefault(entry["code"], place)
            if first != place:
                yield f'{place}.code: "{entry["code"]}" is the code of {first} too; give it a code of its own'


def _references_exist(bank: Table) -> Iterator[str]:
    for name in NOUNS:
        if name not in bank and name in ("scale", "option_set"):
            continue  # reported by the form already; the others may be absent
        known = {entry["code"]: None for _, entry in coded(bank, name)}
        remedy = f"use one of: {_listed(known)}" if known else f"add a [[{name}]] with this code"
        for place, item in numbered(bank, "item"):
            if name in item and item[name] not in known:
                yield f'{place}.{name}: "{item[name]}" is not {NOUNS[name]} here; {remedy}'


def _everything_is_used(bank: Table) -> Iterator[str]:
    for name in ("option_set", "explanation"):
        used = {item.get(name) for _, item in numbered(bank, "item")}
        for place, entry in coded(bank, name):
            if entry["code"] not in used:
                yield f'{place}: "{entry["code"]}" is used by no item; name it in an item, or remove it'


def _every_language_is_written(bank: Table) -> Iterator[str]:
    languages = list(dict.fromkeys(bank.get("languages", [])))[:MOST_LANGUAGES]
    for place, texts in _texts("", bank) if languages else ():
        for language in languages:
            if language is not None and language not in texts:
                yield f"{join(place, language)}: is missing; write this text in every language"
        for language in texts:
            if language not in languages and None not in languages:
                yield f"{join(place, language)}: is not among the languages; add it there or remove the text"


def _option_values_rise(bank: Table) -> Iterator[str]:
    for place, _, values in option_values(bank):
        if len(values) < FEWEST_OPTIONS:
            yield f"{place}.option: has fewer than {FEWEST_OPTIONS} options; add one"
        if any(left >= right for left, right in pairwise(values)):
            yield f"{place}.option: values do not rise; order the options from the lowest to the highest"
        if any(value not in OPTION_VALUES for value in values):
            yield f"{place}.option: has a value outside {OPTION_VALUES[0]} to {OPTION_VALUES[-1]}; change it"


def _labels_differ(bank: Table) -> Iterator[str]:
    for place, entry in numbered(bank, "option_set"):
        labels = [option.get("label", {}) for option in filter(None, entry.get("option", []))]
        for language in bank.get("languages", []):
            for label in _doubles([texts.get(language) or None for texts in labels]):
                yield f'{place}.option: "{label[:40]}" is a label twice; give each option words of its own'


def _sets_of_several_are_powers(bank: Table) -> Iterator[str]:
    """Stored as one number in which each option has a place of its own."""
    several = {entry["code"] for _, entry in coded(bank, "option_set") if entry.get("several")}
    for place, code, values in option_values(bank):
        if code in several and values != list(range(1, len(values) + 1)):
            yield f"{place}.option: several may be chosen; number the options 1 to {len(values)}"
        if code in several and len(values) > MOST_OF_SEVERAL:
            yield f"{place}.option: more than {MOST_OF_SEVERAL} to choose several from; leave some out"
    for place, item in numbered(bank, "item"):
        if "scale" in item and item.get("option_set") in several:
            yield f"{place}.option_set: a score needs one answer; take a set without several, or a module"


def _faces_are_glad_upwards(bank: Table) -> Iterator[str]:
    """A face beside "how often were you hit" would tell a child what to feel."""
    with_faces = {entry["code"] for _, entry in coded(bank, "option_set") if entry.get("faces")}
    for place, entry in numbered(bank, "option_set"):
        if entry.get("faces") and (entry.get("several") or "period" in entry):
            yield f"{place}.faces: stand beside one answer about now; remove faces, or several and period"
    for place, item in numbered(bank, "item"):
        if item.get("option_set") in with_faces and item.get("reversed"):
            yield f"{place}.option_set: its gladdest face would stand at the worst answer; use another set"


def _scales_have_items_enough(bank: Table) -> Iterator[str]:
    n_items = Counter(item.get("scale") for _, item in numbered(bank, "item"))
    for place, scale in coded(bank, "scale"):
        n = n_items[scale["code"]]
        if n < FEWEST_ITEMS:
            yield f'{place}: "{scale["code"]}" has {n} items; write at least {FEWEST_ITEMS}'


def _scales_have_one_range(bank: Table) -> Iterator[str]:
    """A mean over items that run to 4 and items that run to 5 has no range of its own."""
    ranges = {code: (values[0], values[-1]) for _, code, values in option_values(bank) if values}
    found: dict[str | None, set[tuple[int, int]]] = {}
    for _, item in numbered(bank, "item"):
        if item.get("option_set") in ranges:
            found.setdefault(item.get("scale"), set()).add(ranges[item["option_set"]])
    for place, scale in coded(bank, "scale"):
        if len(found.get(scale["code"], ())) > 1:
            yield f"{place}: its items differ in lowest or highest value; give them option sets of one range"


def _questions_name_their_period(bank: Table) -> Iterator[str]:
    periods = {entry.get("code"): entry.get("period", {}) for _, entry in numbered(bank, "option_set")}
    for place, item in numbered(bank, "item"):
        period = periods.get(item.get("option_set"), {})
        for language, text in item.get("text", {}).items():
            if text and period.get(language, "") not in text:
                remedy = f'its answers count over a period; name it: "{period[language]}"'
                yield f"{join(f'{place}.text', language)}: {remedy}"


def _questions_differ(bank: Table) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for place, item in numbered(bank, "item"):
        for language, text in item.get("text", {}).items():
            first = seen.setdefault((language, text), place)
            if text and first != place:
                yield f"{join(f'{place}.text', language)}: is the text of {first} too; ask something else"


RULES: Final[tuple[Rule, ...]] = (
    _sector_is_known,
    _leerjaren_fit_the_sector,
    _languages_differ,
    _codes_are_unique,
    _references_exist,
    _everything_is_used,
    _every_language_is_written,
    _option_values_rise,
    _labels_differ,
    _sets_of_several_are_powers,
    _faces_are_glad_upwards,
    _scales_have_items_enough,
    _scales_have_one_range,
    _questions_name_their_period,
    _questions_differ,
)


def _texts(place: str, value: object) -> Iterator[tuple[str, Table]]:
    """Yield every sentence-per-language with its place, however deep it lies."""
    if isinstance(value, list):
        for number, element in enumerate(value, start=1):
            yield from _texts(f"{place}[{number}]", element)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in TEXT_KEYS:
                yield join(place, key), inner
            else:
                yield from _texts(join(place, key), inner)


def _listed(known: Iterable[str]) -> str:
    listed = list(known)
    return ", ".join(listed[:MOST_LISTED]) + (", …" if len(listed) > MOST_LISTED else "")


def _doubles(codes: list[Any]) -> list[str]:
    return [code for code, n in Counter(codes).items() if n > 1 and code is not None]
