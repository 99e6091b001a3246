"""The questionnaire on paper: accessible, complete, and clear about what to skip."""

import page
import pytest

from instrument.interchange import paper, words
from instrument.questionnaire import Edition


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_paper_is_accessible(edition: Edition, language: str):
    """PDF/UA-1: reading order, language, titles; boxes to tick are drawings."""
    report = page.validate_pdf_bytes(paper.as_pdf(edition, language=language), profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]


def test_the_same_edition_gives_the_same_bytes(edition: Edition):
    """No clock is read: a date would be in the information of the file."""
    written = paper.as_pdf(edition, language="nl")
    assert paper.as_pdf(edition, language="nl") == written
    assert b"CreationDate" not in written


def test_every_question_stands_on_it_with_its_answers(edition: Edition):
    questions = [block for block in paper.document(edition, "nl")["blocks"] if block["kind"] == "question"]
    assert [block["text"] for block in questions] == [item.text["nl"] for item in edition.items]
    assert [block["number"] for block in questions] == list(range(1, len(edition.items) + 1))
    for item, block in zip(edition.items, questions, strict=True):
        assert block["options"] == [option.label["nl"] for option in item.option_set.options]
        assert block["outside"] == ["Weet ik niet", "Wil ik niet zeggen"]


def test_words_are_explained_before_their_first_question(edition: Edition):
    blocks = paper.document(edition, "nl")["blocks"]
    for explained in edition.explanations:
        (place,) = [n for n, block in enumerate(blocks) if block.get("title") == explained.title["nl"]]
        first = next(item for item in edition.items if item.explanation == explained.code)
        assert blocks[place + 1]["text"] == first.text["nl"]


def test_only_follow_up_questions_say_when_to_skip(edition: Edition):
    blocks = {block["text"]: block for block in paper.document(edition, "nl")["blocks"]}
    for item in edition.items:
        skip = blocks[item.text["nl"]]["only_if"]
        assert bool(skip) == bool(item.visible_if)
        for condition in item.visible_if:
            for code in condition.any_of:
                options = edition.item(code).option_set.options
                assert all(o.label["nl"] in skip for o in options if o.value in condition.answered)


def test_questions_in_a_row_are_named_by_the_first_and_the_last():
    assert list(paper._runs([3, 4, 5, 8, 10, 11], "{first} tot en met {last}")) == [
        "3 tot en met 5",
        "8",
        "10",
        "11",
    ]
    assert paper._listed(["1", "2", "3"], " of ") == "1, 2 of 3"


def test_another_language_is_refused_by_name(edition: Edition):
    with pytest.raises(paper.NoPaperError, match='no paper in "fr"; use one of: nl, en'):
        paper.as_pdf(edition, language="fr")


def test_the_paper_says_the_same_in_every_language():
    spoken = [set(words.words()[language]["paper"]) for language in words.languages_on_paper()]
    assert all(other == spoken[0] for other in spoken)
