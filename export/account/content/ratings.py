"""Filled-in rating sheets, read without trusting them; every fault comes with its cell and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from export.account.content.validity_index import RATINGS
from export.account.content.words import words
from instrument import catalogue, editions
from instrument.catalogue import BankFaults
from instrument.interchange import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from instrument.interchange.workbook import Line, Sheet
    from instrument.questionnaire import Edition

LONGEST_REMARK: Final = 2_000


class RatingSheetError(ValueError):
    """Rating sheets are refused; `.faults` holds every fault with file, cell and remedy."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Ratings:
    """What one expert filled in: numbers per item and scale, remarks with what they are about."""

    relevance: Mapping[str, int]
    clarity: Mapping[str, int]
    coverage: Mapping[str, int]
    remarks: tuple[tuple[str, str], ...]
    expertise: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The experts who rated one edition."""

    edition: Edition
    experts: tuple[Ratings, ...]


def read(paths: Sequence[Path]) -> Panel:
    """Return the ratings in these files, all of one edition.

    Raises:
        RatingSheetError: with every fault of every file.
    """
    faults: list[str] = []
    sheets = {path: _sheets(path, faults) for path in paths}
    edition = _edition(sheets, faults)
    if faults or edition is None:
        raise RatingSheetError(faults or ["no file given; name at least one filled-in sheet"])
    faults += [
        *_doubles(paths),
        *(each for path in paths for each in _faults(path.name, sheets[path], edition)),
    ]
    if faults:
        raise RatingSheetError(faults)
    return Panel(edition, tuple(_ratings(sheets[path]) for path in paths))


def _sheets(path: Path, faults: list[str]) -> dict[str, Sheet]:
    try:
        with path.open("rb") as file:
            found = workbook.read(path.name, file.read(workbook.LARGEST_FILE + 1))
    except OSError:
        faults.append(f"{path.name}: cannot be read; give the path of a filled-in sheet")
        return {}
    except BankFaults as refused:
        faults.extend(refused.faults)
        return {}
    names = words("beoordeling")["sheets"]
    absent = [names[key] for key in ("items", "coverage", "facts") if names[key] not in found]
    faults.extend(
        f'{path.name}: sheet "{name}" is missing; fill in the sheet as it was sent' for name in absent
    )
    return found if not absent else {}


def _edition(sheets: Mapping[Path, dict[str, Sheet]], faults: list[str]) -> Edition | None:
    known = {path: _facts(found) for path, found in sheets.items() if found}
    said, place = words("beoordeling")["facts"], words("beoordeling")["sheets"]["facts"]
    codes = {path: facts.get(said["edition"], "") for path, facts in known.items()}
    for path, code in codes.items():
        if code not in catalogue.bundled():
            faults.append(
                f'{path.name}: {place}: "{code[:40]}" is no edition here; use the sheet as it was sent'
            )
        elif known[path].get(said["fingerprint"]) != editions.fingerprint(catalogue.edition(code)):
            faults.append(
                f"{path.name}: {place}: other wording than {code} has here; rate the present edition"
            )
    if len(set(codes.values())) > 1:
        faults.append(
            f"more than one edition: {', '.join(sorted(set(codes.values())))}; count each by itself"
        )
    first = next(iter(codes.values()), "")
    return catalogue.edition(first) if first in catalogue.bundled() else None


def _facts(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    said = words("beoordeling")
    heads = said["heads"]
    lines = sheets[said["sheets"]["facts"]].lines
    return {line.get(heads["fact"]): line.get(heads["value"]) for line in lines}


def _doubles(paths: Sequence[Path]) -> Iterator[str]:
    seen: dict[bytes, Path] = {}
    for path in paths:
        content = path.read_bytes()
        if content in seen:
            yield f"{path.name}: is the same file as {seen[content].name}; name each expert's file once"
        seen.setdefault(content, path)


def _faults(name: str, sheets: Mapping[str, Sheet], edition: Edition) -> Iterator[str]:
    names = words("beoordeling")["sheets"]
    expected = {
        "items": ([item.code for item in edition.scored], ("relevance", "clarity")),
        "coverage": ([scale.code for scale in edition.scales], ("coverage",)),
    }
    for key, (codes, rated) in expected.items():
        for fault in _faults_of_sheet(sheets[names[key]], names[key], codes, rated):
            yield f"{name}: {fault}"


def _faults_of_sheet(sheet: Sheet, name: str, codes: list[str], rated: tuple[str, ...]) -> Iterator[str]:
    heads = words("beoordeling")["heads"]
    absent = [heads[head] for head in ("code", *rated) if heads[head] not in sheet.heads]
    if absent:
        yield from (
            f'{name}: column "{head}" is missing; fill in the sheet as it was sent' for head in absent
        )
        return
    found = [line.get(heads["code"]) for line in sheet.lines]
    for code in codes:
        if found.count(code) != 1:
            yield f'{name}: "{code}" stands here {found.count(code)} times; it should once'
    for line in sheet.lines:
        if line.get(heads["code"]) not in codes:
            yield f"{line.place(heads['code'])}: is nothing to be rated here; remove the row"
        yield from (fault for head in rated for fault in _faults_of_cell(line, heads[head]))


def _faults_of_cell(line: Line, head: str) -> Iterator[str]:
    text = line.get(head).strip()
    if text not in map(str, RATINGS):
        state = "is no rating" if text else "is empty"
        yield f"{line.place(head)}: {state}; write {RATINGS[0]}, 2, 3 or {RATINGS[-1]}"


def _ratings(sheets: Mapping[str, Sheet]) -> Ratings:
    said = words("beoordeling")
    names, heads = said["sheets"], said["heads"]
    items, coverage = sheets[names["items"]].lines, sheets[names["coverage"]].lines
    remarks = [*((line, "remark") for line in items), *((line, "absent") for line in coverage)]
    return Ratings(
        relevance=_numbers(items, heads["relevance"]),
        clarity=_numbers(items, heads["clarity"]),
        coverage=_numbers(coverage, heads["coverage"]),
        remarks=tuple(
            (line.get(heads["code"]), text[:LONGEST_REMARK])
            for line, head in remarks
            if (text := line.get(heads[head]).strip())
        ),
        expertise=_facts(sheets).get(said["facts"]["expertise"], "").strip(),
    )


def _numbers(lines: Sequence[Line], head: str) -> dict[str, int]:
    code = words("beoordeling")["heads"]["code"]
    return {line.get(code): int(line.get(head)) for line in lines}
