"""The answers an account is built on: a file, or a seeded simulation; no stamgroep, no link to a person.

A research file is CSV in UTF-8. It opens with lines of `# key = value` (TOML behind the `#`): format,
edition, fingerprint, simulated, source, dated. Then come the columns vestigingsnummer and leerjaar, and one
per item with the stored codes; an empty cell is no answer. Elsewhere, read it with `#` as sign of a comment.
"""

from __future__ import annotations

import io
import os
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from export.account import simulation
from export.disclosure import MINIMUM_ANSWERS
from instrument import catalogue, editions
from instrument.school import RegisterError, check_vestigingsnummer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instrument.questionnaire import Edition, Item

VARIABLE: Final = "WEERGLAS_DATA"
"""The environment variable with the path of a research file; without it, notebooks use the simulation."""
FORMAT: Final = 1
BACKGROUND: Final = ("vestigingsnummer", "leerjaar")
"""All that is known of a respondent; a stamgroep never leaves the school."""
FEWEST_RESPONDENTS: Final = MINIMUM_ANSWERS
"""Of fewer, no figure is shown (D2), so there is no account."""
FEWEST_SCHOOLS: Final = 3
"""Of two real schools, each could subtract itself and read the other."""

SIMULATED_EDITION: Final = "po_bovenbouw_2026"
SIMULATED_SCHOOLS: Final = 40
SIMULATED_PUPILS: Final = 60
SIMULATED_SEED: Final = 2026
SIMULATED_ON: Final = date(2026, 9, 1)
"""Printed as the date of what is built on the simulation, so that its bytes do not change with the clock."""


class ResearchFileError(ValueError):
    """A research file is refused; `.faults` holds every fault with place and remedy, never an answer."""

    def __init__(self, place: str, faults: list[str]) -> None:
        """Put the file's name before each fault."""
        self.faults = tuple(f"{place}: {fault}" for fault in faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class ResearchData:
    """Answers (stored codes, a column per item) with background, and where they come from.

    `dated` is the last day on which somebody answered; documents carry it, not the day they were made.
    """

    edition: Edition
    answers: pd.DataFrame
    background: pd.DataFrame
    simulated: bool
    source: str
    dated: date

    @property
    def n_respondents(self) -> int:
        """Return how many pupils answered."""
        return len(self.answers)

    @property
    def n_schools(self) -> int:
        """Return how many vestigingen they come from."""
        return int(self.background["vestigingsnummer"].nunique())


def load(path: Path | None = None) -> ResearchData:
    """Return the research file at `path`, else at WEERGLAS_DATA, else the seeded simulation.

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
        background=frame[list(BACKGROUND)],
        simulated=True,
        source=f"simulatie {seed}: {n_schools} scholen van {pupils_per_school} leerlingen",
        dated=SIMULATED_ON,
    )


def write(data: ResearchData, path: Path) -> None:
    """Write a research file; `load(path)` gives the same data back."""
    facts = {
        "format": str(FORMAT),
        "edition": _quoted(data.edition.code),
        "fingerprint": _quoted(editions.fingerprint(data.edition)),
        "simulated": str(data.simulated).lower(),
        "source": _quoted(data.source),
        "dated": data.dated.isoformat(),
    }
    header = "".join(f"# {key} = {value}\n" for key, value in facts.items())
    codes = data.answers.reindex(columns=_items(data.edition)).astype("Int64")
    rows = pd.concat([data.background[list(BACKGROUND)], codes], axis="columns")
    path.write_text(header + rows.to_csv(index=False, lineterminator="\n"), "utf-8")


def read(path: Path) -> ResearchData:
    """Return the data of a research file, or raise `ResearchFileError` with every fault."""
    text = _text(path)
    facts = _facts(path, text)
    edition = catalogue.edition(facts["edition"])
    frame = _frame(path, text)
    faults = [
        *_faults_of_columns(frame, edition),
        *_faults_of_numbers(frame, simulated=facts["simulated"]),
        *_faults_of_cells(frame, edition),
    ]
    if faults:
        raise ResearchFileError(path.name, faults)
    return ResearchData(
        edition=edition,
        answers=frame[_items(edition)].apply(pd.to_numeric).astype("Int64"),
        background=frame[list(BACKGROUND)].astype({"leerjaar": int}),
        simulated=facts["simulated"],
        source=facts["source"],
        dated=facts["dated"],
    )


def _items(edition: Edition) -> list[str]:
    """What the evidence is about; the answers to modules stay in the school."""
    return [item.code for item in edition.scored]


def _quoted(text: str) -> str:
    """Write TOML's basic string on one line."""
    clean = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{clean}"'


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        remedy = "give the path of a research file that `weerglas extract` wrote, in UTF-8"
        raise ResearchFileError(path.name, [f"cannot be read ({type(fault).__name__}); {remedy}"]) from fault


def _facts(path: Path, text: str) -> dict[str, Any]:
    lines = [line.removeprefix("#").strip() for line in text.splitlines() if line.startswith("#")]
    try:
        facts = tomllib.loads("\n".join(lines))
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


def _frame(path: Path, text: str) -> pd.DataFrame:
    try:
        return pd.read_csv(io.StringIO(text), comment="#", dtype=str, index_col=False, skip_blank_lines=True)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        remedy = "write one header line and as many cells in each row"
        raise ResearchFileError(path.name, [f"is no table; {remedy}"]) from fault


def _faults_of_columns(frame: pd.DataFrame, edition: Edition) -> Iterator[str]:
    known = [*BACKGROUND, *_items(edition)]
    for column in known:
        if column not in frame.columns:
            yield f'column "{column}": missing; add it'
    for column in frame.columns:
        if column not in known:
            yield f'column "{column}": not part of {edition.code}; remove it'


def _faults_of_numbers(frame: pd.DataFrame, *, simulated: bool) -> Iterator[str]:
    if len(frame) < FEWEST_RESPONDENTS:
        yield f"{len(frame)} respondents; at least {FEWEST_RESPONDENTS} are needed before anything is shown"
    if "vestigingsnummer" in frame and not simulated:
        n_schools = frame["vestigingsnummer"].nunique()
        if n_schools < FEWEST_SCHOOLS:
            yield f"{n_schools} school(s); put at least {FEWEST_SCHOOLS} together, or one could be recognised"


def _faults_of_cells(frame: pd.DataFrame, edition: Edition) -> Iterator[str]:
    if "vestigingsnummer" in frame and (n_wrong := sum(map(_is_no_vestiging, frame["vestigingsnummer"]))):
        yield f'column "vestigingsnummer": {n_wrong} out of form; write a BRIN and two digits, as in 02QZ00'
    if "leerjaar" in frame and (n_wrong := int((~frame["leerjaar"].isin(_leerjaren(edition))).sum())):
        yield f'column "leerjaar": {n_wrong} not in this edition; use {", ".join(_leerjaren(edition))}'
    for item in edition.scored:
        if item.code in frame and (n_wrong := _n_unacceptable(frame[item.code], item)):
            yield f'column "{item.code}": {n_wrong} cell(s) with no code of this item; correct or empty them'


def _is_no_vestiging(text: object) -> bool:
    try:
        check_vestigingsnummer(str(text))
    except RegisterError:
        return True
    return False


def _leerjaren(edition: Edition) -> list[str]:
    return [str(leerjaar) for leerjaar in edition.leerjaren]


def _n_unacceptable(cells: pd.Series, item: Item) -> int:
    codes = pd.to_numeric(cells, errors="coerce")
    accepted = [code for code in codes.dropna().unique() if item.accepts(code)]
    return int((cells.notna() & ~codes.isin(accepted)).sum())
