"""The labels of an edition as SPSS syntax (.sps), for a file in which an item is the variable of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from instrument.interchange.words import non_substantive, words
from instrument.interchange.xlsform import option_sets
from instrument.questionnaire import NON_SUBSTANTIVE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from instrument.questionnaire import Edition, Item, Option

LONGEST_LABEL: Final = 255
LONGEST_VALUE_LABEL: Final = 120
"""Bytes, by SPSS's own limits."""
_MISSING: Final = ", ".join(map(str, sorted(NON_SUBSTANTIVE)))


def as_syntax(edition: Edition, *, language: str) -> bytes:
    """Return SPSS syntax with labels in one language, in UTF-8; run it on a file that is open.

    Of an item with several answers, stored as one number, it makes a variable of 0 and 1 for each option,
    and a set of multiple responses.
    """
    several = [item for item in edition.items if item.option_set.several]
    lines = [
        f"* Weerglas, edition {edition.code}.",
        *(line for item in several for line in _split(item)),
        *(line for item in edition.items for line in _variable_labels(item, language)),
        *_value_labels(edition, language),
        *(line for item in several for line in _response_set(item, language)),
    ]
    return ("\n".join(lines) + "\n").encode()


def part(item: Item, option: Option) -> str:
    """Name the variable of one option of several."""
    return f"{item.code}_{option.value}"


def _split(item: Item) -> Iterator[str]:
    """Where nothing was chosen from several, "weet ik niet" holds for each of them."""
    yield f"DO IF ({item.code} >= 0)."
    for option in item.option_set.options:
        yield f"COMPUTE {part(item, option)} = MOD(TRUNC({item.code} / {2 ** (option.value - 1)}), 2)."
    yield "ELSE."
    yield from (f"COMPUTE {part(item, option)} = {item.code}." for option in item.option_set.options)
    yield "END IF."
    yield "EXECUTE."


def _variable_labels(item: Item, language: str) -> Iterator[str]:
    yield f"VARIABLE LABELS {item.code} {_quoted(item.text[language], LONGEST_LABEL)}."
    if item.option_set.several:
        for option in item.option_set.options:
            yield f"VARIABLE LABELS {part(item, option)} {_quoted(option.label[language], LONGEST_LABEL)}."


def _value_labels(edition: Edition, language: str) -> Iterator[str]:
    outside = {value: label[language] for value, label in non_substantive(edition).items()}
    said = words().get(language, words()["en"])["spss"]
    for each in option_sets(edition):
        items = [item for item in edition.items if item.option_set.code == each.code]
        codes = [item.code for item in items]
        if each.several:
            parts = [part(item, option) for item in items for option in each.options]
            yield from _labelled(codes, outside, "NOMINAL")
            yield from _labelled(parts, {0: said["not_chosen"], 1: said["chosen"], **outside}, "NOMINAL")
        else:
            labels = {option.value: option.label[language] for option in each.options}
            yield from _labelled(codes, labels | outside, "ORDINAL")


def _labelled(variables: list[str], labels: Mapping[int, str], level: str) -> Iterator[str]:
    names = "\n  ".join(variables)
    yield f"VALUE LABELS {names}"
    yield from (f"  {value} {_quoted(label, LONGEST_VALUE_LABEL)}" for value, label in labels.items())
    yield "  ."
    yield f"MISSING VALUES {names}\n  ({_MISSING})."
    yield f"VARIABLE LEVEL {names}\n  ({level})."


def _response_set(item: Item, language: str) -> Iterator[str]:
    yield f"MRSETS /MDGROUP NAME=${item.code} LABEL={_quoted(item.text[language], LONGEST_LABEL)}"
    names = "\n    ".join(part(item, option) for option in item.option_set.options)
    yield f"  VARIABLES={names}\n  VALUE=1."


def _quoted(text: str, longest: int) -> str:
    cut = text if len(text.encode()) <= longest else _cut(text, longest - len("…".encode())) + "…"
    return "'" + cut.replace("'", "''") + "'"


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore")
