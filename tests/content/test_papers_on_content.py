"""Blueprint and protocols: complete, accessible, the same each time; and how easily a question reads."""

import io
from pathlib import Path

import openpyxl
import page
import pytest
from click.testing import CliRunner

from export.account import thresholds
from export.account.content import blueprint, protocols
from export.account.content.reading_ease import ReadingEaseError, reading_ease, syllables
from instrument import catalogue
from instrument.questionnaire import Edition
from instrument.school import Schooljaar
from weerglas import main

PAPERS = {
    "blauwdruk": lambda edition: blueprint.written(edition, form=".pdf"),
    "gesprekken": protocols.interviews,
    "proefafname": lambda edition: protocols.pilot(edition, schooljaar=Schooljaar(2026)),
}


@pytest.fixture(scope="module", params=catalogue.bundled())
def edition(request: pytest.FixtureRequest) -> Edition:
    return catalogue.edition(request.param)


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_is_accessible_and_the_same_each_time(edition, name):
    """PDF/UA-1; no clock is read."""
    written = PAPERS[name](edition)
    report = page.validate_pdf_bytes(written, profile="ua1")
    assert report.is_compliant, [failure.message for failure in report.failures]
    assert PAPERS[name](edition) == written


def sheets(edition: Edition) -> dict[str, list[tuple[str | None, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(blueprint.written(edition, form=".xlsx")))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_every_item_stands_under_its_topic_and_its_question_of_the_law(edition):
    """EIS-A: what the law asks is asked; no item stands twice, none is left out."""
    heads, *rows = sheets(edition)["Onderwerpen"]
    parts = {scale.code: scale.legal_question for scale in (*edition.scales, *edition.modules)}
    found = {
        code: (row[0], heads[column])
        for row in rows
        for column, cell in enumerate(row[1:], start=1)
        for code in (cell or "").split(", ")
        if code
    }
    assert found == {
        item.code: (item.topic.replace("_", " "), parts[item.scale or item.module]) for item in edition.items
    }


def test_each_part_of_the_law_counts_its_items(edition):
    _, *rows = sheets(edition)["Vragen van de wet"]
    assert sum(int(row[2]) for row in rows) == len(edition.items)
    assert {row[0] for row in rows} == {scale.legal_question for scale in edition.scales}


def test_the_measured_reading_ease_stands_beside_the_authors_estimate(edition):
    _, *rows = sheets(edition)["Vragen"]
    border = thresholds.load().measures["reading_ease"].sufficient
    for item, row in zip(edition.items, rows, strict=True):
        index = reading_ease([item.text["nl"]]).index
        assert row[4] == item.reading_level
        assert int(row[6].replace("−", "-")) == round(index)  # noqa: RUF001 - Dutch papers print a real minus
        assert (row[7] == "nakijken") == (index < border)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("avond", 2), ("idee", 2), ("zeeën", 2), ("discriminatie", 5), ("verdrietig", 3), ("vier", 1),
        ("schoolplein", 2), ("uitgescholden", 4), ("nieuw", 1), ("koeien", 2), ("juf", 1), ("wc", 1),
        ("voorbeeld", 2), ("gepest", 2), ("eigenlijk", 3), ("Opzettelijk", 4),
    ],
)  # fmt: skip
def test_syllables_of_dutch_words_are_counted_as_spoken(word, count):
    assert syllables(word) == count


def test_reading_ease_is_the_formula_of_douma():
    """Eight words of ten syllables in one sentence."""
    found = reading_ease(["Hoe veilig voel jij je tijdens de les?"])
    assert (found.n_words, found.n_sentences, found.n_syllables) == (8, 1, 10)
    assert found.index == pytest.approx(206.835 - 0.93 * 8 - 77 * 10 / 8)


def test_longer_words_and_longer_sentences_read_less_easily():
    easy = reading_ease(["De kat zit op de mat. Zij slaapt."]).index
    long_sentence = reading_ease(["De kat zit op de mat en zij slaapt."]).index
    assert (
        easy > long_sentence > reading_ease(["Discriminatoire gedragingen veroorzaken onveiligheid."]).index
    )


def test_a_text_without_a_word_has_no_reading_ease():
    with pytest.raises(ReadingEaseError, match="holds no word"):
        reading_ease(["?!"])


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("blauwdruk", "a.pdf"), ("blauwdruk", "a.xlsx"), ("beoordeling", "a.xlsx"), ("gesprekken", "a.pdf"),
        ("proefafname", "a.pdf"),
    ],
)  # fmt: skip
def test_each_command_writes_a_new_file_and_never_overwrites(tmp_path: Path, command, name):
    arguments = ["inhoud", command, "po_bovenbouw_2026", "--out", str(tmp_path / name)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    before = (tmp_path / name).read_bytes()
    again = CliRunner().invoke(main, arguments)
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("command", ["blauwdruk", "beoordeling", "gesprekken", "proefafname"])
def test_another_form_or_edition_is_refused(tmp_path: Path, command):
    wrong = CliRunner().invoke(
        main, ["inhoud", command, "po_bovenbouw_2026", "--out", str(tmp_path / "a.doc")]
    )
    assert wrong.exit_code == 2
    assert "end the name with" in wrong.output
    form = "a.xlsx" if command == "beoordeling" else "a.pdf"
    unknown = CliRunner().invoke(main, ["inhoud", command, "po_1999", "--out", str(tmp_path / form)])
    assert unknown.exit_code == 2
    assert 'edition "po_1999" is unknown' in unknown.output
