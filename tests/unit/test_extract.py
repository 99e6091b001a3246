"""From closed afnamen to research data: what is left out, and what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from export.account.extract import ExtractError, Part, research_data
from instrument import catalogue, editions
from instrument.afname import Afname, Stamgroep
from instrument.school import School, Schooljaar

EDITION = catalogue.edition("po_bovenbouw_2026")
ITEM = EDITION.items[0].code
SCHOOL = School("02QZ00", "De Kring", "po", "BO", simulated=False)
AFNAME = Afname(
    afname_id="a",
    vestigingsnummer="02QZ00",
    schooljaar=Schooljaar(2026),
    edition=EDITION.code,
    fingerprint=editions.fingerprint(EDITION),
    stamgroepen=(Stamgroep("6a", 6, 20), Stamgroep("7b", 7, 20)),
    opened_on=date(2026, 10, 1),
    closed_on=date(2026, 10, 9),
)
ROWS = [{"stamgroep": "7b", "answers": {ITEM: 4}}, {"stamgroep": "6a", "answers": {ITEM: 1}}]
PART = Part(SCHOOL, AFNAME, ROWS)


def test_a_stamgroep_becomes_its_leerjaar_and_is_gone():
    """EIS-F: a class is never exported."""
    data = research_data([PART], edition=EDITION.code)
    assert data.background.columns.tolist() == ["vestigingsnummer", "leerjaar"]
    assert dict(zip(data.background["leerjaar"], data.answers[ITEM], strict=True)) == {6: 1, 7: 4}


def test_the_order_of_the_rows_says_nothing_about_the_order_of_answering():
    turned = replace(PART, rows=ROWS[::-1])
    one, other = (research_data([part], edition=EDITION.code) for part in (PART, turned))
    assert one.answers.equals(other.answers)
    assert one.background.equals(other.background)


def test_a_school_becomes_a_number_that_its_own_does_not_give_away():
    """EIS-F: whoever knows which schools took part cannot tell which number is whose."""
    school = replace(SCHOOL, vestigingsnummer="01AA00")
    other = Part(school, replace(AFNAME, vestigingsnummer="01AA00"), [ROWS[0]])
    data = research_data([PART, other], edition=EDITION.code)
    assert set(data.background["vestigingsnummer"]) == {"S0001", "S0002"}
    swapped = [replace(PART, rows=[ROWS[0]]), replace(other, rows=ROWS)]
    again = research_data(swapped, edition=EDITION.code)
    assert again.background.equals(data.background)
    assert again.answers.equals(data.answers)


def test_schools_with_the_same_answers_are_two_schools():
    other = Part(replace(SCHOOL, vestigingsnummer="01AA00"), replace(AFNAME, vestigingsnummer="01AA00"), ROWS)
    assert research_data([PART, other], edition=EDITION.code).n_schools == 2


def test_classes_are_told_apart_only_where_asked():
    """For the reliability of school means; the name of a stamgroep is gone either way."""
    data = research_data([PART], edition=EDITION.code, classes=True)
    assert data.classes.nunique() == 2
    assert not data.background.isin(["6a", "7b"]).any(axis=None)
    assert research_data([PART], edition=EDITION.code).classes is None


def test_a_representation_holds_no_answer():
    """What a log prints of a part says nothing of its pupils."""
    assert "answers" not in repr(PART)


def test_an_afname_that_nobody_answered_is_no_crash():
    assert research_data([replace(PART, rows=[])], edition=EDITION.code).n_respondents == 0


def test_one_simulated_school_makes_all_of_it_simulated():
    pretend = replace(PART, school=replace(SCHOOL, vestigingsnummer="99AA00", simulated=True))
    assert not research_data([PART], edition=EDITION.code).simulated
    assert research_data([PART, pretend], edition=EDITION.code).simulated


def test_it_is_dated_by_the_last_afname():
    later = replace(PART, afname=replace(AFNAME, closed_on=date(2026, 11, 2)))
    assert research_data([PART, later], edition=EDITION.code).dated == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "weerglas afname close"),
        ([replace(PART, afname=replace(AFNAME, closed_on=None))], "still open"),
        ([replace(PART, afname=replace(AFNAME, fingerprint="sha256:other"))], "other wording"),
    ],
)
def test_what_cannot_be_extracted_is_refused_with_a_remedy(parts: list[Part], words: str):
    """D1 for the open one; a changed wording is another edition."""
    with pytest.raises(ExtractError, match=words):
        research_data(parts, edition=EDITION.code)
