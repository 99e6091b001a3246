"""The report on paper: pages, words and numbers as a reader finds them, accessible and always the same."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import page
import pytest
import typst

from export.report import document, files, paper, pupils
from instrument.paper import typesetting
from instrument.paper.printable import printable
from instrument.store.preparation.note_text import LONGEST, MOST_LINES
from tests.report.documents import alone, compared
from tests.report.documents import document as results
from tests.report.pdf_text import pages

ROOT = Path(__file__).parents[2]
EDITIONS = ("po_bovenbouw_2026", "so_2026", "vo_2026")
NOTE = "Het plein vraagt aandacht.\n\nWij praten erover in elke groep."
LINE = (
    "Wij doen dit samen, en kijken na de kerst of het heeft geholpen; "
    "het plein krijgt een bankje, en wij vragen wat helpt. "
)
LONG = "\n".join([LINE] * MOST_LINES)[:LONGEST]
"""As many lines, and as many signs, as a school may write."""
SMALL = 8
LARGE = {"po_bovenbouw_2026": 240, "so_2026": 240, "vo_2026": 900}
"""So many that no answer is merged with another: the longest reports there are."""


def pdf(found: dict[str, Any], variant: str = "team", *, note: str = "") -> bytes:
    return files.file(found, variant=variant, form="pdf", note=note).content


def words(found: dict[str, Any], variant: str = "team", *, note: str = "") -> str:
    return " ".join(pages(pdf(found, variant, note=note)))


@pytest.fixture(scope="module")
def team() -> list[str]:
    return pages(pdf(results(), note=NOTE))


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("note", ["", LONG], ids=["no note", "the longest note"])
def test_the_reports_have_four_to_eight_pages_and_pupils_get_one(edition: str, note: str):
    """From a school of eight pupils, of which nothing is shown, to one with everything there can be."""
    for found in (alone(edition, pupils=SMALL), compared(edition, pupils=LARGE[edition])):
        assert 4 <= len(pages(pdf(found, "team", note=note))) <= 8
        assert 4 <= len(pages(pdf(found, "ouders", note=note))) <= 8
        assert len(pages(pdf(found, "leerlingen", note=note))) == 1


@pytest.mark.parametrize("variant", files.VARIANTS)
def test_every_variant_is_an_accessible_pdf(variant: str):
    """PDF/UA-1, read by another program than the one that wrote it."""
    report = page.validate_pdf_bytes(pdf(results(), variant, note=NOTE), profile="ua1")
    assert [failure.message for failure in report.failures] == []


@pytest.mark.parametrize("variant", files.VARIANTS)
def test_simulated_is_said_on_every_page_and_only_of_a_simulated_school(variant: str):
    said = [text.count("GESIMULEERD") for text in pages(pdf(results(), variant))]
    assert said == [1] * len(said)
    assert "GESIMULEERD" not in words(results(simulated=False), variant)


def test_the_report_holds_every_figure_of_the_results(team: list[str]):
    """Each mean, interval, share and count of the document is on paper, in Dutch."""
    found, text = results(), " ".join(team)
    for indicator in found["indicators"]:
        low, high = (f"{end:.1f}".replace(".", ",") for end in indicator["interval"])
        mean = f"{indicator['mean']:.1f}".replace(".", ",")
        assert f"{mean} {low} tot {high} {indicator['n_valid']}" in text
    for kind in found["kinds"]:
        share = "minder dan 3 leerlingen" if kind["share"] is None else f"{kind['share']}%"
        assert f"{kind['title']} {share} {kind['n_valid']}" in text
    for item in found["items"]:
        assert item["text"] in text
    shares = [(option["label"], option["share"]) for item in found["items"] for option in item["options"]]
    told = [f"{label} {share}%" for label, share in shares if share is not None]
    assert told
    assert [each for each in told if each not in text] == []


def test_what_is_too_small_stands_there_in_words_and_without_a_number():
    text = words(alone(pupils=SMALL))
    assert "er is geen gemiddelde te geven (te weinig leerlingen)" in text
    assert "%" not in text.split("Antwoorden per vraag")[1].split("Conclusies en maatregelen")[0]


@pytest.mark.parametrize("variant", ["team", "ouders"])
def test_the_schools_own_text_stands_in_its_chapter(variant: str):
    text = words(results(), variant, note=NOTE)
    assert "Conclusies en maatregelen" in text
    assert "Het plein vraagt aandacht. Wij praten erover in elke groep." in text
    assert "nog niets ingevuld" not in text
    assert "nog niets ingevuld" in words(results(), variant)


def test_parents_and_pupils_read_nothing_of_sensitive_questions():
    """Few pupils are behind such a figure, and who reads it knows them."""
    found = compared("vo_2026", pupils=LARGE["vo_2026"])
    sensitive = [item["text"] for item in found["items"] if item["sensitive"]]
    sensitive += [kind["title"] for kind in found["kinds"] if kind["sensitive"]]
    assert len(sensitive) > 10
    for variant in ("ouders", "leerlingen"):
        text = words(found, variant)
        assert [each for each in sensitive if each in text] == []
    assert [each for each in sensitive if each not in words(found)] == []


def test_the_pupils_page_tells_where_to_go_and_what_went_well():
    text = words(results(), "leerlingen")
    for said in ("Dit gaat goed", "van de 20 kinderen kozen", "0800-0432", "Wat vinden jullie?"):
        assert said in text
    assert "te weinig kinderen" in words(alone(pupils=SMALL), "leerlingen")


def test_one_pupil_more_or_less_is_not_to_be_seen_in_the_dots():
    """D4: nineteen and twenty of twenty dots read the same, and so do none and one."""
    said = {share: _dots(share) for share in (0, 5, 50, 92, 95, 100)}
    assert said[0] == said[5] == (0, "Bijna geen van de kinderen koos \u2018Ja\u2019.")
    assert said[95] == said[100] == (20, "Bijna alle kinderen kozen \u2018Ja\u2019.")
    assert said[50] == (10, "10 van de 20 kinderen kozen \u2018Ja\u2019.")
    assert said[92][0] == 18


def _dots(share: int) -> tuple[int, str]:
    found = results()
    (item,) = [one for one in found["items"] if one["code"] == "VB01"]
    options = [("Nee", 100 - share, [1, 2]), ("Ja", share, [3, 4])]
    item["options"] = [
        {"label": label, "share": part, "reads": "share", "values": values} for label, part, values in options
    ]
    rows = pupils.page({**found, "items": [item]})["delen"][0]["rijen"]
    return rows[0]["vol"], rows[0]["gezegd"]


def test_the_same_results_give_the_same_bytes_in_another_process(tmp_path: Path):
    """With another hash seed and an empty memory; here other reports were typeset before."""
    script = "from tests.report.test_paper import digests; print(*digests())"
    environment = {"PYTHONHASHSEED": "7", "PYTHONUTF8": "1", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == digests()


def digests() -> list[str]:
    """Return the hash of every file of every variant."""
    made = [
        file for variant in files.VARIANTS for file in files.of_variant(results(), variant=variant, note=NOTE)
    ]
    return [hashlib.sha256(file.content).hexdigest() for file in made]


def test_signs_that_no_font_has_are_boxes_and_no_reason_to_stop():
    """A name may hold an emoji, and a text words in another alphabet; Typst alone refuses both."""
    found = results()
    found["school"]["name"] = "De Zon 🌞"
    text = words(found, note="Samen sterk 💪, سلام")
    assert "De Zon □" in text
    assert text.count("□") == text.count("De Zon □") + 5


def test_every_sign_that_passes_as_printable_has_a_letter_form():
    """Or a name with a rare accent would stop the report after all."""
    signs = [chr(place) for place in range(0x20, 0xFFFF) if not 0xD800 <= place < 0xE000]
    printed = [sign for sign in signs if printable(f"a{sign}") == unicodedata.normalize("NFC", f"a{sign}")]
    assert len(printed) > 1_400
    words = {**pupils.page(results()), "bedankt": " ".join(f"a{sign}" for sign in printed)}
    assert paper.typeset("leerlingen", words).startswith(b"%PDF")
    assert typesetting.NO_SIGN not in _faults_of(words)


def _faults_of(words: dict[str, Any]) -> str:
    """Return what Typst says of words that are not made printable first."""
    try:
        typesetting._compiled(paper.TEMPLATES / "leerlingen.typ", words, None)
    except typst.TypstError as fault:
        return str(fault)
    return ""


def test_words_of_people_are_never_read_as_markup():
    found = results()
    found["school"]["name"] = '#panic() *x* $y$ "z" \\ <b>'
    assert '#panic() *x* $y$ "z" \\ <b>' in words(found, note="#let a = 1 // *dik*")


@pytest.mark.parametrize("template", ["rapport", "leerlingen"])
def test_a_template_places_every_word_it_gets(template: str):
    """A part that the template forgot would be missing on paper only."""
    laid_out = "".join((paper.TEMPLATES / f"{name}.typ").read_text("utf-8") for name in (template, "opmaak"))
    given = (
        document.document(results(), variant="team", note=NOTE)
        if template == "rapport"
        else pupils.page(results())
    )
    assert [key for key in given if f"it.{key}" not in laid_out] == []
