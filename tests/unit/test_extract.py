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
