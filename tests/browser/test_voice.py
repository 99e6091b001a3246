"""Reading aloud, with a voice played by the test: what is said, and that an answer never is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from instrument import catalogue
from tests.browser.stage import Stage, open_stage, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

VOICES = """
window.said = [];
class Utterance { constructor(text) { this.text = text; } }
window.SpeechSynthesisUtterance = Utterance;
const synthesis = {
  getVoices: () => VOICES,
  speak: (words) => { said.push({ text: words.text, lang: words.lang, voice: words.voice.name }); },
  cancel: () => { said.push("silence"); },
  addEventListener: () => {},
};
Object.defineProperty(window, "speechSynthesis", { value: synthesis });
"""
DUTCH_HERE = "{ name: 'Fleur', lang: 'nl-NL', localService: true }"
DUTCH_ELSEWHERE = "{ name: 'Cloud', lang: 'nl-NL', localService: false }"
EDITION = catalogue.edition("po_bovenbouw_2026")


def stage_with(page: Page, *voices: str, **changes: Any) -> Stage:
    page.add_init_script(VOICES.replace("=> VOICES", f"=> [{', '.join(voices)}]"))
    return open_stage(page, start(EDITION.code) | changes, line={"address": "/x", "recordings": "/blad/"})


def said(stage: Stage) -> list[str]:
    """What was said since the last silence."""
    words: list[Any] = stage.page.evaluate("said")
    last = max((at for at, one in enumerate(words) if one == "silence"), default=-1)
    return [one["text"] for one in words[last + 1 :]]


def test_without_a_dutch_voice_nothing_is_offered(new_page: Callable[..., Page]) -> None:
    """An English voice reading Dutch helps nobody."""
    stage = stage_with(new_page(), "{ name: 'Emma', lang: 'en-GB', localService: true }")
    expect(stage.page.get_by_role("button", name="Lees voor")).to_be_hidden()
    stage.press("English")
    expect(stage.page.get_by_role("button", name="Read aloud")).to_be_visible()


def test_a_question_is_read_sentence_by_sentence_with_its_answers(new_page: Callable[..., Page]) -> None:
    """As a teacher would: the question, then each answer; nothing of the page around it."""
    stage = stage_with(new_page(), DUTCH_ELSEWHERE, DUTCH_HERE)
    first = EDITION.items[0]
    stage.go_to(first.text["nl"])
    stage.press("Lees voor")
    labels = [option.label["nl"] for option in first.option_set.options]
    assert said(stage) == [first.text["nl"], *labels, "Weet ik niet", "Wil ik niet zeggen"]
    assert {one["voice"] for one in stage.page.evaluate("said.filter((one) => one.text)")} == {"Fleur"}


def test_what_the_pupil_chose_is_never_heard(new_page: Callable[..., Page]) -> None:
    """Neighbours listen (PUPILS.md, rule 6)."""
    stage = stage_with(new_page(), DUTCH_HERE)
    stage.go_to(EDITION.items[0].text["nl"])
    stage.press("Lees voor")
    untouched = said(stage)
    stage.press("Stop")
    stage.choose(2)
    stage.press("Lees voor")
    assert said(stage) == untouched


def test_it_falls_silent_on_the_next_screen_and_behind_the_cover(new_page: Callable[..., Page]) -> None:
    """A voice that goes on about the last question gives it away."""
    stage = stage_with(new_page(), DUTCH_HERE)
    for silencer in ("Beginnen", "Verberg scherm"):
        stage.press("Lees voor")
        stage.press(silencer)
        assert stage.page.evaluate("said.at(-1)") == "silence"


def test_a_recording_replaces_the_voice(new_page: Callable[..., Page]) -> None:
    """Also where the device has no voice at all."""
    begin = start(EDITION.code)
    items = [{**item, "recorded": {"nl": "0123.mp3"}} for item in begin["edition"]["items"]]
    stage = stage_with(new_page(), edition={**begin["edition"], "items": items})
    asked: list[str] = []
    stage.page.on("request", lambda request: asked.append(request.url))
    stage.go_to(EDITION.items[0].text["nl"])
    with stage.page.expect_request("**/blad/0123.mp3"):
        stage.press("Lees voor")
    assert said(stage) == []
