"""SurveyJS's own core reads what we write: every question, every language, and who is asked what."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instrument.interchange import surveyjs
from instrument.questionnaire import NON_SUBSTANTIVE, Edition, Item

NPM = Path(__file__).parents[1] / "npm"
Given = list[tuple[str, Any]]
Reader = Callable[[dict[str, Any], list[Given]], dict[str, Any]]


@pytest.fixture(scope="module")
def read(program) -> Reader:
    """Give a form and answers to survey-core; return what it understood."""
    node = program("node")
    if not (NPM / "node_modules" / "survey-core").is_dir():
        sentence = "NO survey-core: `make programs` installs it"
        pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)

    def reader(form: dict[str, Any], pupils: list[Given]) -> dict[str, Any]:
        given = json.dumps({"form": form, "pupils": pupils})
        done = subprocess.run(
            [node, "surveyjs.mjs"],
            input=given,
            cwd=NPM,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return reader


@pytest.fixture(scope="module")
def understood(read: Reader, edition: Edition, answered: list[dict[str, int]]) -> dict[str, Any]:
    given = [[as_given(edition.item(code), value) for code, value in each.items()] for each in answered]
    return read(json.loads(surveyjs.as_json(edition)), given)


def as_given(item: Item, stored: int) -> tuple[str, Any]:
    """Say a stored answer as SurveyJS keeps it."""
    return item.code, _kept(item, stored)


def _kept(item: Item, stored: int) -> Any:
    if item.option_set.several:
        return (
            [{-1: "dontknow", -2: "refused"}[stored]] if stored < 0 else list(item.option_set.chosen(stored))
        )
    return stored


def test_it_knows_every_property(understood: dict[str, Any], edition: Edition):
    """What it does not know it drops: then the form it keeps differs from ours."""
    assert understood["errors"] == []
    assert understood["json"] == json.loads(surveyjs.as_json(edition))


def test_each_question_is_a_page(understood: dict[str, Any], edition: Edition):
    assert understood["pages"] == len(edition.items)


def test_it_speaks_every_language(understood: dict[str, Any], edition: Edition):
    assert set(understood["locales"]) == set(edition.languages)
    for language in edition.languages:
        spoken = understood["locales"][language]
        assert spoken["title"] == edition.title[language]
        assert [each["title"] for each in spoken["questions"]] == [
            item.text[language] for item in edition.items
        ]
        for item, question in zip(edition.items, spoken["questions"], strict=True):
            labels = [option.label[language] for option in item.option_set.options]
            assert [text for _, text in question["choices"]][: len(labels)] == labels
            assert len(question["choices"]) == len(labels) + len(NON_SUBSTANTIVE)


def test_it_asks_whom_we_ask(understood: dict[str, Any], edition: Edition, answered: list[dict[str, int]]):
    ours = [[item.code for item in edition.visible(each)] for each in answered]
    assert understood["asked"] == ours
    assert len({len(each) for each in ours}) > 1, "some pupils must be asked more than others"


def test_whoever_changes_an_answer_is_not_asked_on(read: Reader, edition: Edition):
    """All follow-up questions were answered; then their reason goes, and with it what depended on them."""
    most = [as_given(item, item.option_set.values[-1]) for item in edition.items]
    least = [as_given(item, item.option_set.values[0]) for item in edition.items if not item.visible_if]
    everybody = [item.code for item in edition.items if not item.visible_if]
    asked = read(json.loads(surveyjs.as_json(edition)), [most, [*most, *least]])["asked"]
    assert set(asked[0]) > set(everybody)
    assert asked[1] == everybody


def test_a_property_it_does_not_know_is_noticed(read: Reader, edition: Edition):
    form = json.loads(surveyjs.as_json(edition))
    form["pages"][0]["elements"][-1]["choises"] = []
    assert read(form, [])["errors"]
