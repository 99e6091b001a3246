"""The research file: written and read back, and refused with every fault at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from export.account import research_file
from export.account.research_file import ResearchFileError


@pytest.fixture(scope="module")
def data() -> research_file.ResearchData:
    """Three simulated schools of twenty pupils."""
    return research_file.simulated_data(n_schools=3, pupils_per_school=20, seed=1)


@pytest.fixture
def path(data: research_file.ResearchData, tmp_path: Path) -> Path:
    """Return where those are written."""
    research_file.write(data, tmp_path / "answers.csv")
    return tmp_path / "answers.csv"


def faults(path: Path) -> str:
    with pytest.raises(ResearchFileError) as refused:
        research_file.read(path)
    return str(refused.value)


def test_what_was_written_is_read_back(data, path):
    read = research_file.read(path)
    pd.testing.assert_frame_equal(read.answers, data.answers)
    known = list(research_file.BACKGROUND)
    pd.testing.assert_frame_equal(read.background, data.background[known], check_dtype=False)
    assert (read.edition, read.source, read.dated) == (data.edition, data.source, data.dated)


@pytest.mark.parametrize("simulated", [True, False])
def test_a_file_says_whether_it_is_simulated(data, tmp_path, simulated):
    path = tmp_path / "answers.csv"
    research_file.write(replace(data, simulated=simulated, dated=date(2027, 3, 1)), path)
    assert research_file.read(path).simulated is simulated
    assert f"# simulated = {str(simulated).lower()}\n" in path.read_text("utf-8")
    assert research_file.read(path).dated == date(2027, 3, 1)


def test_a_source_with_quotes_and_lines_survives(data, tmp_path):
    path = tmp_path / "answers.csv"
    research_file.write(replace(data, source='proef "A"\nC:\\b'), path)
    assert research_file.read(path).source == 'proef "A" C:\\b'


def test_a_stamgroep_is_never_in_the_file(path):
    assert not {"stamgroep", "klas"} & set(path.read_text("utf-8").replace("\n", ",").split(","))


def test_without_a_file_there_is_the_simulation(monkeypatch):
    monkeypatch.delenv(research_file.VARIABLE, raising=False)
    first, again = research_file.load(), research_file.load()
    assert first.simulated
    pd.testing.assert_frame_equal(first.answers, again.answers)
    assert (first.n_respondents, first.n_schools) == (2400, 40)


def test_the_variable_names_the_file(monkeypatch, path):
    monkeypatch.setenv(research_file.VARIABLE, str(path))
    assert research_file.load().n_respondents == 60


def test_all_faults_of_the_columns_and_cells_come_at_once(path):
    """Whoever prepares the file repairs it in one go; no answer is repeated."""
    lines = path.read_text("utf-8").replace("AT10", "AT99").splitlines()
    lines[7] = lines[7].replace("99AA00,5", "9A00,16").rsplit(",", 1)[0] + ",77"
    path.write_text("\n".join(lines), "utf-8")
    found = faults(path)
    assert 'answers.csv: column "AT10": missing; add it' in found
    assert 'answers.csv: column "AT99": not part of po_bovenbouw_2026; remove it' in found
    assert 'answers.csv: column "vestigingsnummer": 1 out of form; write a BRIN' in found
    assert 'answers.csv: column "leerjaar": 1 not in this edition; use 5, 6, 7, 8' in found
    assert "1 cell(s) with no code of this item; correct or empty them" in found
    assert "77" not in found


def test_all_faults_of_the_header_come_at_once(path):
    text = path.read_text("utf-8").replace("# simulated = true\n", "").replace('"sha256:', '"sha256:0')
    path.write_text(text.replace("# format = 1", "# format = 2"), "utf-8")
    found = faults(path)
    assert "line # simulated: missing" in found
    assert "line # fingerprint: not that of po_bovenbouw_2026 here" in found
    assert "line # format: 2 is unknown; this version reads 1" in found


def test_an_edition_that_is_not_known_is_refused(path):
    text = path.read_text("utf-8").replace('edition = "po_bovenbouw_2026"', 'edition = "po_1999"')
    path.write_text(text, "utf-8")
    assert 'line # edition: "po_1999" is unknown; use one of: po_bovenbouw_2026' in faults(path)


def test_nine_respondents_are_too_few_and_ten_are_enough(data, tmp_path):
    """D2."""
    path = tmp_path / "answers.csv"
    research_file.write(replace(data, answers=data.answers[:9], background=data.background[:9]), path)
    assert "9 respondents; at least 10 are needed" in faults(path)
    research_file.write(replace(data, answers=data.answers[:10], background=data.background[:10]), path)
    assert research_file.read(path).n_respondents == 10


def test_two_real_schools_are_too_few_and_three_are_enough(data, tmp_path):
    """EIS-F: of two, each could subtract itself; simulated schools have nothing to hide."""
    path, real = tmp_path / "answers.csv", replace(data, simulated=False)
    research_file.write(replace(real, answers=data.answers[:40], background=data.background[:40]), path)
    assert "2 school(s); put at least 3 together" in faults(path)
    research_file.write(real, path)
    assert research_file.read(path).n_schools == 3
    research_file.write(replace(data, answers=data.answers[:40], background=data.background[:40]), path)
    assert research_file.read(path).n_schools == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe\x00", "cannot be read"),
        (b"", "line # format: missing"),
        (b"# format == 1\n", "write # key = value"),
        (None, "cannot be read"),
    ],
)
def test_what_is_no_research_file_is_refused(tmp_path, content, fault):
    path = tmp_path / "other.csv"
    if content is not None:
        path.write_bytes(content)
    assert fault in faults(path)


def test_a_file_without_a_table_is_refused(path):
    header = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    path.write_text("\n".join(header), "utf-8")
    assert "is no table" in faults(path)
