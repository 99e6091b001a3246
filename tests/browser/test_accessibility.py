"""WCAG 2.2 AA as far as a machine can tell: every screen, at every size, in every mode.

What no machine can tell is in tests/browser/TESTER.md, for a person with a screen reader.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from playwright.sync_api import expect

from instrument import catalogue
from instrument.screens import texts
from tests.browser.stage import Stage, open_stage, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

AXE: Final = Path(__file__).parents[1] / "npm" / "node_modules" / "axe-core" / "axe.min.js"
EDITIONS: Final = sorted(catalogue.bundled())
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES: Final = {"chromebook": (1366, 768), "tablet": (800, 1180), "phone": (360, 640), "narrow": (320, 640)}
ON_TO_SOMETHING_NEW: Final = """(seen) => {
  for (;;) {
    document.querySelectorAll(".answer input")[1]?.click(); // so that follow-up questions come too
    document.querySelector(".choices .primary").click();
    const has = (name, what) => (document.querySelector(what) ? " " + name : "");
    const { kind } = document.querySelector(".screen").dataset;
    const found = kind + has("several", "[type=checkbox]") + has("faces", ".face");
    if (!seen.includes(found)) return found;
  }
}"""
TRIAL: Final = "ar"  # a right-to-left language of which only the direction is real


def screens(page: Page, edition: str) -> Iterator[Stage]:
    """Open a survey, and show each kind of screen in turn: the help and the cover among them."""
    modules = tuple(module.code for module in catalogue.edition(edition).modules)
    stage = open_stage(page, start(edition, modules))
    yield stage
    onward = ".choices .primary"
    seen = ["welcome"]
    while seen[-1] != "end":
        seen.append(stage.page.evaluate(ON_TO_SOMETHING_NEW, seen))
        yield stage
    stage.page.locator(".bar button").nth(-2).click()
    yield stage
    stage.page.locator("dialog .primary").click()
    stage.page.locator(".bar .hide").click()
    yield stage
    stage.page.locator(".cover button").click()
    stage.page.locator(onward).click()
    expect(stage.page.locator(".screen")).to_have_attribute("data-kind", "thanks")
    yield stage


def violations(stage: Stage) -> list[str]:
    """Return what axe finds on the screen, each with the element."""
    if not stage.page.evaluate("Boolean(window.axe)"):
        stage.page.evaluate(axe())
    found = stage.page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


def axe() -> str:
    """Return axe-core; without it the test is skipped, and under CI=true it fails."""
    if AXE.is_file():
        return AXE.read_text("utf-8")
    message = "NO ACCESSIBILITY TESTED: axe-core is missing; run `make programs`"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)


def right_to_left() -> dict[str, Any]:
    """Return Dutch words under a language that runs from right to left."""
    return texts.load() | {TRIAL: texts.load()["nl"] | {"direction": "rtl", "name": "تجربة"}}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("edition", EDITIONS)
def test_axe_finds_nothing_on_any_screen(new_page: Callable[..., Page], edition: str, size: str) -> None:
    """Contrast, landmarks, names, target sizes: 0 violations."""
    for stage in screens(new_page(SIZES[size]), edition):
        assert violations(stage) == [], (
            f"{stage.page.locator('.screen').get_attribute('data-kind')} at {size}"
        )


@pytest.mark.parametrize("mode", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_axe_finds_nothing_in_forced_colours_and_without_motion(
    new_page: Callable[..., Page], mode: dict[str, Any]
) -> None:
    page = new_page()
    page.emulate_media(**mode)
    for stage in screens(page, "so_2026"):
        assert violations(stage) == []


def test_a_right_to_left_language_mirrors_the_page(new_page: Callable[..., Page]) -> None:
    """The format takes one; nothing may hang off the screen or lean the wrong way."""
    usual = start("po_bovenbouw_2026")
    edition = {**usual["edition"], "languages": [TRIAL, "nl"]}
    stage = open_stage(new_page(SIZES["phone"]), {**usual, "texts": right_to_left(), "edition": edition})
    stage.press("تجربة")
    assert stage.page.locator(".leerling").get_attribute("dir") == "rtl"
    stage.go_to(edition["items"][0]["text"]["nl"])
    circle, words = (stage.page.locator(f".answer {part}").first.bounding_box() for part in ("input", "span"))
    assert circle["x"] > words["x"], "the circle stands where reading begins"
    assert violations(stage) == []
    assert is_within(stage.page)


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_scrolls_sideways_at_320_pixels_and_at_200_percent(
    new_page: Callable[..., Page], edition: str
) -> None:
    """WCAG 1.4.10; 1366 pixels at 200 % are 683 of the page's."""
    for size in ((320, 640), (683, 384)):
        for stage in screens(new_page(size), edition):
            assert is_within(stage.page), f"{stage.heading} at {size}"


def test_every_control_has_a_role_and_a_name(new_page: Callable[..., Page]) -> None:
    """The tree that a screen reader reads; axe lets a group of radios pass without a name."""
    edition = catalogue.edition("po_bovenbouw_2026")
    first = edition.items[0]
    stage = open_stage(new_page(), start(edition.code))
    stage.go_to(first.text["nl"])
    group = stage.page.get_by_role("group", name=first.text["nl"], exact=True)
    offered = [option.label["nl"] for option in first.option_set.options]
    for label in (*offered, "Weet ik niet", "Wil ik niet zeggen"):
        expect(group.get_by_role("radio", name=label, exact=True)).to_be_visible()
    for button in ("English", "Hulp", "Verberg scherm", "Vorige", "Volgende"):
        expect(stage.page.get_by_role("button", name=button, exact=True)).to_be_visible()
    stage.press("Hulp")
    expect(stage.page.get_by_role("dialog", name="Wil je met iemand praten?")).to_be_visible()


def test_the_focus_is_seen_in_every_mode(new_page: Callable[..., Page]) -> None:
    """A pupil without a mouse must see where they are (WCAG 2.4.7, 2.4.11)."""
    for colours in ("none", "active"):
        page = new_page()
        page.emulate_media(forced_colors=colours)
        stage = open_stage(page, start("po_bovenbouw_2026"))
        stage.page.keyboard.press("Tab")
        outline = stage.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", f"forced colours: {colours}"


@pytest.mark.parametrize("size", ["chromebook", "phone"])
def test_targets_are_at_least_48_pixels_high(new_page: Callable[..., Page], size: str) -> None:
    """PUPILS.md, rule 8, in device pixels of CSS."""
    for stage in screens(new_page(SIZES[size]), "vo_2026"):
        shown = stage.page.locator(".answer:visible, button:visible, summary:visible")
        heights = shown.evaluate_all("found => found.map((one) => one.getBoundingClientRect().height)")
        assert min(heights) >= 47.9, f"{stage.heading} at {size}"


def is_within(page: Page) -> bool:
    """Tell whether everything fits the width of the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
