"""The line of the page: the kernel's socket, and plain HTTP where that is silent or gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from instrument import catalogue
from tests.browser.stage import open_stage, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

EDITION = catalogue.edition("po_bovenbouw_2026")
LINE = {"address": "/leerling/bericht", "recordings": "/blad/"}
OVER = {"save": "saved", "submit": "submitted"}


def acknowledge(message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"kind": OVER[message["kind"]], "seq": message["seq"]}


def test_a_gone_kernel_is_gone_around(new_page: Callable[..., Page]) -> None:
    """The pupil does not notice that there is another way; the answer is saved."""
    stage = open_stage(new_page(), start(EDITION.code), line=LINE, reply=acknowledge)
    stage.go_to(EDITION.items[0].text["nl"])
    stage.page.evaluate("stage.gone = true")
    stage.choose(1)
    expect(stage.page.locator(".status")).to_have_text("Opgeslagen")
    assert [(one["item"], one["value"]) for one in stage.posted] == [(EDITION.items[0].code, 2)]


def test_a_silent_kernel_is_gone_around_after_some_seconds(new_page: Callable[..., Page]) -> None:
    """A killed kernel leaves an open socket that nobody listens to."""
    stage = open_stage(new_page(), start(EDITION.code), line=LINE, reply=acknowledge)
    stage.go_to(EDITION.items[0].text["nl"])
    stage.page.evaluate("stage.silent = true")
    stage.choose(1)
    expect(stage.page.locator(".status")).to_have_text("Opslaan…")
    expect(stage.page.locator(".status")).to_have_text("Opgeslagen", timeout=8000)
    assert stage.posted[0]["seq"] == stage.sent[-1]["seq"], "the same answer under another number is another"


def test_a_server_that_cannot_save_is_told_and_tried_again(new_page: Callable[..., Page]) -> None:
    """503 is no acknowledgement; "Opgeslagen" would be a lie."""
    broken = [True]

    def reply(message: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        return (503, {"kind": "unreachable"}) if broken[0] else acknowledge(message)

    stage = open_stage(new_page(), start(EDITION.code), line=LINE, reply=reply)
    stage.go_to(EDITION.items[0].text["nl"])
    stage.page.evaluate("stage.gone = true")
    stage.choose(1)
    expect(stage.page.locator(".status")).to_have_text("Geen verbinding, je kunt doorgaan", timeout=2000)
    broken[0] = False
    expect(stage.page.locator(".status")).to_have_text("Opgeslagen", timeout=15_000)


def test_over_http_answers_arrive_in_the_order_in_which_they_were_given(
    new_page: Callable[..., Page],
) -> None:
    """One request at a time: two at once may overtake each other."""
    stage = open_stage(new_page(), start(EDITION.code), line=LINE, reply=acknowledge)
    stage.page.evaluate("stage.gone = true")
    for item in EDITION.items[:5]:
        stage.go_to(item.text["nl"])
        stage.choose(1)
    expect(stage.page.locator(".status")).to_have_text("Opgeslagen")
    assert [one["item"] for one in stage.posted] == [item.code for item in EDITION.items[:5]]


def test_versturen_over_http_waits_for_every_answer(new_page: Callable[..., Page]) -> None:
    """What is sent before the last answer is saved is sent without it."""
    stage = open_stage(new_page(), start(EDITION.code), line=LINE, reply=acknowledge)
    stage.go_to(EDITION.items[0].text["nl"])
    stage.page.evaluate("stage.gone = true")
    stage.choose(1)
    stage.go_to("Dit waren de vragen")
    stage.page.get_by_role("button", name="Versturen").dblclick()
    expect(stage.page.get_by_role("heading", level=1)).to_have_text("Dank je wel!")
    assert [one["kind"] for one in stage.posted] == ["save", "submit"]
