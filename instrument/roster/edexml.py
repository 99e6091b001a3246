"""Counts out of EDEXML and UWLR: names, birth dates and numbers of pupils pass by and are never kept.

Only four things are looked at: the school's number, the key and name of a group, and of each pupil the key of
the stamgroep and the jaargroep (EDEXML 2.1, as edustandaard.nl describes it). The parser expands nothing: a
file with a DOCTYPE is refused before its first element, so no entity makes it grow or fetches anything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from instrument.roster.rules import RosterFaults, Row, said

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_GROUPS: Final = 2_000
MOST_PUPILS: Final = 10_000
MOST_DEPTH: Final = 60
LONGEST_TEXT: Final = 200
KEPT: Final = (
    "brincode", "dependancecode", "groepen/groep/naam", "groepen/groep/jaargroep", "leerling/jaargroep",
)  # fmt: skip
"""The only texts that are looked at."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of stamgroepen, and what a person should know of how they were made."""

    rows: list[Row]
    notes: tuple[str, ...]


def count(content: bytes, *, vestigingsnummer: str) -> Counted:
    """Return pupils per stamgroep and leerjaar; raises `RosterFaults`."""
    reading = _Reading()
    try:
        reading.parser.Parse(content, True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, UnicodeError, ValueError, LookupError) as fault:
        if isinstance(fault, RosterFaults):
            raise
        raise RosterFaults([said("geen_xml")]) from None
    faults = list(_faults(reading, vestigingsnummer))
    if faults:
        raise RosterFaults(faults)
    return _counted(reading)


@dataclass
class _Reading:
    """What was seen so far: no name of a pupil is ever in here."""

    parser: Any = field(default_factory=expat.ParserCreate)
    path: list[str] = field(default_factory=list)
    text: list[str] | None = None
    school: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    years: dict[str, str] = field(default_factory=dict)
    pupils: Counter[tuple[str, str]] = field(default_factory=Counter)
    group: str = ""
    pupil: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.hear

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2].lower()
        self.path.append(name)
        if len(self.path) > MOST_DEPTH:
            raise RosterFaults([said("geen_xml")])
        self.text = [] if self._is_kept else None
        if self.path[-2:] == ["groepen", "groep"]:
            self.group = attributes.get("key", "")[:LONGEST_TEXT]
        elif name == "leerling":
            self.pupil = {"groep": "", "jaargroep": ""}
        elif name == "groep" and "leerling" in self.path:
            self.pupil["groep"] = attributes.get("key", "")[:LONGEST_TEXT]

    def hear(self, text: str) -> None:
        if self.text is not None and sum(map(len, self.text)) < LONGEST_TEXT:
            self.text.append(text)

    def end(self, _tag: str) -> None:
        if self.text is not None:
            self._keep("".join(self.text).strip()[:LONGEST_TEXT])
        self.text = None
        name = self.path.pop()
        if name == "leerling":
            group = self.pupil["groep"]
            self.pupils[group, self.pupil["jaargroep"] or self.years.get(group, "")] += 1
        if len(self.names) > MOST_GROUPS or self.pupils.total() > MOST_PUPILS:
            raise RosterFaults([said("te_veel_groepen")])

    @property
    def _is_kept(self) -> bool:
        return any(self.path[-len(kept) :] == kept for kept in (way.split("/") for way in KEPT))

    def _keep(self, text: str) -> None:
        match self.path[-1]:
            case "brincode" | "dependancecode" as name:
                self.school.setdefault(name, text)
            case "naam":
                self.names[self.group] = text
            case "jaargroep" if "leerling" in self.path:
                self.pupil["jaargroep"] = text
            case "jaargroep":
                self.years[self.group] = text


def _refuse(*_: object) -> None:
    raise RosterFaults([said("verklaring")])


def _faults(reading: _Reading, own: str) -> Iterator[str]:
    if not reading.pupils:
        yield said("geen_leerlingen")
    found = _vestiging(reading, own)
    if found is not None and found != own:
        yield said("andere_school", gevonden=found, eigen=own)
    without = sum(number for (group, _), number in reading.pupils.items() if not group)
    if without:
        yield said("zonder_groep", aantal=without)
    unknown = sum(
        number for (group, _), number in reading.pupils.items() if group and group not in reading.names
    )
    if unknown:
        yield said("groep_onbekend", aantal=unknown)
    for (group, year), number in reading.pupils.items():
        if group in reading.names and not (year.isascii() and year.isdigit()):
            yield said("jaargroep", groep=_shown(reading.names[group]), aantal=number)


def _vestiging(reading: _Reading, own: str) -> str | None:
    """Return the vestiging of which a file says to be; None where it does not say."""
    brin, place = reading.school.get("brincode", "").upper(), reading.school.get("dependancecode", "")
    if not brin:
        return None
    # A file without dependancecode is of the whole BRIN.
    return f"{brin}{place.zfill(2) if place else own[4:]}"[:8]


def _counted(reading: _Reading) -> Counted:
    years: dict[str, list[str]] = {}
    for group, year in reading.pupils:
        years.setdefault(group, []).append(year)
    rows, notes = list[Row](), list[str]()
    for group, found in years.items():
        name = reading.names[group]
        if len(found) > 1:
            notes.append(said("gesplitst", groep=_shown(name), aantal=len(found)))
        for year in sorted(found, key=int):
            line = name if len(found) == 1 else said("combinatie", groep=name, leerjaar=year)
            rows.append(Row(said("rij", nummer=len(rows) + 1), line, year, reading.pupils[group, year]))
    return Counted(rows, tuple(notes))


def _shown(name: str) -> str:
    return "".join(sign for sign in name[:40] if sign.isprintable())
