"""One answer's whole way: a pupil's keyboard, the broker, the means, the evidence, the delivered summary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import numpy as np
import pytest
from playwright.sync_api import expect

from export.account import simulation
from instrument import catalogue
from instrument.school import Schooljaar, today
from instrument.screens import texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

ROOT_SCHEMA = "export/levering/schema/summary-1.schema.json"
DUTCH = texts.load()["nl"]
EDITION = catalogue.edition("po_bovenbouw_2026")
PUPILS = 13
VESTIGING = "99AA00"
SECOND_OPTION = {item.code: item.option_set.values[1] for item in EDITION.scored}
TOESTEMMING = (
    "--naam", "J. Jansen", "--functie", "directeur", "--akkoord-naam", "A. de Boer",
    "--afnamewijze", "klassikaal", "--toezicht", "leerkracht", "--voorgelezen", "nee", "--medium", "digitaal",
)  # fmt: skip


def test_an_answer_travels_from_the_browser_to_the_summary(
    start_demo: Callable[..., object],
    weerglas: Callable[..., object],
    new_page: Callable[..., Page],
    tmp_path: Path,
) -> None:
    """Nine simulated pupils are too few; with the one who answers here they are ten, and enough."""
    demo = start_demo(pupils=PUPILS)
    at = ("--data", demo.data, "--vestiging", VESTIGING)
    out = tmp_path / "levering"

    page = new_page()
    log_in(page, demo.address, demo.codes[0])
    answer_everything_by_keyboard(page)
    log_in(page, demo.address, demo.codes[0], expected="Met deze code is de vragenlijst al verstuurd")

    refused = weerglas("levering", "export", *at, "--out", out)
    assert (refused.returncode, out.exists()) == (2, False)
    assert "nog open" in refused.stderr

    assert weerglas("afname", "close", *at).returncode == 0
    log_in(page, demo.address, demo.codes[1], expected="De vragenlijst is gesloten")

    refused = weerglas("levering", "export", *at, "--out", out)
    assert (refused.returncode, out.exists()) == (2, False)
    assert "geen toestemming gegeven" in refused.stderr

    account = weerglas("verantwoording", "--data", demo.data, "--out", tmp_path / "verantwoording")
    assert account.returncode == 0, account.stderr
    assert weerglas("levering", "toestemming", *at, *TOESTEMMING).returncode == 0
    evidence = ("--verantwoording", tmp_path / "verantwoording")
    exported = weerglas("levering", "export", *at, "--out", out, *evidence)
    assert exported.returncode == 0, exported.stderr
    check_summary(out)


def log_in(page: Page, address: str, code: str, *, expected: str | None = None) -> None:
    page.goto(address)
    expect(page.get_by_label("Jouw code")).to_be_focused()
    page.keyboard.type(code.lower().replace("-", " "))
    page.keyboard.press("Enter")
    if expected:
        expect(page.get_by_role("alert")).to_contain_text(expected)
        assert code not in page.url
    else:
        expect(page.get_by_role("heading", name=DUTCH["welcome"]["title"])).to_be_visible(timeout=30_000)


def answer_everything_by_keyboard(page: Page) -> None:
    press(page, DUTCH["welcome"]["start"])
    for _ in range(3 * len(EDITION.items)):
        if page.get_by_role("heading", level=1).inner_text() == DUTCH["end"]["title"]:
            break
        if page.get_by_role("radio").count():
            for key in ("Tab", "Space", "ArrowDown", "Enter"):
                page.keyboard.press(key)
        else:
            press(page, DUTCH["question"]["next"])
    press(page, DUTCH["end"]["submit"])
    expect(page.get_by_role("heading", name=DUTCH["thanks"]["title"])).to_be_visible()


def press(page: Page, label: str) -> None:
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == label:
            page.keyboard.press("Enter")
            return
    pytest.fail(f"Tab never reaches {label}")


def check_summary(out: Path) -> None:
    suffixes = {path.suffix for path in out.iterdir()}
    assert suffixes == {".json", ".csv", ".xlsx", ".pdf"}
    summary = json.loads(next(out.glob("samenvatting*.json")).read_text("utf-8"))
    with open(ROOT_SCHEMA, encoding="utf-8") as schema:  # noqa: PTH123 - the repository's own file
        jsonschema.validate(summary, json.load(schema), cls=jsonschema.Draft202012Validator)
    assert summary["gesimuleerd"] is True
    assert (summary["n_deelnemers"], summary["n_doelgroep"]) == (10, PUPILS)
    assert summary["toestemming"]["gegeven_door"] == {"naam": "J. Jansen", "functie": "directeur"}
    assert summary["verantwoording"]["sha256"]
    expected = expected_means()
    for indicator in summary["indicator"]:
        assert indicator["gemiddelde"] == pytest.approx(expected[indicator["code"]], abs=0.0501)
        assert abs(expected[indicator["code"]] - nine_only()[indicator["code"]]) > 0.01


def simulated_nine() -> list[dict[str, int]]:
    answers = simulation.simulated_answers(
        EDITION, n_schools=12, pupils_per_school=PUPILS, seed=2026, schooljaar=Schooljaar.of(today())
    )
    school = answers[answers["vestigingsnummer"] == VESTIGING]
    waiting = school.groupby("leerjaar").head(1)
    return [row["answers"] for row in simulation.response_rows(school.drop(waiting.index))]


def expected_means() -> dict[str, float]:
    return means([*simulated_nine(), SECOND_OPTION])


def nine_only() -> dict[str, float]:
    return means(simulated_nine())


def means(responses: list[dict[str, int]]) -> dict[str, float]:
    """Score by hand, without `instrument.scoring`: high is favourable, two thirds of the items answered."""
    found = {}
    for scale in EDITION.scales:
        scores = [
            [
                5 - answers[item.code] if item.reversed else answers[item.code]
                for item in EDITION.items_of(scale.code)
                if answers.get(item.code, 0) > 0
            ]
            for answers in responses
        ]
        enough = [one for one in scores if len(one) >= 2 / 3 * len(EDITION.items_of(scale.code))]
        found[scale.code] = float(np.mean([np.mean(one) for one in enough]))
    return found
