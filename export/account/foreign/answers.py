"""From cells and their mapping to research data; a fault tells column and row, never the cell."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pandas as pd

from export.account.research_data import (
    BACKGROUND,
    CLASSES,
    ResearchData,
    ResearchFileError,
    faults_of_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from export.account.foreign.mapping import Column, Mapping
    from instrument.questionnaire import Item

UNKNOWN_SCHOOL: Final = "S0000"
"""Stands for the school of everybody where the file does not tell schools."""
MOST_GROUPS: Final = 10
LONGEST_GROUP: Final = 40
_WHOLE_NUMBER: Final = re.compile(r"-?\d{1,4}")


def research_data(mapping: Mapping, cells: pd.DataFrame, *, place: str) -> ResearchData:
    """Return the data, or raise `ResearchFileError` with every fault of the file.

    Schools and classes are numbered, in the order of their names: a name goes no further than this.
    """
    columns = [*(each.column for each in mapping.items), *(each.column for each in _second(mapping))]
    asked = list(dict.fromkeys([*columns, *mapping.groups]))
    known = cells.assign(**cells[asked].where(~cells[asked].isin(mapping.missing)))
    answers = {each.item: _codes(known[each.column], each, mapping) for each in mapping.items}
    again = {each.item: _codes(known[each.column], each, mapping) for each in _second(mapping)}
    background = _background(mapping, known)
    faults = [
        *(fault for each in mapping.items for fault in _faults_of_item(known, answers, each, mapping)),
        *(fault for each in _second(mapping) for fault in _faults_of_item(known, again, each, mapping)),
        *_faults_of_background(mapping, known, background),
        *_faults_of_number(mapping, background),
    ]
    if faults:
        raise ResearchFileError(place, faults)
    codes = [item.code for item in mapping.edition.scored]
    return ResearchData(
        edition=mapping.edition,
        answers=pd.DataFrame(answers)[codes].astype("Int64"),
        background=background.astype({"leerjaar": int}),
        simulated=mapping.simulated,
        source=mapping.source,
        dated=mapping.dated,
        tells_schools=mapping.school is not None,
        second=pd.DataFrame(again)[codes].astype("Int64") if again else None,
    )


def _second(mapping: Mapping) -> list[Column]:
    """Return the columns of whoever was asked twice, as if these were the only ones."""
    return [replace(each, column=each.second) for each in mapping.items if each.second]


def _codes(cells: pd.Series, column: Column, mapping: Mapping) -> pd.Series:
    """Return stored codes; what has none is missing here, and a fault there."""
    item = mapping.edition.item(column.item)
    stored = {text: _code(str(text), column, item) for text in cells.dropna().unique()}
    return cells.map(stored).astype("Float64").astype("Int64")


def _code(text: str, column: Column, item: Item) -> int | None:
    code = column.recode.get(text)
    if code is None and _WHOLE_NUMBER.fullmatch(text):
        code = int(text)
    if code is None or not item.accepts(code):
        return None
    options = item.option_set.options
    return options[0].value + options[-1].value - code if column.turned and code >= 0 else code


def _background(mapping: Mapping, cells: pd.DataFrame) -> pd.DataFrame:
    schools = _numbered(cells[mapping.school]) if mapping.school else pd.Series(0, cells.index, dtype="Int64")
    columns = {
        BACKGROUND[0]: "S" + schools.astype(str).str.zfill(len(UNKNOWN_SCHOOL) - 1),
        BACKGROUND[1]: _leerjaar(mapping, cells),
    }
    if mapping.classes and mapping.school:
        within = cells[mapping.school] + "/" + cells[mapping.classes]
        columns[CLASSES] = _numbered(within).astype(str)
    return pd.DataFrame(columns, index=cells.index).assign(**{name: cells[name] for name in mapping.groups})


def _numbered(names: pd.Series) -> pd.Series:
    numbers = {name: number for number, name in enumerate(sorted(names.dropna().unique()), start=1)}
    return names.map(numbers).astype("Int64")


def _leerjaar(mapping: Mapping, cells: pd.DataFrame) -> pd.Series:
    if isinstance(mapping.leerjaar, int):
        return pd.Series(mapping.leerjaar, cells.index, dtype="Int64")
    column = cells[mapping.leerjaar]
    numbers = pd.to_numeric(column.map(mapping.leerjaren).fillna(pd.to_numeric(column, errors="coerce")))
    return numbers.where(numbers.isin(mapping.edition.leerjaren)).astype("Int64")


def _faults_of_item(
    cells: pd.DataFrame, answers: dict[str, pd.Series], column: Column, mapping: Mapping
) -> Iterator[str]:
    wrong = cells[column.column].notna() & answers[column.item].isna()
    if wrong.any():
        options = mapping.edition.item(column.item).option_set.options
        reach = f"{options[0].value} to {options[-1].value}"
        remedy = f"recode them to {reach}, -1 or -2, or list them under missing"
        yield f"{_counted(column.column, wrong)} with no code of {column.item}; {remedy}"
    if cells[column.column].isna().all():
        yield f'column "{column.column}": is empty; map another column to {column.item}'


def _faults_of_background(mapping: Mapping, cells: pd.DataFrame, background: pd.DataFrame) -> Iterator[str]:
    if isinstance(mapping.leerjaar, str) and (wrong := background["leerjaar"].isna()).any():
        allowed = ", ".join(map(str, mapping.edition.leerjaren))
        remedy = f"use {allowed}, or say under [leerjaren] which is which"
        yield f"{_counted(mapping.leerjaar, wrong)} with no leerjaar of this instrument; {remedy}"
    elif isinstance(mapping.leerjaar, int) and mapping.leerjaar not in mapping.edition.leerjaren:
        yield f"leerjaar {mapping.leerjaar} (of the mapping): not asked; correct the mapping"
    for column in (mapping.school, mapping.classes):
        if column is not None and (empty := cells[column].isna()).any():
            yield f"{_counted(column, empty)} empty; fill them, or leave the column out of the mapping"
    for name in mapping.groups:
        yield from _faults_of_group(name, cells[name].dropna().unique())


def _faults_of_group(name: str, values: object) -> Iterator[str]:
    texts = [str(value) for value in values]  # type: ignore[attr-defined] # pandas' own array
    if len(texts) > MOST_GROUPS:
        yield f'column "{name}": has more than {MOST_GROUPS} groups; merge some, or leave it out of groups'
    elif any(len(text) > LONGEST_GROUP or not text.isprintable() for text in texts):
        yield f'column "{name}": has a name longer than {LONGEST_GROUP} signs; shorten it'


def _faults_of_number(mapping: Mapping, background: pd.DataFrame) -> Iterator[str]:
    # a file that does not tell schools cannot tell one of them
    counts_schools = bool(mapping.school) and not mapping.simulated
    n_schools = background["vestigingsnummer"].nunique()
    yield from faults_of_numbers(len(background), n_schools, simulated=not counts_schools)


def _counted(column: str, wrong: pd.Series) -> str:
    row = int(wrong.to_numpy().argmax()) + 1
    return f'column "{column}": {int(wrong.sum())} cell(s), the first in row {row} below the names,'
