"""Every bundled edition keeps the rules for questions to children (PUPILS.md, DOMAIN.md)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

import pytest

from instrument import catalogue
from instrument.questionnaire import Edition, Explanation, Item

EDITIONS = {code: catalogue.edition(code) for code in catalogue.bundled()}
every_edition = pytest.mark.parametrize("edition", EDITIONS.values(), ids=list(EDITIONS))
PAIRS = [(edition, item) for edition in EDITIONS.values() for item in edition.items]
NAMES = [f"{edition.code}-{item.code}" for edition, item in PAIRS]
each_item = pytest.mark.parametrize("item", [item for _, item in PAIRS], ids=NAMES)
each_item_of_its_edition = pytest.mark.parametrize(("edition", "item"), PAIRS, ids=NAMES)
FEWEST = {"veiligheidsbeleving": 6, "aantasting": 10, "welbevinden": 6}
MODULES = ("waar_en_wanneer", "wie_helpt", "omstanders", "digitaal")
PREFIXES = {
    "veiligheidsbeleving": "VB", "aantasting": "AT", "welbevinden": "WB",
    "waar_en_wanneer": "WW", "wie_helpt": "WH", "omstanders": "OM", "digitaal": "DI",
}  # fmt: skip
RETIRED = {"AT11"}
N_OPTIONS = {"so": 3, "po": 4, "vo": 5}
HARDEST_LEVEL = {"so": "A2", "po": "A2", "vo": "B1"}
VIOLENCE = {"lichamelijk_geweld", "bedreigen"}
GROUNDS = {f"discriminatie_{ground}" for ground in ("afkomst", "geloof", "geslacht", "handicap")}
GROUNDS_VO = {"discriminatie_gerichtheid", "discriminatie_gender"}
SEXUAL = {"seksuele_opmerkingen", "seksueel_aanraken"}
EXPLAINED = {
    "plag": "plagen", "pest": "pesten", "discrimin": "discrimineren", "gemeen om": "discrimineren",
    "iemand van school": "iemand_van_school", "seksueel": "seksueel_gedrag", "seksuele op": "seksueel_gedrag",
    "gerichtheid": "gerichtheid_en_gender", "gender": "gerichtheid_en_gender",
}  # fmt: skip
ABOUT_SCHOOL = ("school", "klas", "les", "pauze", "juf", "meester", "leraar", "gym", "plagen")


def topics(edition: Edition, scale: str = "aantasting") -> set[str]:
    """Return what the items of a scale are about."""
    return {item.topic for item in edition.items_of(scale)}


def test_three_editions_are_bundled() -> None:
    """Groep 5-8, secondary schools, special education."""
    found = {code: (edition.sector, edition.leerjaren) for code, edition in EDITIONS.items()}
    assert found == {
        "po_bovenbouw_2026": ("po", (5, 6, 7, 8)),
        "so_2026": ("so", (5, 6, 7, 8)),
        "vo_2026": ("vo", (1, 2, 3, 4, 5, 6)),
    }


@every_edition
def test_the_three_aspects_of_the_law_are_asked(edition: Edition) -> None:
    """EIS-A: ervaren veiligheid, feitelijke veiligheid (aantasting), welbevinden; the same everywhere."""
    assert edition.scales == EDITIONS["po_bovenbouw_2026"].scales
    assert [scale.code for scale in edition.scales] == list(FEWEST)
    assert all(scale.legal_question.endswith("?") for scale in edition.scales)


@every_edition
def test_every_scale_has_items_enough(edition: Edition) -> None:
    """EIS-C3: a short scale cannot be reliable at group level."""
    assert all(len(edition.items_of(scale)) >= fewest for scale, fewest in FEWEST.items())


@every_edition
def test_four_modules_can_be_added(edition: Edition) -> None:
    """Where and when, who helps, bystanders, online; each serves a question of the law."""
    assert tuple(module.code for module in edition.modules) == MODULES
    asked = {scale.legal_question for scale in edition.scales}
    assert {module.legal_question for module in edition.modules} <= asked


@every_edition
def test_dutch_comes_first_and_english_is_complete(edition: Edition) -> None:
    """The catalogue refuses a bank in which a text is missing in one of its languages."""
    assert edition.languages == ("nl", "en")


@every_edition
def test_apostrophes_are_typographic(edition: Edition) -> None:
    """Straight ones are for code."""
    assert "'" not in " ".join(sentences(tomllib.loads(catalogue.bundled()[edition.code].read_text("utf-8"))))


def sentences(value: object) -> Iterator[str]:
    """Yield every text in a document, however deep it lies."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from sentences(inner)


