"""The answers an account is built on: a file, the store, a pilot from elsewhere, or a seeded simulation.

A research file is CSV, Parquet or SPSS (.sav), by the end of its name. Each carries the same facts (format,
edition, fingerprint, simulated, source, dated; TOML) and the same columns: vestigingsnummer, leerjaar, in a
file that stays here perhaps klas, and one per item with the stored codes; an empty cell is no answer.
"""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from export.account import file_forms, simulation
from export.account.research_data import (
    BACKGROUND,
    CLASSES,
    FEWEST_RESPONDENTS,
    FEWEST_SCHOOLS,
    ResearchData,
    ResearchFileError,
    faults_of_numbers,
)
from instrument import catalogue, editions
from instrument.school import RegisterError, check_vestigingsnummer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instrument.questionnaire import Edition, Item

__all__ = [
    "BACKGROUND",
    "FEWEST_RESPONDENTS",
    "FEWEST_SCHOOLS",
    "ResearchData",
    "ResearchFileError",
    "load",
    "read",
    "simulated_data",
    "write",
    "written",
]

VARIABLE: Final = "WEERGLAS_DATA"
"""The environment variable that names the data; without it, notebooks use the simulation."""
FORMAT: Final = 1
PSEUDONYM: Final = re.compile("S[0-9]{4,6}")
"""What `weerglas extract` writes in place of a vestigingsnummer."""

SIMULATED_EDITION: Final = "po_bovenbouw_2026"
SIMULATED_SCHOOLS: Final = 40
SIMULATED_PUPILS: Final = 60
SIMULATED_SEED: Final = 2026
SIMULATED_ON: Final = date(2026, 9, 1)
"""Printed as the date of what is built on the simulation, so that its bytes do not change with the clock."""


def load(path: Path | None = None) -> ResearchData:
    """Return the data at `path`, else at WEERGLAS_DATA, else the seeded simulation.

    Raises:
        ResearchFileError: a file that cannot be used, with all its faults.
    """
    given = path or os.environ.get(VARIABLE)
    return read(Path(given)) if given else simulated_data()


def simulated_data(
    *,
    n_schools: int = SIMULATED_SCHOOLS,
    pupils_per_school: int = SIMULATED_PUPILS,
    seed: int = SIMULATED_SEED,
) -> ResearchData:
    """Return simulated answers, the same for the same arguments."""
    edition = catalogue.edition(SIMULATED_EDITION)
    frame = simulation.simulated_answers(
        edition, n_schools=n_schools, pupils_per_school=pupils_per_school, seed=seed
    )
    return ResearchData(
        edition=edition,
        answers=frame[_items(edition)],
        background=frame[[*BACKGROUND, "stamgroep"]].rename(columns={"stamgroep": CLASSES}),
        simulated=True,
        source=f"simulatie {seed}: {n_schools} scholen van {pupils_per_school} leerlingen",
        dated=SIMULATED_ON,
        second=simulation.second_answers(frame, edition, seed=seed),
    )


def write(data: ResearchData, path: Path, *, classes: bool = False) -> None:
    """Write a research file in the form its name ends with; `load(path)` gives the same data back.

    But for answers of a second time, which no afname has and no file holds.
    """
    path.write_bytes(written(data, path, classes=classes))


def written(data: ResearchData, path: Path, *, classes: bool = False) -> bytes:
    """Return what would stand in the file at `path`; the same data give the same bytes.

    `classes` adds the column klas, for a file that nobody else will read.

    Raises:
        ResearchFileError: the name has another end than .csv, .parquet or .sav.
    """
    facts = {
        "format": str(FORMAT),
        "edition": file_forms.quoted(data.edition.code),
        "fingerprint": file_forms.quoted(editions.fingerprint(data.edition)),
        "simulated": str(data.simulated).lower(),
        "source": file_forms.quoted(data.source),
        "dated": data.dated.isoformat(),
    }
    background = [*BACKGROUND, *([CLASSES] if classes and CLASSES in data.background else [])]
    codes = data.answers.reindex(columns=_items(data.edition)).astype("Int64")
    rows = pd.concat([data.background[background], codes], axis="columns")
    content = file_forms.Content([f"{key} = {value}" for key, value in facts.items()], rows)
    return file_forms.encoded(content, path, data.edition)


def read(path: Path) -> ResearchData:
    """Return the data of a research file, of a mapping (.toml) of a file from elsewhere, or of a data folder.

    Raises:
        ResearchFileError: with every fault.
    """
    if path.is_dir():
        from export.account import stored  # noqa: PLC0415 - it builds on this module's values

        return stored.latest(path)
    if path.suffix == ".toml":
        from export.account import foreign  # noqa: PLC0415 - only where a pilot came from elsewhere

        return foreign.load(path)
    return _checked(path, file_forms.decoded(path))


