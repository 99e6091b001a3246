"""An edition as an XLSForm: a questionnaire in a spreadsheet, for ODK, Kobo and whoever writes in Excel.

What XLSForm has no place for stands in columns and sheets named `weerglas_…`; other programs skip them.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Final

from instrument import editions
from instrument.interchange import relevance, workbook
from instrument.interchange.words import name_of, non_substantive
from instrument.questionnaire import DONT_KNOW, NON_SUBSTANTIVE, PREFER_NOT_TO_SAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from instrument.questionnaire import Edition, Explanation, Item, OptionSet, Text

OWN: Final = "weerglas_"
SCALES: Final = f"{OWN}scales"
MODULES: Final = f"{OWN}modules"
OPTION_SETS: Final = f"{OWN}option_sets"
EXPLANATION: Final = "explanation_"
"""Before the code of an explanation, in the name of its note: it may be the code of something else too."""
MODULE: Final = "module_"
AGAIN: Final = "-"
"""Before the number of a second group of the same module; no code of ours holds it."""
ONE_ALONE: Final = " and ".join(
    f"(not(selected(., '{value}')) or count-selected(.) = 1)" for value in (DONT_KNOW, PREFER_NOT_TO_SAY)
)
"""Of several answers: "weet ik niet" stands alone."""


def as_xlsx(edition: Edition) -> bytes:
    """Return the edition as an .xlsx file; the same edition gives the same bytes."""
    return workbook.write({name: _rows(lines) for name, lines in sheets(edition).items()})


def sheets(edition: Edition) -> dict[str, list[dict[str, str]]]:
    """Return the lines of each sheet, head to text."""
    return {
        "survey": list(_survey(edition)),
        "choices": list(_choices(edition)),
        "settings": [_settings(edition)],
        SCALES: [
            {"code": scale.code, **by_language("title", scale.title), "legal_question": scale.legal_question}
            for scale in edition.scales
        ],
        MODULES: [
            {"code": each.code, **by_language("title", each.title), "legal_question": each.legal_question}
            for each in edition.modules
        ],
        OPTION_SETS: [
            {
                "list_name": each.code,
                **by_language("period", each.period or {}),
                "faces": yes_or_no(value=each.faces),
            }
            for each in option_sets(edition)
        ],
    }


def option_sets(edition: Edition) -> tuple[OptionSet, ...]:
    """Return the option sets in the order in which items use them."""
    return tuple({item.option_set.code: item.option_set for item in edition.items}.values())


def by_language(head: str, text: Text) -> dict[str, str]:
    """Return a text under the heads of its languages, as in `label::Nederlands (nl)`."""
    return {f"{head}::{named(language)}": words for language, words in text.items()}


def named(language: str) -> str:
    """Name a language as XLSForm wants it."""
    return f"{name_of(language)} ({language})"


def yes_or_no(*, value: bool) -> str:
    """Say it as XLSForm does."""
    return "yes" if value else "no"


def blocks(edition: Edition) -> Iterator[tuple[str | None, tuple[Item, ...]]]:
    """Yield the items that follow each other in one module (or in none), with its code."""
    for module, items in groupby(edition.items, key=lambda item: item.module):
        yield module, tuple(items)


def _survey(edition: Edition) -> Iterator[dict[str, str]]:
    explained: set[str] = set()
    seen: list[str] = []
    for module, items in blocks(edition):
        if module is not None:
            seen.append(module)
            again = f"{AGAIN}{seen.count(module)}" if seen.count(module) > 1 else ""
            title = next(each.title for each in edition.modules if each.code == module)
            yield {
                "type": "begin_group",
                "name": f"{MODULE}{module}{again}",
                **by_language("label", title),
                f"{OWN}module": module,
            }
        for item in items:
            if item.explanation is not None and item.explanation not in explained:
                explained.add(item.explanation)
                yield _note(edition, item.explanation)
            yield _question(item)
        if module is not None:
            yield {"type": "end_group"}


def _note(edition: Edition, code: str) -> dict[str, str]:
    place = [each.code for each in edition.explanations].index(code)
    explained: Explanation = edition.explanations[place]
    needing = [item.visible_if for item in edition.items if item.explanation == code]
    return {
        "type": "note",
        "name": EXPLANATION + code,
        **by_language("label", explained.title),
        **by_language("hint", explained.text),
        "relevant": relevance.any_of(needing),
        f"{OWN}order": str(place + 1),
    }


def _question(item: Item) -> dict[str, str]:
    several = item.option_set.several
    return {
        "type": f"{'select_multiple' if several else 'select_one'} {item.option_set.code}",
        "name": item.code,
        **by_language("label", item.text),
        "relevant": relevance.expression(item.visible_if),
        "constraint": ONE_ALONE if several else "",
        f"{OWN}scale": item.scale or "",
        f"{OWN}module": item.module or "",
        f"{OWN}topic": item.topic,
        f"{OWN}reversed": yes_or_no(value=item.reversed),
        f"{OWN}sensitive": yes_or_no(value=item.sensitive),
        f"{OWN}explanation": item.explanation or "",
        f"{OWN}reading_level": item.reading_level,
        f"{OWN}note": item.note,
    }


def _choices(edition: Edition) -> Iterator[dict[str, str]]:
    outside = non_substantive(edition)
    for each in option_sets(edition):
        labels = {option.value: option.label for option in each.options}
        labels |= {value: outside[value] for value in NON_SUBSTANTIVE}
        for value, label in labels.items():
            yield {"list_name": each.code, "name": str(value), **by_language("label", label)}


def _settings(edition: Edition) -> dict[str, str]:
    first = edition.languages[0]
    return {
        "form_title": edition.title[first],
        "form_id": edition.code,
        "version": editions.fingerprint(edition).removeprefix("sha256:")[:12],
        "default_language": named(first),
        **by_language(f"{OWN}title", edition.title),
        f"{OWN}sector": edition.sector,
        f"{OWN}leerjaren": " ".join(map(str, edition.leerjaren)),
        f"{OWN}languages": " ".join(edition.languages),
        f"{OWN}minimum_answered": share(edition.minimum_answered),
    }


def share(value: float) -> str:
    """Return a share as a fraction of small numbers, as in 2/3, where it is one; else as a decimal."""
    near = Fraction(value).limit_denominator(99)
    return str(near) if near.denominator > 1 and float(near) == value else repr(value)


def _rows(lines: Sequence[Mapping[str, str]]) -> list[list[str]]:
    heads = _heads(lines)
    return [heads, *([line.get(head, "") for head in heads] for line in lines)]


def _heads(lines: Iterable[Mapping[str, str]]) -> list[str]:
    """Keep the languages of one text together, wherever a line names them first."""
    found = list(dict.fromkeys(head for line in lines for head in line)) or ["code"]
    families = list(dict.fromkeys(head.partition("::")[0] for head in found))
    return sorted(found, key=lambda head: families.index(head.partition("::")[0]))
