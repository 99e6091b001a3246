"""The kinds of answer: one of some, several of some, and the two ways not to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from instrument import catalogue
from tests.browser.stage import Stage, open_stage, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

SEVERAL = {
    "languages": ["nl"],
    "explanations": [],
    "items": [
        {
            "code": "XX01",
            "text": {"nl": "Waar was dat?"},
            "option_set": "waar",
            "explanation": None,
            "visible_if": [],
            "recorded": {},
        }
    ],
    "option_sets": {
        "waar": {
            "several": True,
            "faces": False,
            "options": [
                {"value": value, "label": {"nl": label}}
                for value, label in enumerate(("In de klas", "Op het plein", "Op de gang"), start=1)
            ],
        }
    },
}


@pytest.fixture
def several(new_page: Callable[..., Page]) -> Stage:
    stage = open_stage(new_page(), {**start("po_bovenbouw_2026"), "edition": SEVERAL})
    stage.press("Beginnen")
    return stage


def test_several_answers_are_one_number(several: Stage) -> None:
    """The store keeps a sum of powers of two; the same choice gives the same number in any order."""
    for number in (2, 0):
        several.choose(number)
    assert [message["value"] for message in several.sent] == [4, 5]
    several.page.locator(".answer input").nth(2).uncheck()
    assert several.sent[-1]["value"] == 1


def test_letting_go_of_the_last_clears_the_answer(several: Stage) -> None:
    """No box ticked is no answer, and not "nowhere"."""
    several.choose(1)
    several.page.locator(".answer input").nth(1).uncheck()
    assert several.sent[-1]["value"] is None
    expect(several.page.get_by_role("button", name="Antwoord wissen")).to_be_hidden()


@pytest.mark.parametrize(("number", "code"), [(3, -1), (4, -2)])
def test_not_answering_stands_alone(several: Stage, number: int, code: int) -> None:
    """Here "weet ik niet" beside "in de klas" would be two answers in one."""
    several.choose(0)
    several.choose(number)
    assert several.sent[-1]["value"] == code
    assert several.page.locator(".answer input:checked").count() == 1
    several.choose(1)
    assert several.sent[-1]["value"] == 2
    assert several.page.locator(".answer input:checked").count() == 1


def test_several_answers_are_still_there_when_the_pupil_comes_back(several: Stage) -> None:
    """A choice that the screen forgets looks lost."""
    several.choose(0)
    several.choose(1)
    several.press("Volgende")
    several.press("Vorige")
    assert several.page.locator(".answer input:checked").count() == 2


def test_a_choice_of_several_says_so(several: Stage) -> None:
    """Also to who does not see that the boxes are square: the group is described by the hint."""
    group = several.page.get_by_role("group", name="Waar was dat?")
    expect(group).to_have_accessible_description("Je mag meer dan één antwoord kiezen.")


def test_faces_stand_beside_words_and_never_on_how_often_something_bad_happened(
    new_page: Callable[..., Page],
) -> None:
    """PUPILS.md, rule 5: in one colour, and nothing to a screen reader."""
    edition = catalogue.edition("so_2026")
    with_faces = [item for item in edition.scored if item.option_set.faces]
    assert with_faces, "no question has faces"
    assert not [item.code for item in with_faces if item.period or item.scale == "aantasting"]
    stage = open_stage(new_page(), start(edition.code))
    stage.go_to(with_faces[0].text["nl"])
    faces = stage.page.locator(".face")
    assert faces.count() == len(with_faces[0].option_set.options)
    assert set(faces.evaluate_all("found => found.map((face) => face.getAttribute('aria-hidden'))")) == {
        "true"
    }
    assert len(set(faces.evaluate_all("found => found.map((face) => getComputedStyle(face).color)"))) == 1