@each_item
def test_a_code_names_its_scale_or_module(item: Item) -> None:
    """Codes are permanent, so they must be right the first time; a retired one is never used again."""
    assert item.code.startswith(PREFIXES[item.scale or item.module])
    assert item.code not in RETIRED


def test_a_code_asks_the_same_in_every_edition() -> None:
    """Its wording is for its readers; what it asks, how it scores and what is sensitive never changes."""
    meanings: dict[str, set[tuple[object, ...]]] = {}
    for edition in EDITIONS.values():
        for item in edition.items:
            meaning = (
                item.scale,
                item.module,
                item.topic,
                item.reversed,
                item.sensitive,
                item.period is None,
            )
            meanings.setdefault(item.code, set()).add(meaning)
    assert {code: found for code, found in meanings.items() if len(found) > 1} == {}
    assert len({next(iter(found))[:3] for found in meanings.values()}) == len(meanings)


@each_item_of_its_edition
def test_an_item_says_why_it_is_worded_so_and_for_whom(edition: Edition, item: Item) -> None:
    """For whoever judges the questions; the level sets the length that `instrument.bank.wording` allows."""
    assert len(item.note.split()) >= 8
    assert "A1" <= item.reading_level <= HARDEST_LEVEL[edition.sector]


@each_item_of_its_edition
def test_as_many_answers_as_the_readers_can_tell_apart(edition: Edition, item: Item) -> None:
    """PUPILS.md 2: 3 in so, 4 in groep 5-8, 5 in vo, rising from 1; more where several can be ticked."""
    values = [option.value for option in item.option_set.options]
    assert values == list(range(1, len(values) + 1))
    if item.option_set.several:
        assert 5 <= len(values) <= 9
    else:
        assert len(values) == N_OPTIONS[edition.sector]


@each_item
def test_how_often_is_asked_with_a_period(item: Item) -> None:
    """PUPILS.md 1: "vaak" means nothing without the time it counts over; the catalogue checks which."""
    assert item.text["nl"].startswith("Hoe vaak") == (item.period is not None)
    assert item.text["en"].startswith("How often") == (item.period is not None)


@every_edition
def test_every_item_of_a_scale_is_about_school(edition: Edition) -> None:
    """The law asks for wellbeing at school: a generic wellbeing item does not cover it."""
    for item in edition.scored:
        assert any(place in item.text["nl"].lower() for place in ABOUT_SCHOOL), item.code


@every_edition
def test_difficult_words_are_explained_before_the_first_question_that_needs_them(edition: Edition) -> None:
    """PUPILS.md 16: plagen and pesten; discrimineren and what comes with puberty are no easier."""
    shown: set[str | None] = set()
    for item in edition.items:
        shown.add(item.explanation)
        for part, explanation in EXPLAINED.items():
            if part in item.text["nl"].lower():
                assert explanation in shown, f"{item.code} asks about {explanation} before it is explained"
    assert {"plagen", "pesten", "discrimineren", "iemand_van_school"} <= shown


@every_edition
def test_plagen_and_pesten_are_explained_before_the_other_violations(edition: Edition) -> None:
    """A child that knows the difference answers the rest with it in mind."""
    first, second = edition.items_of("aantasting")[:2]
    assert (first.explanation, second.explanation) == ("plagen", "pesten")


