"""The verantwoordingsdocument: true to its data, readable by everyone, the same each time (EIS-C)."""

import hashlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import numpy as np
import page
import pandas as pd
import pytest
import typst
from PIL import Image

from export.account import collected, notebooks, paper, research_file
from export.account import document as verantwoording
from export.account.notebooks import NotebookError
from export.account.research_file import ResearchData, ResearchFileError

BANNER = "GESIMULEERDE GEGEVENS"
COTAN = (
    "Uitgangspunten", "Testmateriaal", "Handleiding", "Normen", "Betrouwbaarheid", "Begripsvaliditeit",
    "Criteriumvaliditeit",
)  # fmt: skip


@dataclass
class Written:
    """What one run wrote, and what it told of its progress."""

    html: str
    pdf: bytes
    evidence: dict[str, Any]
    steps: list[tuple[str, int, int]]


def noise(data: ResearchData) -> ResearchData:
    """Every column in an order of its own: all that belongs together is lost; and called real."""
    random = np.random.default_rng(5)
    shuffled = {item: random.permutation(data.answers[item]) for item in data.answers}
    answers = pd.DataFrame(shuffled, dtype="Int64")
    return replace(data, answers=answers, simulated=False, source="proef", dated=date(2027, 3, 1))


def twelve(data: ResearchData) -> ResearchData:
    """Twelve pupils, all of whom say the same of aantasting."""
    answers = data.answers[:12].assign(**{item.code: 1 for item in data.edition.items_of("aantasting")})
    return replace(data, answers=answers, background=data.background[:12])


DATA: dict[str, Callable[[ResearchData], ResearchData] | None] = {
    "simulated": None, "noise": noise, "twelve": twelve,
}  # fmt: skip
pytestmark = pytest.mark.timeout(1500)  # three times eight kernels, on a machine that may do other things


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """The document on three sets of data, each in kernels of its own."""
    base = research_file.simulated_data(n_schools=5, pupils_per_school=60, seed=3)

    def run(name: str) -> Written:
        folder, change = tmp_path_factory.getbasetemp() / f"account-{name}", DATA[name]
        folder.mkdir()
        if change is not None:
            research_file.write(change(base), folder / "answers.csv")
        steps: list[tuple[str, int, int]] = []
        pdf, html, evidence = verantwoording.write(
            folder / "out",
            data=None if change is None else folder / "answers.csv",
            progress=lambda *step: steps.append(step),
        )
        return Written(html.read_text("utf-8"), pdf.read_bytes(), json.loads(evidence.read_bytes()), steps)

    return {name: run(name) for name in DATA}


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Facts and sections of the notebooks as they are committed."""
    found = {name: notebooks.findings(notebooks.read(name)) for name in notebooks.OF_THE_ACCOUNT}
    sections = {name: blocks for one in found.values() for name, blocks in one["sections"].items()}
    return {"facts": collected.load().facts, "sections": sections}


def claim(html: str, requirement: str) -> str:
    """Return the row of one requirement, as text."""
    row = re.search(f'<tr><th scope="row">{requirement}</th>.*?</tr>', html, re.DOTALL)
    return re.sub("<[^>]+>", " | ", row[0])


def test_same_data_give_the_same_bytes(runs):
    """No clock, no chance: notebooks executed now and those committed long ago give one document."""
    again = verantwoording.documents({name: notebooks.read(name) for name in notebooks.OF_THE_ACCOUNT})
    assert runs["simulated"].html.encode() == again["verantwoording.html"]
    assert runs["simulated"].pdf == again["verantwoording.pdf"]
    assert runs["simulated"].evidence == json.loads(again["evidence.json"])


def test_other_data_give_another_document(runs):
    assert runs["simulated"].pdf != runs["noise"].pdf


def test_the_paper_is_accessible(runs):
    """PDF/UA-1 on good, bad and too few data; a plain PDF of the same engine does not pass."""
    for run in runs.values():
        report = page.validate_pdf_bytes(run.pdf, profile="ua1")
        assert report.is_compliant, [failure.message for failure in report.failures]
    assert not page.is_pdf_compliant_bytes(typst.compile(b"= Kop"), profile="ua1")


def test_progress_names_what_runs(runs):
    names = [*notebooks.OF_THE_ACCOUNT, "verantwoording", "verantwoording"]
    assert runs["simulated"].steps == [(name, place, 9) for place, name in enumerate(names)]


def test_simulated_data_are_said_to_be_so(runs):
    """EIS-C: what is simulated is no evidence."""
    assert f'<header class="simulated">{BANNER}' in runs["simulated"].html
    assert "goed, alleen in de simulatie" in claim(runs["simulated"].html, "EIS-C3")
    assert BANNER not in runs["noise"].html
    assert "simulatie" not in claim(runs["noise"].html, "EIS-C3")


def test_every_page_of_simulated_data_carries_the_band(found):
    """Drawn small: the band's colour is at the top of each page, and of none when the data are real."""
    for simulated in (True, False):
        facts = {**found["facts"], "simulated": simulated}
        account = paper.paper(facts, found["sections"], code="sha256:0")
        inputs = {"document": json.dumps(account)}
        pages = typst.compile(paper.TEMPLATE, format="png", ppi=36, sys_inputs=inputs)
        # the second page is turned: the band is as high, and wider
        tops = [Image.open(io.BytesIO(drawn)).convert("RGB").crop((0, 0, 298, 32)) for drawn in pages]
        assert len(tops) > 10
        assert [(0x7A, 0x1F, 0x00) in {colour for _, colour in top.getcolors(10_000)} for top in tops] == [
            simulated
        ] * len(tops)


