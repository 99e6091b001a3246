"""Three forms of one research file: read back the same, the same bytes each time, readable elsewhere."""

import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest
from pyarrow import parquet

from export.account import research_file
from export.account.research_file import ResearchFileError

FORMS = (".csv", ".parquet", ".sav")


@pytest.fixture(scope="module")
def data() -> research_file.ResearchData:
    """Three simulated schools of twenty pupils."""
    return research_file.simulated_data(n_schools=3, pupils_per_school=20, seed=1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "source", ["proef", 'proef "A" C:\\b', "é " * 40 + '\\u0022" \\' + "lang woord " * 30]
)
def test_every_form_gives_the_same_data_back(data, tmp_path, form, source):
    """Also a source longer than a line of an SPSS document, with every sign that TOML escapes."""
    path = tmp_path / f"answers{form}"
    known = replace(data, source=source)
    research_file.write(known, path)
    read = research_file.read(path)
    pd.testing.assert_frame_equal(read.answers, data.answers)
    background = data.background[list(research_file.BACKGROUND)]
    pd.testing.assert_frame_equal(read.background, background, check_dtype=False)
    assert (read.edition, read.simulated, read.dated) == (data.edition, True, data.dated)
    assert read.source == " ".join(source.split())


@pytest.mark.parametrize("form", FORMS)
def test_equal_data_give_equal_bytes(data, form):
    """SPSS writes the clock into its header; two files a second apart would differ."""
    first = research_file.written(data, Path(f"a{form}"))
    time.sleep(1.1 if form == ".sav" else 0)
    assert research_file.written(data, Path(f"b{form}")) == first


@pytest.mark.parametrize("form", FORMS)
def test_classes_stand_in_a_file_only_where_asked(data, tmp_path, form):
    """A class called 01 stays 01."""
    path = tmp_path / f"answers{form}"
    numbered = replace(data, background=data.background.replace({"klas": {"5a": "01"}}))
    research_file.write(numbered, path)
    assert research_file.read(path).classes is None
    only = numbered.background["klas"] == "01"
    fives = replace(numbered, answers=data.answers[only], background=numbered.background[only])
    research_file.write(fives, path, classes=True)
    assert research_file.read(path).classes.tolist() == fives.classes.tolist()


def test_spss_knows_the_labels_and_what_is_missing(data, tmp_path):
    path = tmp_path / "answers.sav"
    research_file.write(data, path)
    rows, known = pyreadstat.read_sav(path)
    item = data.edition.item("VB01")
    assert known.column_names_to_labels["VB01"] == item.text["nl"]
    labels = known.variable_value_labels["VB01"]
    assert {option.value: option.label["nl"] for option in item.option_set.options}.items() <= labels.items()
    assert labels[-1] == "Weet ik niet"
    ranges = pyreadstat.read_sav(path, user_missing=True)[1].missing_ranges["VB01"]
    assert [(each["lo"], each["hi"]) for each in ranges] == [(-2.0, -2.0), (-1.0, -1.0)]
    assert (rows["VB01"].dropna() > 0).all()
    assert rows["VB01"].isna().sum() == (data.answers["VB01"].fillna(-1) < 0).sum()


def test_parquet_holds_small_numbers_and_no_version_of_a_program(data, tmp_path):
    """A whole country fits: one byte an answer before packing."""
    path = tmp_path / "answers.parquet"
    research_file.write(data, path)
    schema = parquet.read_schema(path)
    assert str(schema.field("VB01").type) == "int8"
    assert set(schema.metadata) == {b"weerglas"}


@pytest.mark.parametrize("form", FORMS)
def test_a_wrong_code_is_a_fault_in_every_form(data, tmp_path, form):
    path = tmp_path / f"answers{form}"
    wrong = data.answers.assign(VB01=data.answers["VB01"].mask(data.answers.index == 3, 9))
    research_file.write(replace(data, answers=wrong), path)
    with pytest.raises(ResearchFileError, match=r'column "VB01": 1 cell\(s\) with no code of this item'):
        research_file.read(path)


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_file_is_refused(tmp_path, form):
    path = tmp_path / f"answers{form}"
    path.write_bytes(b"\xff\xfe\x00nothing")
    with pytest.raises(ResearchFileError, match="cannot be read"):
        research_file.read(path)


def test_another_end_of_the_name_is_refused(data, tmp_path):
    with pytest.raises(ResearchFileError, match=r"end the name with \.csv, \.parquet, \.sav"):
        research_file.write(data, tmp_path / "answers.xlsx")


def test_a_representation_holds_no_answer(data):
    """A log that prints research data prints how many, and of what."""
    assert repr(data) == "ResearchData(po_bovenbouw_2026, 60 respondents)"
