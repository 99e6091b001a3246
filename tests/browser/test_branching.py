"""Follow-up questions in the browser: who is asked what, as the store decides it too."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from instrument import catalogue
from instrument.screens import browser_side, shown
from tests.browser.stage import open_stage, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from instrument.questionnaire import Edition

EDITIONS = sorted(catalogue.bundled())
N_PUPILS = 200


def some_answers(edition: Edition, chance: random.Random) -> dict[str, int]:
    """Return what a pupil might have answered, also to questions that were then not asked any more."""
    diligence = chance.random() ** 2
    return {item.code: chance.choice(item.codes) for item in edition.items if chance.random() < diligence}


@pytest.mark.parametrize("code", EDITIONS)
def test_browser_and_store_agree_on_what_is_asked(new_page: Callable[..., Page], code: str) -> None:
    """An answer the pupil could give must be kept, and one that was not asked must not."""
    edition, chance = catalogue.edition(code), random.Random(2026)  # noqa: S311 - no secret
    pupils = [some_answers(edition, chance) for _ in range(N_PUPILS)]
    page = new_page()
    page.add_script_tag(content=browser_side.module().replace("export default", "window.page ="))
    script = """([edition, pupils]) => pupils.map(
        (answers) => visibleItems(edition, new Map(Object.entries(answers))).map(({ code }) => code))"""
    modules = tuple(module.code for module in edition.modules)
    asked = page.evaluate(script, [shown.edition(code, modules), pupils])
    assert asked == [[item.code for item in edition.visible(answers)] for answers in pupils]
    assert len({tuple(codes) for codes in asked}) > 3, "the pupils are too much alike"


def test_a_follow_up_comes_and_goes_with_the_answer_before_it(new_page: Callable[..., Page]) -> None:
    """Whoever changes an answer is not left on a question that does not belong to them."""
    edition = catalogue.edition("po_bovenbouw_2026")
    follow_up = next(item for item in edition.items if item.visible_if)
    first = edition.item(follow_up.visible_if[0].any_of[0])
    stage = open_stage(new_page(), start(edition.code, (follow_up.module or "",)))
    stage.go_to(first.text["nl"])
    before = total(stage.progress)
    calls_for_it = follow_up.visible_if[0].answered[0]
    stage.page.locator(f".answer input[value='{calls_for_it}']").check()
    assert total(stage.progress) > before
    stage.go_to(follow_up.text["nl"])
    stage.choose(0)
    while stage.heading != first.text["nl"]:
        stage.press("Vorige")
    stage.page.locator(".answer input[value='-1']").check()
    assert total(stage.progress) == before
    stage.go_to("Dit waren de vragen")


def test_who_comes_back_finds_the_follow_ups_again(new_page: Callable[..., Page]) -> None:
    """The answers do not come back to the browser; what they call for does."""
    edition = catalogue.edition("po_bovenbouw_2026")
    follow_up = next(item for item in edition.items if item.visible_if)
    answered = [item.code for item in edition.items if not item.visible_if]
    resumed = start(edition.code, (follow_up.module or "",), answered=answered, followed_up=[follow_up.code])
    stage = open_stage(new_page(), resumed)
    assert stage.heading == follow_up.text["nl"]


def total(progress: str) -> int:
    return int(progress.rpartition(" ")[2])
