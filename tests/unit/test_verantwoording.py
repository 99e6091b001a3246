"""The verantwoordingsdocument: true to its data, readable by everyone, the same each time (EIS-C)."""

import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import page
import pandas as pd
import pytest
import typst
from PIL import Image

from export.account import document as verantwoording
from export.account import notebooks, research_file, thresholds
from export.account.attempt import NotComputed
from export.account.claims import claims_table
from export.account.notebooks import NotebookError
from export.account.research_file import ResearchData, ResearchFileError
from psychometrics.reliability import LowerBound, Reliability

BANNER = "GESIMULEERDE GEGEVENS"


@dataclass
class Written:
    """What one run wrote, and what it told of its progress."""

    html: str
    pdf: bytes
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
    "simulated": None, "again": None, "noise": noise, "twelve": twelve,
}  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Written]:
    """The document on four sets of data, each in kernels of its own."""
    base = research_file.simulated_data(n_schools=5, pupils_per_school=60, seed=3)

    def run(name: str) -> Written:
        folder, change = tmp_path_factory.getbasetemp() / f"account-{name}", DATA[name]
        folder.mkdir()
        if change is not None:
            research_file.write(change(base), folder / "answers.csv")
        steps: list[tuple[str, int, int]] = []
        html, pdf = verantwoording.write(
            folder / "out",
            data=None if change is None else folder / "answers.csv",
            progress=lambda *step: steps.append(step),
        )
        return Written(html.read_text("utf-8"), pdf.read_bytes(), steps)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(DATA, pool.map(run, DATA), strict=True))


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """Facts and sections of the notebooks as they are committed."""
    both = [notebooks.findings(nbformat.read(path, as_version=4)) for path in committed().values()]
    return {part: both[0][part] | both[1][part] for part in ("facts", "sections")}


def committed() -> dict[str, Path]:
    return {name: notebooks.FOLDER / f"{name}.ipynb" for name in notebooks.OF_THE_ACCOUNT}


def claim(html: str, requirement: str) -> str:
    """Return the row of one requirement, as text."""
    row = re.search(f'<tr><th scope="row">{requirement}</th>.*?</tr>', html, re.DOTALL)
    return re.sub("<[^>]+>", " | ", row[0])


def test_same_data_give_the_same_bytes(runs):
    """No clock, no chance: whoever runs it again can compare."""
    assert runs["simulated"].html == runs["again"].html
    assert runs["simulated"].pdf == runs["again"].pdf


def test_other_data_give_another_document(runs):
    assert runs["simulated"].pdf != runs["noise"].pdf


def test_the_paper_is_accessible(runs):
    """PDF/UA-1 on good, bad and too few data; a plain PDF of the same engine does not pass."""
    for run in runs.values():
        report = page.validate_pdf_bytes(run.pdf, profile="ua1")
        assert report.is_compliant, [failure.message for failure in report.failures]
    assert not page.is_pdf_compliant_bytes(typst.compile(b"= Kop"), profile="ua1")


def test_progress_names_what_runs(runs):
    assert runs["simulated"].steps == [
        ("30_itemanalyse", 0, 3),
        ("31_betrouwbaarheid", 1, 3),
        ("verantwoording", 2, 3),
        ("verantwoording", 3, 3),
    ]


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
        account = {**verantwoording._account(facts), "sections": found["sections"]}
        account["claims"] = {"kind": "table", **_as_json(claims_table(facts))}
        inputs = {"account": json.dumps(account)}
        pages = typst.compile(verantwoording.TEMPLATE, format="png", ppi=36, sys_inputs=inputs)
        tops = [Image.open(io.BytesIO(drawn)).convert("RGB").crop((0, 0, 298, 32)) for drawn in pages]
        assert len(tops) > 3
        assert [(0x7A, 0x1F, 0x00) in {colour for _, colour in top.getcolors(10_000)} for top in tops] == [
            simulated
        ] * len(tops)


def _as_json(table: object) -> dict[str, Any]:
    return {field: getattr(table, field) for field in ("part", "caption", "columns", "rows", "note")}


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
    for requirement in ("EIS-B", "EIS-C2", "EIS-D", "EIS-E"):
        assert "niet aangetoond" in claim(runs["simulated"].html, requirement)


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
    assert len(drawings) == 3
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert "(gesimuleerde gegevens)</title>" in drawing
        assert re.search(r"<desc>.*%.*</desc>", drawing)


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


LAMBDA2 = LowerBound(0.8, 6, 500)


@pytest.mark.parametrize(
    ("ci_low", "verdict"),
    [
        (0.5999, "onvoldoende"),
        (0.60, "voldoende"),
        (0.6999, "voldoende"),
        (0.70, "goed"),
        (float("nan"), "onvoldoende"),
    ],
)
def test_the_lower_limit_decides(ci_low, verdict):
    """EIS-C3: COTAN's borders for groups; alpha itself would be goed in each of these."""
    result = Reliability(0.9, ci_low, 0.95, 6, 500, 0.95)
    assert thresholds.judge_scale("welbevinden", result, LAMBDA2).verdict == verdict


def test_of_an_index_no_consistency_is_demanded():
    """Causal indicators: who is shut out need not be robbed as well."""
    result = Reliability(0.3, 0.2, 0.4, 11, 500, 0.95)
    assert thresholds.judge_scale("aantasting", result, LAMBDA2).verdict == "niet geëist"


def test_nine_pupils_give_no_verdict_and_ten_do():
    """D2."""
    nine, ten = (Reliability(0.9, 0.8, 0.95, 6, number, 0.95) for number in (9, 10))
    assert thresholds.judge_scale("welbevinden", nine, LAMBDA2).verdict == "te weinig leerlingen"
    assert thresholds.judge_scale("welbevinden", ten, LAMBDA2).verdict == "goed"
    nothing = NotComputed(("constant",))
    assert thresholds.judge_scale("welbevinden", nothing, nothing).verdict == "te weinig leerlingen"


def test_the_worst_scale_decides():
    assert thresholds.worst(["goed", "niet geëist", "voldoende"]) == "voldoende"
    assert thresholds.worst(["goed", "te weinig leerlingen"]) == "te weinig leerlingen"
    assert thresholds.worst(["niet geëist"]) == "niet geëist"


def test_every_threshold_has_a_source_and_says_whether_it_was_checked():
    used = thresholds.load()
    for threshold in (used.reliability, used.item_rest):
        assert threshold.source
        assert threshold.year > 1900
        assert threshold.sufficient < threshold.good
