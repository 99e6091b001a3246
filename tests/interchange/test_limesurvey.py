"""What LimeSurvey's importer makes of our file, read here by the rules of its source (`TSVImportSurvey`).

LimeSurvey itself is a PHP program that cannot be installed in CI: this reader is ours, after theirs.
"""

import csv
import html
import io
import re
from dataclasses import dataclass, field

import pytest

from instrument.interchange import limesurvey
from instrument.questionnaire import NON_SUBSTANTIVE, Edition, Item

QUESTION_CODE = re.compile("[A-Za-z][A-Za-z0-9]{0,19}")
ANSWER_CODE = re.compile("[A-Za-z0-9]{1,5}")


@dataclass
class Survey:
    """The tables that the importer fills."""

    settings: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    groups: dict[tuple[str, str], str] = field(default_factory=dict)
    questions: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def survey(edition: Edition) -> Survey:
    return imported(limesurvey.as_tsv(edition))


def imported(content: bytes) -> Survey:
    """Read row by row, as the importer does: what follows a question belongs to it."""
    found, language, name = Survey(), "", ""
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter="\t"):
        kind, text = row["class"], row["text"]
        if kind == "S":
            found.settings[row["name"]] = text
        elif kind == "SL" and row["name"] == "surveyls_title":
            found.titles[row["language"]] = html.unescape(text)
        elif kind == "G":
            found.groups[row["type/scale"], row["language"]] = row["name"]
        elif kind == "Q":
            language, name = row["language"], row["name"]
            assert (language, name) not in found.questions, "a second question of this name would replace it"
            found.questions[language, name] = {**row, "group": str(len(found.groups))}
        elif kind in {"A", "SQ"}:
            assert row["language"] == language
            found.answers.setdefault((language, name), {})[row["name"]] = html.unescape(text)
    return found


def test_it_has_every_question_in_every_language(survey: Survey, edition: Edition):
    assert survey.settings["language"] == edition.languages[0]
    assert survey.settings["additional_languages"].split() == list(edition.languages[1:])
    assert survey.titles == dict(edition.title)
    for language in edition.languages:
        for item in edition.items:
            question = survey.questions[language, item.code]
            assert html.unescape(question["text"]) == item.text[language]
            assert question["type/scale"] == ("M" if item.option_set.several else "L")


def test_every_language_has_the_same_order(survey: Survey, edition: Edition):
    """The importer matches languages by number and name."""
    per_language = [
        [
            (name, question["relevance"])
            for (language, name), question in survey.questions.items()
            if language == each
        ]
        for each in edition.languages
    ]
    assert all(other == per_language[0] for other in per_language)
    groups = [
        {number for number, language in survey.groups if language == each} for each in edition.languages
    ]
    assert all(other == groups[0] for other in groups)


def test_codes_are_such_as_it_takes(survey: Survey):
    assert all(QUESTION_CODE.fullmatch(name) for _, name in survey.questions)
    assert all(ANSWER_CODE.fullmatch(code) for answers in survey.answers.values() for code in answers)


def test_every_question_offers_its_options_and_our_two(survey: Survey, edition: Edition):
    for language in edition.languages:
        for item in edition.items:
            options = {str(option.value): option.label[language] for option in item.option_set.options}
            answers = survey.answers[language, item.code]
            assert {code: answers[code] for code in options} == options
            assert set(answers) - set(options) == {limesurvey.CODES[value] for value in NON_SUBSTANTIVE}


def test_no_text_is_a_formula_for_it_or_for_a_spreadsheet():
    """It computes what stands between curly brackets; Excel what follows an equals sign."""
    text = limesurvey._text('={1+1} "a"\\b <i>')
    assert not set(text) & set('{}"\\<>\t')
    assert not text.startswith("=")
    assert html.unescape(text) == '={1+1} "a"\\b <i>'


def test_it_asks_whom_we_ask(survey: Survey, edition: Edition, answered: list[dict[str, int]]):
    language = edition.languages[0]
    for answers in answered:
        asked: dict[str, int] = {}
        for item in edition.items:
            if holds(survey.questions[language, item.code]["relevance"], edition, asked):
                asked[item.code] = answers.get(item.code, 0)
        assert list(asked) == [item.code for item in edition.visible(answers)]


def test_no_name_time_or_address_is_kept(survey: Survey):
    assert survey.settings["anonymized"] == "Y"
    assert {survey.settings[name] for name in ("datestamp", "ipaddr", "refurl", "savetimings")} == {"N"}


def holds(relevance: str, edition: Edition, asked: dict[str, int]) -> bool:
    """Work out an expression of ours; what was not asked is empty."""

    def term(match: re.Match[str]) -> str:
        code, _, option = match[1].partition("_")
        return str(chosen(edition.item(code), asked.get(code, 0), option or match[2]))

    plain = re.sub(r'(\w+)\.NAOK == "(\w+)"', term, relevance)
    assert set(re.findall(r"\w+", plain)) <= {"True", "False", "and", "or", "1"}
    return bool(eval(plain))  # noqa: S307 - of these five words only


def chosen(item: Item, stored: int, option: str) -> bool:
    return stored != 0 and int(option) in item.option_set.chosen(stored)
