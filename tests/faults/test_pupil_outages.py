"""A pupil in the middle of the questionnaire, and what a school day does to it: nothing lost or doubled.

Each test answers in a real browser through a wire that can be cut, and compares what stands in the store with
what was chosen: one response, every answer once, each on its own item.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.faults.conftest import wait_until_served
from tests.faults.wire import wire_to
from tests.simulated_school import EDITION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.faults.conftest import Served
    from tests.faults.wire import Wire

SAVED = "Opgeslagen"
OFFLINE = "Geen verbinding, je kunt doorgaan"
BACK = 40_000
"""Milliseconds in which a page has found the mended line."""


@pytest.fixture
def wire(served: Served) -> Iterator[Wire]:
    with wire_to(served.port) as wire:
        yield wire


@dataclass
class Pupil:
    """Somebody who answers, and remembers what."""

    page: Page
    port: int
    code: str
    chosen: dict[str, int] = field(default_factory=dict)

    def enter(self) -> None:
        self.page.goto(f"http://127.0.0.1:{self.port}/")
        self.page.get_by_label("Jouw code").fill(self.code)
        self.page.get_by_role("button", name="Verder").click()
        self.ready()

    def ready(self) -> None:
        expect(self.page.locator(".leerling h1")).to_be_visible(timeout=20_000)

    @property
    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def answer(self, number: int, *, option: int = 1) -> None:
        """Answer this many questions, each with another option than the last."""
        done = 0
        while done < number:
            item = next((item for item in EDITION.items if item.text["nl"] == self.heading), None)
            if item:
                choice = item.option_set.options[(option + done) % len(item.option_set.options)]
                self.page.get_by_role("radio", name=choice.label["nl"], exact=True).check()
                self.chosen[item.code] = choice.value
                done += 1
            self.page.get_by_role("button", name="Beginnen" if self.at_start else "Volgende").click()

    @property
    def at_start(self) -> bool:
        return self.page.locator(".screen").get_attribute("data-kind") == "welcome"

    def is_told(self, words: str, *, within: int = 10_000) -> None:
        expect(self.page.locator(".status")).to_have_text(words, timeout=within)

    def to_the_end(self) -> None:
        while self.page.locator(".screen").get_attribute("data-kind") != "end":
            self.page.get_by_role("button", name="Volgende").click()

    def send(self) -> None:
        self.to_the_end()
        self.page.get_by_role("button", name="Versturen").dblclick()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Dank je wel!", timeout=BACK)


@pytest.fixture
def pupil(new_page: Callable[..., Page], served: Served, wire: Wire) -> Iterator[Pupil]:
    """Give a pupil who has answered three questions; at the end everything chosen must be in the store."""
    stamgroep, code = served.new_pupil()
    pupil = Pupil(new_page(), wire.port, code)
    pupil.enter()
    pupil.answer(3)
    yield pupil
    pupil.send()
    assert served.stored(stamgroep) == [pupil.chosen]


def test_ten_seconds_without_wifi(pupil: Pupil, wire: Wire) -> None:
    """The pupil goes on, is told, and everything follows by itself."""
    wire.cut()
    pupil.answer(4)
    pupil.is_told(OFFLINE)
    pupil.page.wait_for_timeout(6000)
    wire.mend()
    pupil.is_told(SAVED, within=BACK)


@pytest.mark.slow
def test_three_minutes_without_wifi(pupil: Pupil, wire: Wire) -> None:
    """As long as it takes a teacher to find the router."""
    wire.cut()
    pupil.answer(8)
    pupil.page.wait_for_timeout(180_000)
    pupil.is_told(OFFLINE)
    wire.mend()
    pupil.is_told(SAVED, within=BACK)


def test_a_line_that_is_there_and_carries_nothing(pupil: Pupil, wire: Wire) -> None:
    """An access point that is full keeps connections open and silent."""
    wire.stall()
    pupil.answer(3)
    pupil.is_told(OFFLINE)
    wire.mend()
    pupil.is_told(SAVED, within=BACK)


def test_versturen_without_wifi_waits_and_happens_once(pupil: Pupil, wire: Wire) -> None:
    """The page says what it waits for; the pupil may go away from the button."""
    pupil.to_the_end()
    wire.cut()
    pupil.page.get_by_role("button", name="Versturen").click()
    expect(pupil.page.locator(".screen .notice")).to_contain_text("geen verbinding", timeout=10_000)
    wire.mend()
    expect(pupil.page.get_by_role("heading", level=1)).to_have_text("Dank je wel!", timeout=BACK)
    pupil.send = lambda: None  # type: ignore[method-assign]  # it is sent


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "process",
    [
        pytest.param("weerglas workers", marks=SLOW),
        pytest.param("weerglas office", marks=SLOW),
        "weerglas broker",
    ],
)
def test_a_process_that_is_killed_costs_nothing(pupil: Pupil, served: Served, process: str) -> None:
    """The pass in the cookie outlives both: no code is asked again."""
    served.kill(process)
    pupil.answer(3)
    wait_until_served(served)
    pupil.is_told(SAVED, within=BACK)
    pupil.answer(2)
    pupil.is_told(SAVED)


def test_a_worker_that_is_killed_costs_nothing(pupil: Pupil, served: Served) -> None:
    """The page's session was in its memory; another worker, or the next one, opens it again."""
    served.kill("weerglas workers", all_of_them=False)
    pupil.answer(4)
    pupil.is_told(SAVED, within=BACK)


