"""The outbox by itself, in a browser, with the clock in our hand: what is sent, and what is said."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

SCREENS = Path(__file__).parents[2] / "instrument" / "screens"
OUTBOX = "\n".join((SCREENS / part).read_text("utf-8") for part in ("line.js", "outbox.js"))
BENCH = """
var sent = [], told = [], dead = false;
const model = { on() {}, off() {}, send(message) { if (dead) throw new Error("gone"); sent.push(message); } };
const line = new Line(model, () => {});
var outbox = new Outbox(line, (connection) => told.push(connection));
line.failed = () => outbox.lineFailed();
"""


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.clock.install()
    page.set_content("<p>bench</p>")
    page.add_script_tag(content=OUTBOX + BENCH)
    return page


def sent(page: Page) -> list[tuple[Any, ...]]:
    found: list[dict[str, Any]] = page.evaluate("sent")
    return [tuple(message.get(name) for name in ("kind", "item", "value")) for message in found]


def test_saved_is_said_only_after_the_acknowledgement(page: Page) -> None:
    """Honest saving (PUPILS.md, rule 13)."""
    page.evaluate("outbox.save('WB01', 2)")
    assert page.evaluate("told") == ["saving"]
    page.evaluate("outbox.acknowledge(sent[0].seq)")
    assert page.evaluate("told") == ["saving", "saved"]


def test_an_unknown_acknowledgement_is_not_taken_for_saved(page: Page) -> None:
    """An answer may only be called saved by its own number."""
    page.evaluate("outbox.save('WB01', 2); outbox.acknowledge(99)")
    assert page.evaluate("told") == ["saving"]


def test_silence_is_told_and_everything_is_sent_again_in_order(page: Page) -> None:
    """Nothing may be lost on a Wi-Fi that drops, and the pupil hears the truth."""
    page.evaluate("outbox.save('WB01', 2); outbox.save('WB02', 3)")
    page.clock.run_for(5000)
    assert page.evaluate("told.at(-1)") == "offline"
    assert sent(page) == [("save", "WB01", 2), ("save", "WB02", 3)] * 2


def test_a_long_silence_does_not_pile_up_copies(page: Page) -> None:
    """Jupyter keeps what is sent during an outage, and would deliver every copy afterwards."""
    page.evaluate("outbox.save('WB01', 2)")
    page.clock.run_for(180_000)
    assert 10 < len(sent(page)) < 20


def test_a_changed_answer_is_never_overtaken_by_the_earlier_one(page: Page) -> None:
    """The last save wins; so an earlier one of the same item must not be sent again after it."""
    page.evaluate("outbox.save('WB01', 2); outbox.save('WB01', 4)")
    page.clock.run_for(5000)
    assert sent(page) == [("save", "WB01", 2), ("save", "WB01", 4), ("save", "WB01", 4)]


def test_a_gone_kernel_is_told_at_once(page: Page) -> None:
    """`model.send` throws then, and without another way waiting would be a lie."""
    page.evaluate("dead = true; outbox.save('WB01', 2)")
    assert page.evaluate("told.at(-1)") == "offline"
    assert page.evaluate("outbox.isEmpty") is False


def test_submitting_waits_until_everything_is_saved_and_happens_once(page: Page) -> None:
    """Whoever clicks Versturen twice, or while an answer is on its way, sends all answers once."""
    page.evaluate("outbox.save('WB01', 2); outbox.finish(); outbox.finish()")
    assert sent(page) == [("save", "WB01", 2)]
    page.evaluate("outbox.acknowledge(sent[0].seq); outbox.finish()")
    assert sent(page)[1:] == [("submit", None, None)]


def test_a_refused_answer_is_not_sent_again(page: Page) -> None:
    """It would be refused for ever, and keep the others from being sent."""
    page.evaluate("outbox.save('WB01', 9); outbox.refuse(sent[0].seq)")
    page.clock.run_for(10_000)
    assert sent(page) == [("save", "WB01", 9)]


def test_a_page_is_told_from_another_whatever_the_clock_says(page: Page) -> None:
    """The store knows an answer by page and number; a clock set back must not make a choice look old."""
    page.evaluate("outbox.save('WB01', 1)")
    page.clock.set_system_time(0)
    page.evaluate("outbox = new Outbox(line, () => {}); outbox.save('WB01', 2)")
    first, second = page.evaluate("sent.map((message) => message.page)")
    assert first != second
    assert len(second) > 6
