"""What was examined feeds the claims; what was not is said, and counts neither way (EIS-A, EIS-C3)."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from export.account import claims, collected, evidence, notebooks, paper, research_file, study
from export.account.content import rating_sheet
from export.account.content.ratings import Panel, Ratings, RatingSheetError
from export.account.parts import coverage, precision
from export.account.verdicts import GOOD, INSUFFICIENT, TOO_LITTLE
from instrument import catalogue
from tests.account.conftest import bundle
from tests.account.populations import EDITION

CODES = [item.code for item in EDITION.scored]


def panel(*relevance: int) -> Panel:
    """Return one expert for each number, who gives it to every question."""
    scales = dict.fromkeys(EDITION.model, 4)
    rated = (
        Ratings(dict.fromkeys(CODES, each), dict.fromkeys(CODES, 4), scales, (), "") for each in relevance
    )
    return Panel(EDITION, tuple(rated))


@pytest.fixture(scope="module")
def simulated() -> study.Study:
    """Four simulated schools, whose pupils were asked twice."""
    return study.of(research_file.simulated_data(n_schools=4, pupils_per_school=40))


def claim(requirement: str, facts: dict) -> tuple[str, ...]:
    return next(row for row in claims.claims_table(facts).rows if row[0] == requirement)


def with_experts(simulated: study.Study, rated: Panel | None) -> dict:
    """Return the facts of the committed notebooks with what this panel found."""
    facts = collected.load().facts
    judged = [
        {name: getattr(one, name) for name in one.__slots__} for one in coverage.verdicts(simulated, rated)
    ]
    return {**facts, **coverage.facts(rated), "verdicts": [*facts["verdicts"], *judged]}


def test_experts_who_find_every_question_relevant_carry_the_claim(simulated):
    """EIS-A."""
    row = claim("EIS-A", with_experts(simulated, panel(4, 3, 4)))
    assert "3 deskundigen" in row[2]
    assert row[3].startswith(GOOD)
    assert "deskundigen" not in row[4]


def test_experts_who_do_not_bring_it_down(simulated):
    row = claim("EIS-A", with_experts(simulated, panel(4, 2, 1)))
    assert row[3].startswith(INSUFFICIENT)


def test_of_two_experts_there_is_too_little(simulated):
    """Lynn (1986); three are enough."""
    row = claim("EIS-A", with_experts(simulated, panel(4, 4)))
    assert row[3].startswith(TOO_LITTLE)


def test_without_experts_it_is_said_that_nobody_rated(simulated):
    facts = with_experts(simulated, None)
    row = claim("EIS-A", facts)
    assert "niet door deskundigen beoordeeld" in row[2]
    assert row[3] == "deels onderbouwd"
    assert "deskundigen" in row[4]
    assert coverage.content_table(simulated, None).rows[0][0] == "niet onderzocht"
    assert any("geen deskundige" in point for point in paper.account(facts)["not_shown"])


def test_the_table_names_the_weakest_question(simulated):
    rated = panel(4, 4, 4, 4)
    weak = replace(rated.experts[0], relevance={**rated.experts[0].relevance, "WB03": 1})
    rows = coverage.content_table(simulated, Panel(EDITION, (weak, *rated.experts[1:]))).rows
    assert "WB03" in next(row for row in rows if row[0].startswith("Welbevinden"))[3]


def test_sheets_of_another_edition_are_refused(tmp_path: Path):
    """Nobody has filled this in; its edition is seen first."""
    other = catalogue.edition("vo_2026")
    (tmp_path / "a.xlsx").write_bytes(rating_sheet.written(other))
    with pytest.raises(RatingSheetError):
        coverage.read([tmp_path / "a.xlsx"], EDITION)


def test_sheets_stand_in_a_folder_of_the_data(tmp_path: Path):
    (tmp_path / "beoordelingen").mkdir()
    for name in ("b.xlsx", "a.xlsx", "notes.txt"):
        (tmp_path / "beoordelingen" / name).touch()
    assert [path.name for path in coverage.sheets_of(tmp_path)] == ["a.xlsx", "b.xlsx"]


def again(simulated: study.Study, second: object) -> dict[str, str]:
    """Return the verdict on each measure when these were the answers the second time."""
    asked = study.of(replace(simulated.data, second=second))
    return {one.measure: one.verdict for one in precision.verdicts(asked, {}, precision.retests_of(asked))}


def test_who_answers_the_same_again_agrees_and_who_answers_anything_does_not(simulated):
    """EIS-C3."""
    answers = simulated.data.answers
    assert again(simulated, answers) == {"retest": GOOD}
    random = np.random.default_rng(1)
    anything = answers.iloc[random.permutation(len(answers))].set_axis(answers.index)
    assert again(simulated, anything) == {"retest": INSUFFICIENT}


def test_few_who_were_asked_twice_are_too_few(simulated):
    few = simulated.data.answers.copy()
    few.loc[20:] = pd.NA
    assert again(simulated, few) == {"retest": TOO_LITTLE}


def test_where_nobody_was_asked_twice_it_is_said_and_judged_neither_way(simulated):
    once = study.of(replace(simulated.data, second=None))
    found = precision.retests_of(once)
    assert precision.retest_table(once, found).rows[0][0] == "niet onderzocht"
    assert precision.verdicts(once, {}, found) == []
    facts = {**collected.load().facts, "retest": False}
    assert "Herhaalde afname" in claim("EIS-C3", facts)[4]
    assert "Herhaalde afname" not in claim("EIS-C3", {**facts, "retest": True})[4]


def test_omega_is_judged_on_its_lower_limit(simulated):
    found = precision.omegas_of(simulated)
    judged = {one.subject: one.value for one in precision.verdicts(simulated, found, {})}
    assert judged == {simulated.title(scale): found[scale].ci_low for scale in simulated.model}


def test_filled_in_sheets_reach_the_document(tmp_path: Path, monkeypatch):
    """From files by way of the notebook to section, verdicts and evidence.json."""
    sheets = [tmp_path / f"{name}.xlsx" for name in "abc"]
    for path in sheets:
        book = openpyxl.load_workbook(io.BytesIO(rating_sheet.written(EDITION)))
        for row in range(2, 2 + len(CODES)):
            book["Beoordeling"].cell(row, 6, 4)
            book["Beoordeling"].cell(row, 7, 3)
        for row in range(2, 2 + len(EDITION.scales)):
            book["Dekking"].cell(row, 3, 3)
        book["Beoordeling"].cell(2, 8, path.stem)
        book.save(path)
    research_file.write(research_file.simulated_data(n_schools=3, pupils_per_school=20), tmp_path / "a.csv")
    inputs = notebooks.Inputs(data=tmp_path / "a.csv", ratings=tuple(sheets))
    for name in (research_file.VARIABLE, coverage.VARIABLE):
        monkeypatch.setenv(name, inputs.environment[name])
    found = bundle("33_validiteit")
    assert found["facts"]["content"]["n_experts"] == 3
    assert [row[-1] for row in found["sections"]["content"][0]["rows"]] == [GOOD] * 3
    judged = [one for one in found["facts"]["verdicts"] if one["requirement"] == "EIS-A"]
    assert len(judged) == 9
    facts = {**collected.load().facts, **found["facts"]}
    said = evidence.evidence(facts, code="sha256:0", documents={})
    assert said["eisen"]["EIS-A"] == GOOD
    assert said["sha256"]["beoordelingen"] == found["facts"]["content"]["sha256"]
