"""The bundled item bank keeps the rules for questions to children (PUPILS.md, DOMAIN.md)."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from instrument import catalogue
from instrument.questionnaire import Item

EDITION = catalogue.edition("po_bovenbouw_2026")
each_item = pytest.mark.parametrize("item", EDITION.items, ids=lambda item: item.code)
FEWEST = {"veiligheidsbeleving": 6, "aantasting": 10, "welbevinden": 6}
PREFIXES = {"veiligheidsbeleving": "VB", "aantasting": "AT", "welbevinden": "WB"}
NEGATIONS = {
    "nl": {"niet", "geen", "nooit", "niemand", "nergens", "niets", "zonder"},
    "en": {"not", "no", "never", "nobody", "nowhere", "nothing", "without"},
}
MOST_WORDS = {"nl": 15, "en": 17}
EXPLAINED = {"plag": "plagen", "plaag": "plagen", "pest": "pesten", "discrimin": "discrimineren"}


def words(text: str) -> list[str]:
    """Split a sentence into small-letter words."""
    return re.findall(r"[^\s.,:;?!]+", text.lower())


def test_the_three_aspects_of_the_law_are_asked() -> None:
    """EIS-A: ervaren veiligheid, feitelijke veiligheid (aantasting), welbevinden."""
    assert [scale.code for scale in EDITION.scales] == list(FEWEST)
    assert all(scale.legal_question.endswith("?") for scale in EDITION.scales)


@pytest.mark.parametrize("scale", FEWEST)
def test_every_scale_has_items_enough(scale: str) -> None:
    """EIS-C3: a short scale cannot be reliable at group level."""
    assert len(EDITION.items_of(scale)) >= FEWEST[scale]


def test_the_set_is_for_groep_6_to_8_in_two_languages() -> None:
    """Groep 6 is the lowest by law; Dutch comes first, English is complete."""
    assert (EDITION.sector, EDITION.leerjaren, EDITION.languages) == ("po", (6, 7, 8), ("nl", "en"))


@each_item
def test_a_code_names_its_scale(item: Item) -> None:
    """Codes are permanent, so they must be right the first time."""
    assert item.code.startswith(PREFIXES[item.scale])


@each_item
def test_an_item_is_one_short_question(item: Item) -> None:
    """A nine-year-old reads it at once; one screen, one question, no statement."""
    for language, text in item.text.items():
        assert text.endswith("?")
        assert text.count("?") == 1
        assert len(words(text)) <= MOST_WORDS[language]


@each_item
def test_an_item_asks_one_thing(item: Item) -> None:
    """The words "en" and "of" join two questions; "een juf of meester" is one person."""
    dutch = item.text["nl"].replace("juf of meester", "leerkracht")
    assert not {"en", "of"} & set(words(dutch))
    assert not {"and", "or"} & set(words(item.text["en"]))


@each_item
def test_an_item_has_no_negation(item: Item) -> None:
    """Children answer a negated question the wrong way round."""
    for language, text in item.text.items():
        assert not NEGATIONS[language] & set(words(text))


@each_item
def test_four_answers_each_labelled_in_words(item: Item) -> None:
    """PUPILS.md 2: four options for groep 5-8, values 1 to 4, all different in every language."""
    assert item.option_set.values == (1, 2, 3, 4)
    for language in EDITION.languages:
        assert len({option.label[language] for option in item.option_set.options}) == 4


@each_item
def test_how_often_is_asked_with_a_period(item: Item) -> None:
    """PUPILS.md 1: "vaak" means nothing without the time it counts over; the catalogue checks the wording."""
    assert item.text["nl"].startswith("Hoe vaak") == (item.period is not None)
    assert item.text["en"].startswith("How often") == (item.period is not None)


@each_item
def test_an_item_is_about_school(item: Item) -> None:
    """The law asks for wellbeing at school: a generic wellbeing item does not cover it."""
    about = ["school", "klas", "les", "pauze", "juf", "meester", "plagen"]
    assert any(place in item.text["nl"].lower() for place in about)


def test_the_difficult_words_are_explained_before_the_first_question_about_them() -> None:
    """PUPILS.md 16: plagen and pesten; discrimineren is no easier."""
    shown: set[str | None] = set()
    met: Counter[str] = Counter()
    for item in EDITION.items:
        shown.add(item.explanation)
        for part, explanation in EXPLAINED.items():
            if part in item.text["nl"].lower():
                met[explanation] += 1
                assert explanation in shown, f"{item.code} asks about {explanation} before it is explained"
    assert set(met) == {"plagen", "pesten", "discrimineren"}


def test_plagen_and_pesten_are_explained_before_the_other_violations() -> None:
    """A child that knows the difference answers the rest with it in mind."""
    first, second = EDITION.items_of("aantasting")[:2]
    assert (first.explanation, second.explanation) == ("plagen", "pesten")


def test_aantasting_covers_what_the_law_names() -> None:
    """Memorie van toelichting: pesten, geweld, discriminatie; and the ways children meet them."""
    topics = {item.topic for item in EDITION.items_of("aantasting")}
    assert topics >= {
        "pesten", "lichamelijk_geweld", "bedreigen", "discriminatie", "buitensluiten", "gemene_woorden",
        "online", "vernielen", "afpakken",
    }  # fmt: skip


def test_every_item_of_aantasting_is_reversed() -> None:
    """One orientation everywhere: often hurt is a low score, so high means little aantasting."""
    assert all(item.reversed for item in EDITION.items_of("aantasting"))


def test_violence_and_discrimination_are_sensitive() -> None:
    """D6 shows these in two classes only."""
    sensitive = {item.topic for item in EDITION.items if item.sensitive}
    assert sensitive == {"lichamelijk_geweld", "bedreigen", "discriminatie"}


def test_the_questionnaire_starts_and_ends_friendly() -> None:
    """No child begins or ends on something unpleasant."""
    assert EDITION.items[0].scale == "welbevinden"
    assert EDITION.items[-1].scale == "welbevinden"
    assert not EDITION.items[-1].reversed


def test_every_item_has_a_topic_of_its_own() -> None:
    """Two items on one topic are one item too many for a child."""
    assert len({(item.scale, item.topic) for item in EDITION.items}) == len(EDITION.items)


@pytest.mark.parametrize("explanation", EDITION.explanations, ids=lambda explanation: explanation.code)
def test_an_explanation_has_short_sentences(explanation: object) -> None:
    """Read aloud sentence by sentence, by a machine or by the child."""
    for text in explanation.text.values():  # type: ignore[attr-defined]
        assert all(len(words(sentence)) <= 17 for sentence in re.split(r"[.?!]", text))
