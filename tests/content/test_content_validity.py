"""Experts' ratings: the published indices, and every fault of a filled-in sheet by its cell (EIS-C2)."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from export.account.content import counted, rating_sheet, ratings
from export.account.content.ratings import RatingSheetError
from export.account.content.validity_index import RatingsError, item_validity, scale_validity
from instrument import catalogue
from weerglas import main

EDITION = catalogue.edition("po_bovenbouw_2026")
CODES = [item.code for item in EDITION.scored]
RELEVANCE, CLARITY, REMARK = 6, 7, 8
PUBLISHED = [
    (10, 10, 1.00, 0.001, 1.00), (10, 9, 0.90, 0.010, 0.90), (10, 8, 0.80, 0.044, 0.79),
    (10, 7, 0.70, 0.117, 0.66), (9, 8, 0.89, 0.018, 0.89), (9, 7, 0.78, 0.070, 0.76),
    (9, 6, 0.67, 0.164, 0.60),
]  # fmt: skip
"""Experts, agreeing, I-CVI, chance, kappa: as published in BMC Health Services Research 17 (2017),
s12913-017-2469-8, table 10, after Polit, Beck & Owen (2007)."""


@pytest.mark.parametrize(("n_experts", "n_relevant", "i_cvi", "chance", "kappa"), PUBLISHED)
def test_the_index_is_that_of_the_published_table(n_experts, n_relevant, i_cvi, chance, kappa):
    found = item_validity([3] * n_relevant + [2] * (n_experts - n_relevant))
    assert found.i_cvi == pytest.approx(i_cvi, abs=0.005)
    assert found.chance == pytest.approx(chance, abs=0.0005)
    assert found.kappa == pytest.approx(kappa, abs=0.005)


def test_a_scale_is_the_mean_of_its_items_and_the_share_on_which_all_agree():
    items = {"A": item_validity([4, 4, 3]), "B": item_validity([4, 2, 3])}
    found = scale_validity(items)
    assert found.s_cvi_average == pytest.approx((1 + 2 / 3) / 2)
    assert found.s_cvi_universal == 0.5


@pytest.mark.parametrize("given", [[], [0, 4], [5]])
def test_what_is_no_rating_makes_no_index(given):
    with pytest.raises(RatingsError, match="from 1 to 4"):
        item_validity(given)


def test_items_rated_by_different_experts_make_no_scale():
    with pytest.raises(RatingsError, match="rated by every expert"):
        scale_validity({"A": item_validity([4, 4]), "B": item_validity([4, 4, 4])})


@pytest.fixture
def expert(tmp_path: Path) -> Callable[..., Path]:
    """Fill in a sheet: relevance per item code where it is not four; `cells` are set last."""

    def fill(
        name: str, *, relevance: dict[str, int] | None = None, cells: dict[str, object] | None = None
    ) -> Path:
        book = openpyxl.load_workbook(io.BytesIO(rating_sheet.written(EDITION)))
        sheet, coverage = book["Beoordeling"], book["Dekking"]
        for row, code in enumerate(CODES, start=2):
            sheet.cell(row, RELEVANCE, (relevance or {}).get(code, 4))
            sheet.cell(row, CLARITY, 3)
        for row in range(2, 2 + len(EDITION.scales)):
            coverage.cell(row, 3, 3)
        sheet.cell(2, REMARK, f"opmerking van {name}")
        for place, value in (cells or {}).items():
            title, _, cell = place.partition("!")
            book[title][cell] = value
        path = tmp_path / f"{name}.xlsx"
        book.save(path)
        return path

    return fill


def faults(*paths: Path) -> str:
    with pytest.raises(RatingSheetError) as refused:
        ratings.read(paths)
    return str(refused.value)


def test_sheets_that_went_out_come_back_as_indices(expert):
    low = {CODES[0]: 1, CODES[1]: 2}
    panel = ratings.read([expert("a", relevance=low), expert("b", relevance={CODES[0]: 2}), expert("c")])
    found = counted.facts(panel)
    assert found["n_experts"] == 3
    assert found["items"][CODES[0]]["n_relevant"] == 1
    assert found["items"][CODES[0]]["verdict"] == "onvoldoende"
    assert found["items"][CODES[1]]["kappa"] == pytest.approx((2 / 3 - 0.375) / 0.625)
    assert found["items"][CODES[2]]["verdict"] == "goed"
    assert found["items"][CODES[2]]["clear_rate"] == 1
    scale = found["scales"]["welbevinden"]
    assert scale["s_cvi_average"] == pytest.approx((5 + 1 / 3 + 2 / 3) / 7)
    assert scale["s_cvi_universal"] == pytest.approx(5 / 7)
    assert (scale["verdict"], scale["verdict_universal"]) == ("voldoende", "onvoldoende")
    assert found["scales"]["aantasting"]["verdict"] == "goed"
    assert found["coverage"]["aantasting"] == 3


def test_of_two_experts_there_is_no_verdict_and_of_three_there_is(expert):
    """Lynn (1986): that two agree says next to nothing."""
    two = counted.facts(ratings.read([expert("a"), expert("b")]))
    assert {row["verdict"] for row in two["items"].values()} == {"te weinig beoordelaars"}
    assert {row["verdict"] for row in two["scales"].values()} == {"te weinig beoordelaars"}
    three = counted.facts(ratings.read([expert("d"), expert("e"), expert("f")]))
    assert {row["verdict"] for row in three["items"].values()} == {"goed"}


def test_all_faults_of_all_sheets_come_at_once_by_cell(expert):
    one = expert("a", cells={"Beoordeling!F2": None, "Beoordeling!G3": 5, "Dekking!C2": "ja"})
    other = expert("b", cells={"Beoordeling!F4": "=1+1"})
    third = expert("c", cells={"Beoordeling!A5": "ZZ99"})
    assert "a.xlsx: Beoordeling!F2: is empty; write 1, 2, 3 or 4" in faults(one, third)
    found = faults(one, third)
    assert "a.xlsx: Beoordeling!G3: is no rating; write 1, 2, 3 or 4" in found
    assert "a.xlsx: Dekking!C2: is no rating" in found
    assert f'c.xlsx: Beoordeling: "{CODES[3]}" stands here 0 times; it should once' in found
    assert "c.xlsx: Beoordeling!A5: is nothing to be rated here; remove the row" in found
    assert "b.xlsx: Beoordeling!F4: holds a formula" in faults(other)


def test_a_sheet_of_another_wording_or_edition_is_refused(expert, tmp_path):
    changed = expert("a", cells={"Gegevens!B3": "sha256:0"})
    unknown = expert("b", cells={"Gegevens!B2": "po_1999"})
    other = tmp_path / "c.xlsx"
    other.write_bytes(rating_sheet.written(catalogue.edition("vo_2026")))
    found = faults(changed, unknown)
    assert "a.xlsx: Gegevens: other wording than po_bovenbouw_2026 has here" in found
    assert 'b.xlsx: Gegevens: "po_1999" is no edition here' in found
    assert "more than one edition: po_bovenbouw_2026, vo_2026" in faults(expert("d"), other)


def test_what_is_no_rating_sheet_is_refused(tmp_path):
    text, missing = tmp_path / "text.xlsx", tmp_path / "nowhere.xlsx"
    text.write_text("code;4", "utf-8")
    found = faults(text, missing)
    assert "text.xlsx: is no .xlsx file" in found
    assert "nowhere.xlsx: cannot be read" in found


def test_one_expert_is_not_counted_twice(expert):
    path = expert("a")
    copy = path.with_name("b.xlsx")
    copy.write_bytes(path.read_bytes())
    assert "b.xlsx: is the same file as a.xlsx" in faults(path, copy)


def test_remarks_stand_apart_from_who_made_them(expert):
    panel = ratings.read([expert("z"), expert("a"), expert("m")])
    book = openpyxl.load_workbook(io.BytesIO(counted.written(panel, form=".xlsx")))
    rows = list(book["Opmerkingen"].iter_rows(values_only=True))
    assert rows[1:] == [(CODES[0], f"opmerking van {name}") for name in "amz"]


def test_a_remark_never_becomes_a_formula(expert):
    panel = ratings.read([expert(name, cells={"Beoordeling!H3": "'=1+1"}) for name in "abc"])
    for expert_ratings in panel.experts:
        assert (CODES[1], "'=1+1") in expert_ratings.remarks
    book = openpyxl.load_workbook(io.BytesIO(counted.written(panel, form=".xlsx")))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_empty_sheet_asks_a_rating_of_every_item_and_takes_no_other_value():
    content = rating_sheet.written(EDITION)
    assert rating_sheet.written(EDITION) == content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Beoordeling"]
    assert [sheet.cell(row, 1).value for row in range(2, 2 + len(CODES))] == CODES
    validated = {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation}
    assert validated == {f"F2:F{1 + len(CODES)}": '"1,2,3,4"', f"G2:G{1 + len(CODES)}": '"1,2,3,4"'}
    assert sheet.protection.sheet
    assert not sheet.cell(2, RELEVANCE).protection.locked
    assert sheet.cell(2, 4).protection.locked


def test_the_commands_write_sheet_and_count_and_overwrite_nothing(expert, tmp_path):
    files = [str(expert(name)) for name in "abc"]
    out = tmp_path / "telling.json"
    done = CliRunner().invoke(main, ["inhoud", "tellen", *files, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text("utf-8"))["n_experts"] == 3
    again = CliRunner().invoke(main, ["inhoud", "tellen", *files, "--out", str(out)])
    assert again.exit_code == 2
    assert "is there already" in again.output
    wrong = CliRunner().invoke(main, ["inhoud", "tellen", *files, "--out", str(tmp_path / "a.doc")])
    assert "end the name with .xlsx or .json" in wrong.output