def _checked(path: Path, content: file_forms.Content) -> ResearchData:
    facts = _facts(path, content)
    edition = catalogue.edition(facts["edition"])
    frame = content.rows
    if frame.columns.empty:
        raise file_forms.no_table(path)
    faults = [
        *_faults_of_columns(frame, edition),
        *_faults_of_numbers(frame, simulated=facts["simulated"]),
        *_faults_of_cells(frame, edition),
    ]
    if faults:
        raise ResearchFileError(path.name, faults)
    known = [*BACKGROUND, *([CLASSES] if CLASSES in frame else [])]
    return ResearchData(
        edition=edition,
        answers=frame[_items(edition)].apply(pd.to_numeric).astype("Int64"),
        background=frame[known].assign(leerjaar=pd.to_numeric(frame["leerjaar"]).astype(int)),
        simulated=facts["simulated"],
        source=facts["source"],
        dated=facts["dated"],
    )


def _items(edition: Edition) -> list[str]:
    """What the evidence is about; the answers to modules stay in the school."""
    return [item.code for item in edition.scored]


def _facts(path: Path, content: file_forms.Content) -> dict[str, Any]:
    try:
        facts = tomllib.loads("\n".join(content.facts))
    except tomllib.TOMLDecodeError as fault:
        raise ResearchFileError(path.name, [f"lines with #: {fault}; write # key = value"]) from fault
    faults = list(_faults_of_facts(facts))
    if faults:
        raise ResearchFileError(path.name, faults)
    return facts


_KINDS: Final[dict[str, type]] = {
    "format": int, "edition": str, "fingerprint": str, "simulated": bool, "source": str, "dated": date,
}  # fmt: skip


def _faults_of_facts(facts: dict[str, Any]) -> Iterator[str]:
    for key, kind in _KINDS.items():
        if type(facts.get(key)) is not kind:
            yield f"line # {key}: missing or of another kind than {kind.__name__}; write # {key} = value"
    if facts.get("format") not in (FORMAT, None):
        yield f"line # format: {facts['format']} is unknown; this version reads {FORMAT}"
    code = facts.get("edition")
    if isinstance(code, str) and code not in catalogue.bundled():
        yield f'line # edition: "{code}" is unknown; use one of: {", ".join(catalogue.bundled())}'
    elif isinstance(code, str) and facts.get("fingerprint") != editions.fingerprint(catalogue.edition(code)):
        yield f"line # fingerprint: not that of {code} here; use the version of Weerglas that wrote the file"


def _faults_of_columns(frame: pd.DataFrame, edition: Edition) -> Iterator[str]:
    known = [*BACKGROUND, *_items(edition)]
    for column in known:
        if column not in frame.columns:
            yield f'column "{column}": missing; add it'
    for column in frame.columns:
        if column not in (*known, CLASSES):
            yield f'column "{column}": not part of {edition.code}; remove it'


def _faults_of_numbers(frame: pd.DataFrame, *, simulated: bool) -> Iterator[str]:
    known = "vestigingsnummer" in frame
    n_schools = frame["vestigingsnummer"].nunique() if known else FEWEST_SCHOOLS
    return faults_of_numbers(len(frame), n_schools, simulated=simulated)


def _faults_of_cells(frame: pd.DataFrame, edition: Edition) -> Iterator[str]:
    if "vestigingsnummer" in frame and (n_wrong := _n_no_vestiging(frame["vestigingsnummer"])):
        yield f'column "vestigingsnummer": {n_wrong} out of form; write a BRIN and two digits, as in 02QZ00'
    if "leerjaar" in frame:
        leerjaren = pd.to_numeric(frame["leerjaar"], errors="coerce")
        if n_wrong := int((~leerjaren.isin(edition.leerjaren)).sum()):
            allowed = ", ".join(map(str, edition.leerjaren))
            yield f'column "leerjaar": {n_wrong} not in this edition; use {allowed}'
    if CLASSES in frame and (n_wrong := int(frame[CLASSES].isna().sum())):
        yield f'column "{CLASSES}": {n_wrong} empty cell(s); fill them, or remove the column'
    for item in edition.scored:
        if item.code in frame and (n_wrong := _n_unacceptable(frame[item.code], item)):
            yield f'column "{item.code}": {n_wrong} cell(s) with no code of this item; correct or empty them'


def _n_no_vestiging(cells: pd.Series) -> int:
    counts = cells.value_counts(dropna=False)
    return int(sum(number for text, number in counts.items() if _is_no_vestiging(text)))


def _is_no_vestiging(text: object) -> bool:
    if PSEUDONYM.fullmatch(str(text)):
        return False
    try:
        check_vestigingsnummer(str(text))
    except RegisterError:
        return True
    return False


def _n_unacceptable(cells: pd.Series, item: Item) -> int:
    codes = pd.to_numeric(cells, errors="coerce")
    accepted = [code for code in codes.dropna().unique() if item.accepts(code)]
    return int((cells.notna() & ~codes.isin(accepted)).sum())
