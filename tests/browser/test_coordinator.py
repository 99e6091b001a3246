"""The coordinator's page of the demo: nothing but used codes while open, three means once it is closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.slow  # `test_school_year` walks the same page, and all the rest of it
VESTIGING = "99AA00"
PUPILS = 16  # twelve have answered: enough for three means


@pytest.fixture
def signed_in(start_demo: Callable[..., object], new_page: Callable[..., Page]) -> tuple[Page, object]:
    demo = start_demo(pupils=PUPILS)
    page = new_page()
    page.goto(f"{demo.address}/school")
    page.get_by_label("Naam").fill("coordinator")
    page.get_by_label("Wachtwoord").fill(demo.password)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", name="Respons", exact=True)).to_be_visible(timeout=30_000)
    return page, demo


def test_a_coordinator_closes_and_reads_three_means(
    signed_in: tuple[Page, object], weerglas: Callable[..., object], watch: object, tmp_path: Path
) -> None:
    """D1, EIS-E: nothing but used codes while open; no levering before the toestemming is there."""
    page, demo = signed_in
    at = ("--data", demo.data, "--vestiging", VESTIGING)
    row = page.get_by_role("row").filter(has_text="Totaal").first
    expect(row).to_have_text(re.compile(r"Totaal\s*16\s*12"))
    expect(page.get_by_role("heading", name="Resultaten")).to_have_count(0)
    expect(page.get_by_text("Gesimuleerde school")).to_be_visible()

    close = page.get_by_role("button", name="Afname sluiten")
    expect(close).to_be_disabled()
    page.get_by_role("checkbox").check()
    close.click()
    expect(page.get_by_role("heading", name="Resultaten", exact=True)).to_be_visible(timeout=15_000)
    means = page.get_by_role("region").first.get_by_role("row").filter(has_text=re.compile("1(,0)? tot 4"))
    expect(means).to_have_count(3, timeout=60_000)
    expect(means.first).to_have_text(re.compile(r"\d,\d"))
    assert weerglas("levering", "export", *at, "--out", tmp_path / "x").returncode == 2
    assert watch.faults == []
