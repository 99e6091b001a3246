"""The pupil's page in a browser, as a trial: what is seen, heard and done by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from instrument import catalogue
from instrument.screens import texts
from instrument.screens.conversation import TRIAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, WebSocketRoute

    from instrument.questionnaire import Edition
    from tests.browser.conftest import Watch

NARROWEST = (320, 640)
DUTCH = texts.load()["nl"]
ENGLISH = texts.load()["en"]


@pytest.fixture(scope="module")
def address(serve: Callable[..., str]) -> str:
    return serve()


@pytest.fixture
def edition() -> Edition:
    return catalogue.edition(str(TRIAL["edition"]))


@pytest.fixture
def visit(new_page: Callable[..., Page], address: str) -> Callable[..., Page]:
    """Open the survey at a size; it is ready when its heading is there."""

    def open_survey(*size: tuple[int, int]) -> Page:
        page = new_page(*size)
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
        return page

    return open_survey


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def press(page: Page, label: str) -> None:
    """Reach a button with Tab alone, as a pupil without a mouse does, and press Enter."""
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == label:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab never reaches {label}")


def to_first_question(page: Page) -> None:
    page.get_by_role("button", name=DUTCH["welcome"]["start"]).click()
    while page.get_by_role("radio").count() == 0:
        page.get_by_role("button", name=DUTCH["question"]["next"]).click()


def screens_of(edition: Edition) -> list[str]:
    """Return the headings in the order that the rules ask for."""
    titles = {explanation.code: explanation.title["nl"] for explanation in edition.explanations}
    shown: list[str] = []
    for item in edition.scored:
        needed = titles.pop(item.explanation, None) if item.explanation else None
        shown += [needed, item.text["nl"]] if needed else [item.text["nl"]]
    return shown


def test_everything_can_be_answered_by_keyboard(
    visit: Callable[..., Page], edition: Edition, watch: Watch
) -> None:
    """Rules 1, 3, 10, 14, 16: one named group per screen, focus on its heading, explanations just in time."""
    page = visit()
    first_address = page.url
    press(page, DUTCH["welcome"]["start"])
    seen = [heading(page)]
    while seen[-1] != DUTCH["end"]["title"]:
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.locator("h1").count() == 1
        answer_or_go_on(page, seen[-1])
        seen.append(heading(page))
    assert seen[:-1] == screens_of(edition)
    total = len(edition.scored)
    expect(page.get_by_text(f"Je hebt {total} van de {total} vragen beantwoord.")).to_be_visible()
    press(page, DUTCH["end"]["submit"])
    expect(page.get_by_role("heading", level=1, name=DUTCH["thanks"]["title"])).to_be_visible()
    expect(page.locator(".screen")).to_contain_text("0800-0432")
    assert page.url == first_address
    assert "WB01" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert watch.faults == []


def answer_or_go_on(page: Page, title: str) -> None:
    if page.get_by_role("radio").count() == 0:
        press(page, DUTCH["question"]["next"])
        return
    group = page.get_by_role("group", name=title, exact=True)
    labels = group.get_by_role("radio").evaluate_all("all => all.map((radio) => radio.labels[0].innerText)")
    assert labels[-2:] == [DUTCH["question"]["dont_know"], DUTCH["question"]["prefer_not_to_say"]]
    assert all(labels)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(group.get_by_role("radio", name=labels[1], exact=True)).to_be_checked()
    page.keyboard.press("Enter")


def test_the_language_changes_on_every_screen_and_keeps_answers(
    visit: Callable[..., Page], edition: Edition
) -> None:
    """Rule 15; nothing of the other language may be left behind."""
    page = visit()
    page.get_by_role("button", name="English").click()
    assert heading(page) == ENGLISH["welcome"]["title"]
    page.get_by_role("button", name="Nederlands").click()
    to_first_question(page)
    item = edition.scored[0]
    page.get_by_text(item.option_set.options[1].label["nl"], exact=True).click()
    page.get_by_role("button", name="English").click()
    assert heading(page) == item.text["en"]
    expect(page.get_by_role("radio", name=item.option_set.options[1].label["en"], exact=True)).to_be_checked()
    expect(page.get_by_text(f"Question 1 of {len(edition.scored)}")).to_be_visible()
    expect(page.locator(".leerling")).to_have_attribute("lang", "en")


def test_an_answer_survives_back_and_can_be_cleared(visit: Callable[..., Page]) -> None:
    """Rules 4 and 14: nothing is obligatory, and the browser's own back button loses nothing."""
    page = visit()
    to_first_question(page)
    first = heading(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name=DUTCH["question"]["next"]).click()
    page.go_back()
    assert heading(page) == first
    expect(page.get_by_role("radio").first).to_be_checked()
    page.get_by_role("button", name=DUTCH["question"]["clear"]).click()
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    expect(page.get_by_role("button", name=DUTCH["question"]["clear"])).to_have_count(0)


def test_the_screen_hides_at_once_also_over_the_help(visit: Callable[..., Page]) -> None:
    """Rules 11 and 12: a neighbour who looks sees nothing, not even that help was asked."""
    page = visit()
    to_first_question(page)
    question = heading(page)
    page.get_by_role("button", name=DUTCH["bar"]["help"]).click()
    expect(page.get_by_role("dialog", name=DUTCH["help"]["title"])).to_contain_text("0800-0432")
    page.keyboard.press("Escape")
    assert page.locator("body").inner_text().split() == [DUTCH["cover"]["text"], DUTCH["cover"]["back"]]
    assert page.title() == "Vragenlijst"
    page.keyboard.press("Enter")
    assert heading(page) == question
    page.get_by_role("button", name=DUTCH["bar"]["hide"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_count(0)


def test_a_phone_shows_large_targets_and_never_scrolls_sideways(visit: Callable[..., Page]) -> None:
    """Rules 7 and 8: 18 px, 48 px, reflow at 320 px."""
    page = visit(NARROWEST)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST[0]
    to_first_question(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST[0]
    targets = page.locator(".answer, .leerling button:visible")
    assert min(targets.evaluate_all("all => all.map((one) => one.getBoundingClientRect().height)")) >= 48
    letters = page.locator(".leerling :is(p, span, button, h1):visible")
    sizes = letters.evaluate_all("all => all.map((one) => parseFloat(getComputedStyle(one).fontSize))")
    assert min(sizes) >= 18


def test_a_silent_line_is_told_and_what_was_chosen_arrives_later(
    new_page: Callable[..., Page], address: str
) -> None:
    """Rule 13: the pupil hears the truth, can go on, and nothing is lost."""
    page, line = new_page(), {"cut": False}

    def relay(browser_side: WebSocketRoute) -> None:
        server_side = browser_side.connect_to_server()
        browser_side.on_message(lambda message: None if line["cut"] else server_side.send(message))

    page.route_web_socket("**/channels*", relay)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=30_000)
    to_first_question(page)
    line["cut"] = True
    page.get_by_role("radio").first.check()
    status = page.locator(".status")
    expect(status).to_have_text(DUTCH["status"]["saving"])
    expect(status).to_have_text(DUTCH["status"]["offline"], timeout=6000)
    page.get_by_role("button", name=DUTCH["question"]["next"]).click()
    page.get_by_role("radio").first.check()
    expect(status).to_have_text(DUTCH["status"]["offline"])
    line["cut"] = False
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status).to_have_text(DUTCH["status"]["trial"])
