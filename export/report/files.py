"""The files of a school's report, by variant: names and bytes, ready to hand over or to write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from export.report import document, paper, pupils, sheets

if TYPE_CHECKING:
    from collections.abc import Mapping

    Facts = Mapping[str, Any]

TEAM, PARENTS, PUPILS = document.TEAM, document.PARENTS, pupils.PUPILS
VARIANTS: Final = (TEAM, PARENTS, PUPILS)
PDF, XLSX, CSV = "pdf", "xlsx", "csv"
FORMS: Final = {TEAM: (PDF, XLSX, CSV), PARENTS: (PDF,), PUPILS: (PDF,)}
"""In which forms a variant comes; figures to compute with are for the team."""
MEDIA_TYPES: Final = {
    PDF: "application/pdf",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv;charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class File:
    """One file with its name; what stands in it is for the school alone."""

    name: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        """Return the name, and nothing of the content."""
        return f"File({self.name!r})"


def file(results: Facts, *, variant: str, form: str, note: str = "") -> File:
    """Return one file of a variant; `note` is the school's own conclusies en maatregelen."""
    return File(
        name(results, variant=variant, form=form), MEDIA_TYPES[form], _content(results, variant, form, note)
    )


def of_variant(results: Facts, *, variant: str, note: str = "") -> tuple[File, ...]:
    """Return every file of a variant."""
    return tuple(file(results, variant=variant, form=form, note=note) for form in FORMS[variant])


def name(results: Facts, *, variant: str, form: str) -> str:
    """Return a name without the school's: `rapport-team-02QZ00-2026-2027.pdf`."""
    return f"rapport-{variant}-{results['school']['vestigingsnummer']}-{results['schooljaar']}.{form}"


def _content(results: Facts, variant: str, form: str, note: str) -> bytes:
    if form == XLSX:
        return sheets.as_xlsx(results)
    if form == CSV:
        return sheets.as_csv(results)
    if variant == PUPILS:
        return paper.typeset("leerlingen", pupils.page(results))
    return paper.typeset("rapport", document.document(results, variant=variant, note=note))