@every_edition
def test_an_explanation_stands_with_a_question_that_everybody_gets(edition: Edition) -> None:
    """Behind a condition or in a module it could be missed by who needs it later."""
    assert all(item.scale for item in edition.items if item.explanation)


@every_edition
def test_aantasting_covers_what_the_law_names(edition: Edition) -> None:
    """Memorie van toelichting: pesten, geweld, discriminatie; and the ways children meet them."""
    ways = {"plagen", "pesten", "gemene_woorden", "buitensluiten", "online", "afpakken", "vernielen"}
    assert topics(edition) >= ways | VIOLENCE | GROUNDS


@every_edition
def test_sexual_harassment_and_its_grounds_are_asked_in_secondary_schools_only(edition: Edition) -> None:
    """With words and by touching; younger children are not made to read about it."""
    expected = SEXUAL | GROUNDS_VO if edition.sector == "vo" else set()
    assert topics(edition) & (SEXUAL | GROUNDS_VO) == expected
    everything = " ".join(sentences(tomllib.loads(catalogue.bundled()[edition.code].read_text("utf-8"))))
    assert ("seks" in everything.lower()) == (edition.sector == "vo")


@every_edition
def test_every_item_of_aantasting_is_reversed(edition: Edition) -> None:
    """One orientation everywhere: often hurt is a low score, so high means little aantasting."""
    assert all(item.reversed for item in edition.items_of("aantasting"))


@every_edition
def test_violence_and_discrimination_are_sensitive(edition: Edition) -> None:
    """D6 shows these in two classes only."""
    sensitive = {item.topic for item in edition.items if item.sensitive}
    assert sensitive == topics(edition) & (VIOLENCE | GROUNDS | GROUNDS_VO | SEXUAL)


@every_edition
def test_the_questionnaire_starts_and_ends_friendly(edition: Edition) -> None:
    """No child begins or ends on something unpleasant, whatever modules its school adds."""
    for chosen in ((), MODULES):
        items = edition.with_modules(chosen).items
        assert {item.scale for item in items[:3] + items[-2:]} == {"welbevinden"}
        assert not any(item.reversed for item in items[:3] + items[-2:])


@every_edition
def test_a_module_follows_what_it_follows_up(edition: Edition) -> None:
    """After all of aantasting and before the friendly end; where and who, for whoever met with any of it."""
    places = {item.code: place for place, item in enumerate(edition.items)}
    of_modules = [places[item.code] for item in edition.items if item.module]
    assert min(of_modules) > max(places[item.code] for item in edition.items_of("aantasting"))
    happened = tuple(item.code for item in edition.items_of("aantasting"))
    more_than_never = edition.item("AT01").option_set.values[1:]
    for code in ("WW01", "WW02", "WH01"):
        (condition,) = edition.item(code).visible_if
        assert (condition.any_of, condition.answered) == (happened, more_than_never)


@every_edition
def test_faces_stand_in_special_education_and_never_on_what_happened(edition: Edition) -> None:
    """PUPILS.md 5; that a set with a period may have none is a rule of the bank."""
    with_faces = {item.option_set.code for item in edition.items if item.option_set.faces}
    assert with_faces == ({"hoeveel", "hoe_veilig", "ja_soms_nee"} if edition.sector == "so" else set())


@every_edition
def test_every_item_has_a_topic_of_its_own(edition: Edition) -> None:
    """Two items on one topic are one item too many for a child."""
    assert len({(item.scale, item.module, item.topic) for item in edition.items}) == len(edition.items)


@every_edition
def test_an_explanation_has_short_sentences_in_every_language(edition: Edition) -> None:
    """Read aloud sentence by sentence, by a machine or by the child."""
    texts = [text for explanation in edition.explanations for text in _texts(explanation)]
    assert all(len(part.split()) <= 17 for text in texts for part in re.split(r"[.?!]", text))


def _texts(explanation: Explanation) -> list[str]:
    return [*explanation.title.values(), *explanation.text.values()]