def test_a_tab_that_is_reloaded_goes_on_where_it_was(pupil: Pupil) -> None:
    """What was saved stays where it is; the screen is the first open question."""
    pupil.is_told(SAVED)
    open_question = pupil.heading
    pupil.page.reload()
    pupil.ready()
    assert pupil.heading == open_question
    pupil.answer(3, option=2)
    pupil.is_told(SAVED)


def test_two_tabs_with_one_code_are_one_pupil(pupil: Pupil) -> None:
    """The last choice counts, whichever tab it was made in."""
    pupil.is_told(SAVED)
    second = Pupil(pupil.page.context.new_page(), pupil.port, pupil.code)
    second.page.goto(f"http://127.0.0.1:{pupil.port}/leerling")
    second.ready()
    second.answer(2, option=0)
    second.is_told(SAVED)
    pupil.answer(4, option=3)
    pupil.is_told(SAVED, within=BACK)
    pupil.chosen = {**second.chosen, **pupil.chosen}
    second.page.close()


def test_the_back_button_keeps_answers(pupil: Pupil) -> None:
    """A child presses it; it goes one question back, and never out of the questionnaire by surprise."""
    third = list(pupil.chosen)[-1]
    pupil.page.go_back()
    assert pupil.heading == EDITION.item(third).text["nl"]
    checked = pupil.page.locator("input:checked")
    assert int(checked.get_attribute("value") or 0) == pupil.chosen[third]
    pupil.page.go_forward()
    pupil.answer(1)
    pupil.is_told(SAVED)


def test_a_laptop_that_sleeps_wakes_up_with_everything(pupil: Pupil, wire: Wire) -> None:
    """The lid closes right after a choice: the page is frozen and the line gone, and both come back."""
    wire.cut()
    pupil.answer(2)
    devtools = pupil.page.context.new_cdp_session(pupil.page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    pupil.page.wait_for_timeout(3000)
    wire.mend()
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    pupil.is_told(SAVED, within=BACK)


def test_the_page_weighs_little_and_less_the_second_time(
    new_page: Callable[..., Page], served: Served
) -> None:
    """350 kB at first and 50 kB for the next pupil on the same device, headers and all."""
    page = new_page()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    loaded: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    for most in (350_000, 50_000):
        loaded.clear()
        Pupil(page, served.port, served.new_pupil()[1]).enter()
        assert 0 < sum(loaded) < most
        page.goto(f"http://127.0.0.1:{served.port}/uit")
