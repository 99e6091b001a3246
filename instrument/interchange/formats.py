"""The formats an edition can be written in, by the name they have on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from instrument.interchange import ddi, limesurvey, paper, spss, surveyjs, xlsform
from instrument.questionnaire import Edition

if TYPE_CHECKING:
    from collections.abc import Callable

Writer: TypeAlias = "Callable[[Edition, str], bytes]"
"""Takes an edition and a language; a format that holds every language needs none."""

WRITERS: Final[dict[str, Writer]] = {
    "xlsform": lambda edition, _: xlsform.as_xlsx(edition),
    "surveyjs": lambda edition, _: surveyjs.as_json(edition),
    "limesurvey": lambda edition, _: limesurvey.as_tsv(edition),
    "spss": lambda edition, language: spss.as_syntax(edition, language=language),
    "ddi": lambda edition, _: ddi.as_xml(edition),
    "pdf": lambda edition, language: paper.as_pdf(edition, language=language),
}


class UnknownLanguageError(ValueError):
    """An edition is not written in this language; the message lists those it has."""


def written(edition: Edition, *, name: str, language: str | None = None) -> bytes:
    """Return an edition in a format; in the language the edition names first where none is given.

    Raises:
        UnknownLanguageError: the edition has no such language.
        NoPaperError: no paper in this language.
    """
    chosen = language or edition.languages[0]
    if chosen not in edition.languages:
        known = ", ".join(edition.languages)
        raise UnknownLanguageError(
            f'edition "{edition.code}" has no language "{chosen}"; use one of: {known}'
        )
    return WRITERS[name](edition, chosen)
