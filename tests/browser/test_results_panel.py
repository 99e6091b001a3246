"""The station Resultaten on a real server: what is told, the reports to save, and the school's own text."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from playwright.sync_api import expect

from export.account import simulation
from export.report import files
from export.report.words import mean
from instrument import editions
from instrument.school import School, Schooljaar
from instrument.store.client import operator
from tests.browser.school_year import Served, download, served
from tests.browser.test_accessibility import SIZES, is_within
from tests.browser.test_doors_look import violations
from tests.report.pdf_text import pages
from tests.simulated_school import EDITION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

VESTIGING = "02QZ00"
PUPILS = 60
PASSWORD = "vier losse woorden samen"
NAME = 'De <b id="gevonden">Proef</b> & Co'
NOTE = 'Wij beginnen op het plein.\n\n<img src=x onerror="document.title=1"> =1+1'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One school with a name that tries, and a closed afname of sixty simulated pupils."""
    with served(tmp_path_factory.mktemp("results") / "data") as running:
        with operator(running.folder) as broker:
            broker.add_school(School(VESTIGING, NAME, "po", "BO", simulated=True))
            broker.add_account(
                name="j.jansen", password=PASSWORD, role="coordinator", vestigingsnummer=VESTIGING
            )
            _answer(broker)
        yield running


def _answer(broker: Any) -> None:
    answers = simulation.simulated_answers(EDITION, n_schools=1, pupils_per_school=PUPILS, seed=5)
    afname = broker.open_afname(
        vestigingsnummer=VESTIGING,
        schooljaar=Schooljaar(2026),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=simulation.simulated_stamgroepen(EDITION, n_pupils=PUPILS),
        opened_on=date(2026, 11, 3),
    )
    broker.add_responses(afname.afname_id, simulation.response_rows(answers))
    broker.close_afname(VESTIGING, on=date(2026, 11, 20))


@pytest.fixture
def results(server: Served) -> dict[str, Any]:
    """What the broker releases to an operator: the same as to the coordinator (D1)."""
    with operator(server.folder) as broker:
        return broker.ask("results_of", vestigingsnummer=VESTIGING, schooljaar="2026-2027")


def test_a_coordinator_reads_results_saves_reports_and_writes_conclusions(
    server: Served, results: dict[str, Any], new_page: Callable[..., Page], watch: Any, tmp_path: Path
) -> None:
    page = new_page()
    _log_in(page, server)
    _read(page, results)
    _look(page)
    _write(page)
    _save(page, results, tmp_path)  # with the text that was kept, not the one that was refused
    assert watch.faults == []


def _log_in(page: Page, server: Served) -> None:
    page.goto(f"{server.address}/school")
    page.get_by_label("Naam").fill("j.jansen")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=3, name="In het kort")).to_be_visible(timeout=60_000)


def _read(page: Page, results: dict[str, Any]) -> None:
    """Every figure of the results stands in a table, and every chart has a name."""
    rows = page.get_by_role("row").filter(has_text="1 tot 4")
    expect(rows).to_have_count(3)
    for row, indicator in zip(rows.all(), results["indicators"], strict=True):
        expect(row).to_contain_text(mean(indicator["mean"]))
        expect(row.get_by_role("img", name=indicator["title"])).to_be_visible()
    for kind in results["kinds"]:
        expect(page.get_by_role("rowheader", name=kind["title"], exact=True)).to_be_visible()
    assert page.get_by_role("rowheader", name=results["items"][0]["text"]).count() == 0
    for scale in page.locator("summary").all():
        scale.focus()
        page.keyboard.press("Enter")
    for item in results["items"]:
        expect(page.get_by_role("rowheader", name=item["text"], exact=True)).to_be_visible()
    expect(page.get_by_text(NAME).first).to_be_visible()
    assert page.locator("#gevonden").count() == 0, "a name is words, and never an element"


def _look(page: Page) -> None:
    """Axe, at both sizes, with the colours of the page and with somebody's own."""
    for size in ("chromebook", "tablet"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        assert violations(page) == [], size
        assert is_within(page), size
    page.emulate_media(forced_colors="active")
    assert violations(page) == [], "forced colours"
    page.emulate_media(forced_colors="none")


def _write(page: Page) -> None:
    """By keyboard alone; what cannot be kept is said, and the text before stays."""
    field = page.get_by_label("Uw tekst")
    field.fill(NOTE)
    field.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Uw tekst is bewaard.")).to_be_visible()
    field.fill("x\n" * 41)
    page.get_by_role("button", name="Tekst bewaren").click()
    expect(page.get_by_role("alert")).to_contain_text("te veel regels")
    assert page.title() != "1", "what a school writes is text, and never run"


def _save(page: Page, results: dict[str, Any], folder: Path) -> None:
    """The page makes the same files as the command, and each holds what it is for."""
    saved = {
        name: download(page, name, folder)
        for name in (
            "Rapport voor het team (PDF)", "Cijfers voor het team (Excel)", "Cijfers voor het team (CSV)",
            "Rapport voor ouders en MR (PDF)", "Blad voor leerlingen (PDF)",
        )
    }  # fmt: skip
    made = [
        file for variant in files.VARIANTS for file in files.of_variant(results, variant=variant, note=NOTE)
    ]
    assert [path.name for path in saved.values()] == [file.name for file in made]
    assert [path.read_bytes() for path in saved.values()] == [file.content for file in made]
    team, workbook, *_ = saved.values()
    text = " ".join(pages(team.read_bytes()))
    assert NAME in text
    assert "Wij beginnen op het plein." in text
    assert "Vragen" in openpyxl.load_workbook(io.BytesIO(workbook.read_bytes())).sheetnames
