"""The rules of a question: each broken once, its border, and sentences that must not raise a false alarm."""

# ruff: noqa: RUF001 - questions have typographic apostrophes

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from instrument.bank import rules
from instrument.bank.form import BANK

SMALLEST = Path(__file__).with_name("test_bank_smallest.toml").read_text("utf-8")
DUTCH, ENGLISH = "Hoe vaak lachte je deze week?", "How often did you laugh this week?"


def faults(text: str) -> tuple[str, ...]:
    """Return the faults of a bank."""
    checked = BANK("", tomllib.loads(text))
    return checked.faults + rules.faults(checked.value)


def asked(question: str, *, language: str = "nl", level: str = "A2") -> tuple[str, ...]:
    """Return the faults where the first item asks this, over no period."""
    text = SMALLEST.replace(DUTCH if language == "nl" else ENGLISH, question)
    # The period of its answers is another rule's business.
    text = text.replace('period.nl = "deze week"\nperiod.en = "this week"\n', "")
    text = text.replace("Hoe vaak", "Hoe").replace("How often", "How")
    text = text.replace('topic = "lachen"', f'topic = "lachen"\nreading_level = "{level}"')
    return faults(text)


ASKED = {
    "a statement": (
        "nl",
        "Je lacht graag.",
        "is not one question; ask one thing, with one question mark at the end",
    ),
    "two questions": ("nl", "Lach je? Zing je?", "is not one question; ask one thing"),
    "words behind the question": ("nl", "Lach je graag? Denk goed na.", "is not one question; ask one thing"),
    "a negation": ("nl", "Lach je niet graag?", '"niet" is a negation; ask it the other way round'),
    "a negation in front": ("nl", "Nooit gelachen?", '"nooit" is a negation; ask it the other way round'),
    "an English negation": ("en", "Do you never laugh?", '"never" is a negation; ask it the other way round'),
    "a negation cut short": ("en", "Don’t you laugh?", '"don’t" is a negation; ask it the other way round'),
    "a straight apostrophe": ("en", "Don't you laugh?", '"don’t" is a negation; ask it the other way round'),
    "two ideas": (
        "nl",
        "Lach je graag en hard?",
        '"en" joins two ideas; ask one of them, or make two questions',
    ),
    "two English ideas": ("en", "Do you laugh or sing?", '"or" joins two ideas; ask one of them'),
    "two ideas with a stroke": ("nl", "Lach/zing je graag?", '"Lach/zing" joins two ideas; ask one of them'),
    "a pair and a third": ("nl", "Lacht je juf of meester of jij?", '"of" joins two ideas; ask one of them'),
}


@pytest.mark.parametrize("name", ASKED)
def test_a_rule_of_wording_is_named_with_place_and_remedy(name: str) -> None:
    """One question, one idea, no negation: one fault each."""
    language, question, expected = ASKED[name]
    (fault,) = asked(question, language=language)
    assert fault.startswith(f"item[1].text.{language}: {expected}")


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("nl", "Zou een juf of meester jou helpen?"),
        ("nl", "Was iemand gemeen om jouw huidskleur of afkomst?"),
        ("nl", "Weet je of er iemand helpt?"),
        ("nl", "Ben je tevreden over de nieuwe geentegels?"),
        ("nl", "Hoe onveilig is het bij de nooduitgang?"),
        ("nl", "Zin in school, ’s ochtends?"),
        ("en", "Was someone mean because you are a boy or girl?"),
        ("en", "Do you know your way around in the north building?"),
    ],
)
def test_a_sound_question_raises_no_alarm(language: str, question: str) -> None:
    """Whole words count; words that are one idea to a pupil may be joined."""
    assert asked(question, language=language) == ()


@pytest.mark.parametrize(
    ("level", "language", "most"),
    [("A1", "nl", 12), ("A1", "en", 14), ("A2", "nl", 16), ("A2", "en", 18), ("B1", "nl", 20)],
)
def test_a_question_is_as_long_as_its_readers_can_read(level: str, language: str, most: int) -> None:
    """The border per reading level; English takes two words more for the same."""
    assert asked("la " * (most - 1) + "la?", language=language, level=level) == ()
    (fault,) = asked("la " * most + "la?", language=language, level=level)
    assert fault == f"item[1].text.{language}: has {most + 1} words; {level} reads at most {most}: shorten it"


def test_words_that_are_one_idea_count_as_one() -> None:
    """A pupil reads "jongen of meisje" at a glance."""
    assert asked("la " * 15 + "jongen of meisje?") == ()
    assert len(asked("la " * 16 + "jongen of meisje?")) == 1


@pytest.mark.parametrize(("level", "most"), [("A1", 13), ("A2", 16), ("B1", 20)])
def test_a_word_is_as_long_as_its_readers_can_read(level: str, most: int) -> None:
    """Dutch joins words without end; `schoolpleinvoetbalregels` is no word for a nine-year-old."""
    assert asked(f"Lach je om {'a' * most}?", level=level) == ()
    (fault,) = asked(f"Lach je om {'a' * (most + 1)}?", level=level)
    word = "a" * (most + 1)
    expected = (
        f'item[1].text.nl: "{word}" has {most + 1} letters; {level} reads at most {most}: take another word'
    )
    assert fault == expected


def test_a_language_without_spaces_raises_no_alarm() -> None:
    """What is counted for Dutch says nothing of Chinese; its question mark is another sign, too."""
    bank = SMALLEST.replace('["nl", "en"]', '["nl", "zh"]').replace(".en = ", ".zh = ")
    bank = bank.replace(ENGLISH, "在过去的四个星期里你在学校里有多少次感到开心呢 this week\uff1f")
    assert faults(bank) == ()


def test_how_often_is_counted_over_a_period() -> None:
    """The word "often" means nothing without the time it counts over (PUPILS.md 1)."""
    timeless = SMALLEST.replace('period.nl = "deze week"\nperiod.en = "this week"\n', "")
    found = faults(timeless)
    assert len(found) == 6
    assert found[0] == (
        "item[1].text.nl: asks how often, over no period; give its option set a period, and name it here"
    )


def explained(text: str) -> tuple[str, ...]:
    return faults(SMALLEST.replace("Haha.", text))


def test_an_explanation_fits_a_phone() -> None:
    """45 words on a screen of 360 by 640, in sentences of at most 17."""
    sentence = "la " * 14 + "la. "
    assert explained((sentence * 3).strip()) == ()
    (fault,) = explained(sentence * 3 + "La.")
    assert fault == "explanation[1].text.nl: has 46 words; a phone shows at most 45: shorten it"


def test_an_explanation_has_short_sentences() -> None:
    """Read aloud sentence by sentence, by a machine or by the child."""
    assert explained("la " * 17 + ".") == ()
    (fault,) = explained("la " * 18 + ".")
    assert fault == "explanation[1].text.nl: has a sentence of 18 words; write at most 17 in one"


def test_every_fault_of_a_question_is_named_at_once() -> None:
    """A writer mends a sentence in one round."""
    places = [fault.partition(": ")[2] for fault in asked("Ben je niet blij en trots " + "la " * 12 + ".")]
    assert [place.split(";")[0] for place in places] == [
        "is not one question", "has 18 words", '"niet" is a negation', '"en" joins two ideas',
    ]  # fmt: skip
