"""The cells of an XLSForm: reads texts from them, and remembers which cell each part of a bank came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from instrument.interchange.words import language_named
from instrument.interchange.workbook import Sheet
from instrument.interchange.xlsform import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instrument.interchange.workbook import Line

LONGEST_TEXT: Final = 900
"""Bytes of one text: with its key it fits on a line of the bank."""
_EMPTY: Final = Sheet({}, ())
_CODE: Final = re.compile(r"\(([a-z]{2})\)$|^([a-z]{2})$")
_PLACE: Final = re.compile(r"\b(?:scale|module|option_set|explanation|item)\[\d+\](?:[\w.\[\]]*\w\]?)?")
_TEXTS: Final = ("label", "hint", "title", "period", f"{OWN}title")
_SENTENCES: Final = ("note", "legal_question")


@dataclass
class Cells:
    """Sheets, the cell of each place in the bank, and the faults found while reading."""

    sheets: Mapping[str, Sheet]
    places: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def lines(self, sheet: str) -> tuple[Line, ...]:
        """Return the lines of a sheet; none where there is no such sheet."""
        return self.sheets.get(sheet, _EMPTY).lines

    def keys(self, place: str, line: Line, columns: Mapping[str, str]) -> dict[str, Any]:
        """Read what stands alone in a cell, key to text; what is empty stays out."""
        prefix = f"{place}." if place else ""
        self.places |= {place: line.place()} if place else {}
        self.places |= {prefix + key: line.place(head) for key, head in columns.items()}
        found = {key: self._short(line, head) for key, head in columns.items() if line.get(head).strip()}
        return {key: text if key in _SENTENCES else text.strip() for key, text in found.items()}

    def texts(self, place: str, line: Line, base: str) -> dict[str, str]:
        """Read a text in every language, and remember where each stands or should stand."""
        languages = {head: self.language(base, head) for head in line.columns}
        heads = {head: language for head, language in languages.items() if language is not None}
        for head, language in heads.items():
            self.places[f"{place}.{language}"] = line.place(head)
            self.places.setdefault(place, line.place(head))
        return {
            language: self._short(line, head) for head, language in heads.items() if line.get(head).strip()
        }

    def languages(self) -> list[str]:
        """Return the languages in which questions are written, in the order of their columns."""
        found = (self.language("label", head) for head in self.sheets.get("survey", _EMPTY).heads)
        return list(dict.fromkeys(language for language in found if language))

    def language(self, base: str, head: str) -> str | None:
        """Tell in which language the text under a head is; none where it is another text."""
        name, _, language = head.partition("::")
        if name.strip() != base:
            return None
        return _code_of(language) if language else self.default_language()

    def default_language(self) -> str | None:
        """Return the language of texts whose head names none, where the settings tell."""
        lines = self.lines("settings")
        return _code_of(lines[0].get("default_language")) if lines else None

    def check_heads(self) -> None:
        """Find the texts of which nobody can tell the language."""
        for name, sheet in self.sheets.items():
            for head, column in sheet.heads.items():
                base, divided, language = head.partition("::")
                if base in _TEXTS and divided and _code_of(language) is None:
                    remedy = f'write it as in "{base}::Nederlands (nl)"'
                    self.faults.append(f'{name}!{column}1: "{head[:40]}" names no known language; {remedy}')
        if not self.languages():
            remedy = 'head its column as in "label::Nederlands (nl)"'
            self.faults.append(f"survey: has no text in a language; {remedy}")

    def with_cells(self, fault: str) -> str:
        """Say a fault of the bank with the cells of the spreadsheet."""
        place, _, message = fault.partition(": ")
        return f"{self._cell(place)}: {_PLACE.sub(lambda match: self._cell(match[0]), message)}"

    def _cell(self, place: str) -> str:
        shorter = place
        while shorter and shorter not in self.places:
            shorter = shorter[: max(shorter.rfind("."), shorter.rfind("["), 0)]
        if not shorter:
            return place
        return self.places[shorter] if shorter == place else f"{self.places[shorter]} ({place})"

    def _short(self, line: Line, head: str) -> str:
        text = line.get(head)
        if len(text.encode()) <= LONGEST_TEXT:
            return text
        fault = f"{line.place(head)}: is longer than {LONGEST_TEXT} bytes; shorten it"
        self.faults += [fault] if fault not in self.faults else []
        return ""


def _code_of(name: str) -> str | None:
    match = _CODE.search(name.strip())
    return (match[1] or match[2]) if match else language_named(name)