def test_answers_without_coherence_are_insufficient(runs):
    """EIS-C3: the verdict follows the data; shuffled columns have an alpha around zero."""
    assert "onvoldoende" in claim(runs["noise"].html, "EIS-C3")
    assert "onvoldoende" in claim(runs["noise"].html, "EIS-C2")
    assert "onvoldoende" not in claim(runs["simulated"].html, "EIS-C3")


def test_too_few_pupils_is_said_and_stops_nothing(runs):
    """Twelve pupils who agree about aantasting: no figure of that scale, and no reason that would tell it."""
    html = runs["twelve"].html
    assert "Aantasting van de veiligheid: te weinig leerlingen." in claim(html, "EIS-C3")
    assert "same answer" not in html
    assert "| onvoldoende, alleen in de simulatie" in claim(html, "EIS-C3")


def test_the_document_is_of_its_data(runs):
    """Numbers come from the notebooks: 300 respondents, and the day of the last answer."""
    assert "<td>300</td>" in runs["noise"].html
    assert "<td>1 maart 2027</td>" in runs["noise"].html
    assert "<td>2.400</td>" in runs["simulated"].html


def test_every_requirement_has_a_claim_evidence_a_verdict_and_a_gap(runs):
    """EIS-A … EIS-F: what is not shown is always said."""
    for requirement in ("EIS-A", "EIS-B", "EIS-C1", "EIS-C2", "EIS-C3", "EIS-D", "EIS-E", "EIS-F"):
        cells = [cell for cell in claim(runs["simulated"].html, requirement).split(" | ") if cell.strip()]
        assert len(cells) == 5, requirement


def test_what_was_not_computed_is_not_shown(runs):
    """EIS-E is not computed here; EIS-B of the noise neither, for nobody said how many pupils there were."""
    assert "niet aangetoond" in claim(runs["simulated"].html, "EIS-E")
    assert "te weinig gegevens, voor zover berekend" in claim(runs["noise"].html, "EIS-B")


def test_the_document_has_cotans_seven_headings_in_order_and_leaves_no_section_out(found):
    whole = paper.paper(found["facts"], found["sections"], code="sha256:0")
    assert tuple(chapter["title"] for chapter in whole["chapters"]) == COTAN
    printed = sum(len(part["blocks"]) for chapter in whole["chapters"] for part in chapter["sections"])
    besides = ("claims", "verdicts", "thresholds")
    assert printed == sum(len(part) for name, part in found["sections"].items() if name not in besides)


def test_evidence_names_edition_population_verdicts_and_its_documents(runs):
    """EIS-C: per edition and population, and bound to the bytes of the documents beside it."""
    evidence, run = runs["noise"].evidence, runs["noise"]
    assert evidence["populatie"] == {
        "sector": "po", "leerjaren": [5, 6, 7, 8], "n_leerlingen": 300, "n_scholen": 5,
    }  # fmt: skip
    assert evidence["datum"] == "2027-03-01"
    assert evidence["eisen"]["EIS-C3"] == "onvoldoende"
    assert evidence["sha256"]["verantwoording.pdf"] == f"sha256:{hashlib.sha256(run.pdf).hexdigest()}"
    assert runs["simulated"].evidence["sha256"]["gegevens"] != evidence["sha256"]["gegevens"]


class Addresses(HTMLParser):
    """Collects whatever a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the addresses of one tag."""
        assert tag not in {"script", "link", "iframe", "object"}
        self.found += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "data"}]


def test_the_page_loads_nothing(runs):
    parser = Addresses()
    parser.feed(runs["simulated"].html)
    assert parser.found
    assert all(address.startswith("#") for address in parser.found)
    assert "url(" not in runs["simulated"].html
    assert "@import" not in runs["simulated"].html


def test_drawings_have_a_title_and_their_numbers_in_words(runs):
    drawings = re.findall(r"<svg.*?</svg>", runs["simulated"].html, re.DOTALL)
    assert len(drawings) == 9
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert "(gesimuleerde gegevens)</title>" in drawing
        described = drawing.partition("<desc>")[2].partition("</desc>")[0]
        assert len(re.findall(r"\d", described)) > 1


def test_sensitive_items_are_shown_in_two_classes(found):
    """D6: violence and discrimination, and only those, as the highest score against the rest."""
    edition = research_file.simulated_data(n_schools=1, pupils_per_school=10).edition
    for block in found["sections"]["items"]:
        for bar in block.get("bars", ()):
            assert len(bar["parts"]) == (2 if edition.item(bar["code"]).sensitive else 4)


def test_no_school_is_named(runs):
    """EIS-F."""
    assert "99AA" not in runs["simulated"].html


def test_a_bad_file_is_refused_before_anything_runs(tmp_path):
    steps: list[object] = []
    with pytest.raises(ResearchFileError, match="cannot be read"):
        verantwoording.write(
            tmp_path / "out", data=tmp_path / "none.csv", progress=lambda *step: steps.append(step)
        )
    assert not steps
    assert not (tmp_path / "out").exists()


def test_a_notebook_that_stops_is_named(tmp_path):
    with pytest.raises(
        NotebookError, match=r"31_betrouwbaarheid: ResearchFileError: none\.csv: cannot be read"
    ):
        notebooks.execute("31_betrouwbaarheid", data=tmp_path / "none.csv")
