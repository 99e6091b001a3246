"""The page for pupils reads as a child of ten reads, and says nothing that would hurt one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from export.account.content.reading_ease import reading_ease
from export.report import pupils
from export.report.words import texts
from tests.report.documents import alone
from tests.report.documents import document as results

if TYPE_CHECKING:
    from collections.abc import Iterator

EASY = 80
"""Flesch-Douma: from here on a text is called easy."""
LONGEST_SENTENCE = 15


def told(found: Any) -> Iterator[str]:
    """Yield every sentence that stands on the page."""
    if isinstance(found, str):
        yield found
    elif isinstance(found, dict | list):
        for part in found.values() if isinstance(found, dict) else found:
            yield from told(part)


def page() -> list[str]:
    whole = pupils.page(results())
    return [
        said
        for key, part in whole.items()
        if key not in {"onderwerp", "auteur", "voet", "gesimuleerd", "pagina"}
        for said in told(part)
        if said
    ]


def test_the_words_are_easy():
    assert reading_ease(page()).index >= EASY


def test_no_sentence_is_long():
    sentences = [part for said in page() for part in re.split(r"[.!?]\s", said)]
    assert [part for part in sentences if len(part.split()) > LONGEST_SENTENCE] == []


def test_no_kind_of_aantasting_is_on_the_page():
    """A child who is bullied must not read that nearly nobody is."""
    whole = " ".join(page())
    asked = [item["text"] for item in results()["items"] if item["scale"] == "aantasting"]
    assert len(asked) > 10
    assert [question for question in asked if question in whole] == []


def test_what_goes_well_comes_first_and_nothing_stands_twice():
    good, better = pupils.page(results())["delen"]
    assert len(good["rijen"]) == pupils.N_GOOD
    assert len(better["rijen"]) == pupils.N_TO_TALK_ABOUT
    assert min(row["vol"] for row in good["rijen"]) >= max(row["vol"] for row in better["rijen"])
    questions = [row["vraag"] for part in (good, better) for row in part["rijen"]]
    assert len(set(questions)) == len(questions)


def test_a_school_of_which_nothing_is_shown_gets_a_page_without_dots():
    whole = pupils.page(alone(pupils=8))
    assert [part["rijen"] for part in whole["delen"]] == [[], []]
    assert "te weinig kinderen" in whole["weinig"]


def test_secondary_schools_have_leerlingen_and_no_kinderen():
    assert texts("leerlingen")["wie"] == {
        "po": "kinderen",
        "so": "kinderen",
        "vo": "leerlingen",
        "vso": "leerlingen",
    }
    assert "kinderen" not in " ".join(told(pupils.page(alone("vo_2026", pupils=900))["bedankt"]))
