"""`weerglas extract`, run on a store: what it writes, and what it refuses to write."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from export.account import research_file, simulation, stored
from instrument import catalogue, editions
from instrument.school import School, Schooljaar
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator
from weerglas import main

EDITION = catalogue.edition("po_bovenbouw_2026")
SCHOOLS = ("02QZ00", "03AB00", "04CD00")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three schools, simulated answers and closed afnamen of 2025 and 2026."""
    return _filled(tmp_path_factory.mktemp("data") / "folder")


def _filled(path: Path) -> Path:
    folder = DataFolder.create(path, simulated=True)
    frame = simulation.simulated_answers(EDITION, n_schools=3, pupils_per_school=16, seed=2)
    with operator(folder) as broker:
        for number, vestiging in enumerate(SCHOOLS):
            broker.add_school(School(vestiging, "De Proef", "po", "BO", simulated=True))
            rows = frame[frame["vestigingsnummer"] == f"99A{'ABC'[number]}00"]
            for first in (2025, 2026):
                _afname(broker, vestiging, first, simulation.response_rows(rows))
    return folder.path


def _afname(broker, vestiging, first, rows):
    afname = broker.open_afname(
        vestigingsnummer=vestiging,
        schooljaar=Schooljaar(first),
        edition=EDITION.code,
        fingerprint=editions.fingerprint(EDITION),
        stamgroepen=simulation.simulated_stamgroepen(EDITION, n_pupils=16),
        opened_on=date(first, 10, 1),
    )
    broker.add_responses(afname.afname_id, rows)
    broker.close_afname(vestiging, on=date(first, 10, 9))


def run(folder: Path, out: Path, *more: str):
    return CliRunner().invoke(main, ["extract", "--data", str(folder), "--out", str(out), *more])


@pytest.mark.parametrize("form", [".csv", ".parquet", ".sav"])
def test_it_writes_the_answers_of_one_schooljaar_and_nothing_of_a_person(folder, tmp_path, form):
    """D9: no pupil is followed over years, so years do not meet in a file; EIS-F: no stamgroep."""
    out = tmp_path / f"antwoorden{form}"
    done = run(folder, out, "--schooljaar", "2026-2027")
    assert done.exit_code == 0, done.output
    assert "48 respondents of 3 schools" in done.output
    data = research_file.read(out)
    assert (data.n_respondents, data.n_schools, data.dated) == (48, 3, date(2026, 10, 9))
    assert data.background.columns.tolist() == ["vestigingsnummer", "leerjaar"]
    content = out.read_bytes()
    assert not any(number.encode() in content for number in SCHOOLS)
    assert out.stat().st_mode & 0o077 == 0


def test_it_never_overwrites(folder, tmp_path):
    out = tmp_path / "antwoorden.csv"
    out.write_text("mine", "utf-8")
    done = run(folder, out, "--schooljaar", "2026-2027")
    assert done.exit_code == 2
    assert "is there already; remove it, or give another --out" in done.output
    assert out.read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "name", "sentence"),
    [
        (("--schooljaar", "2024-2025"), "a.csv", "no closed afname of edition po_bovenbouw_2026"),
        (
            ("--schooljaar", "2026-2027", "--edition", "vo_2026"),
            "a.csv",
            "no closed afname of edition vo_2026",
        ),
        (("--schooljaar", "2026-2027"), "a.doc", "end the name with .csv, .parquet, .sav"),
    ],
)
def test_what_cannot_be_extracted_is_refused(folder, tmp_path, arguments, name, sentence):
    done = run(folder, tmp_path / name, *arguments)
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code == 2
    assert sentence in done.output
    assert not (tmp_path / name).exists()


def test_two_real_schools_may_not_leave(folder, tmp_path, monkeypatch):
    """EIS-F: each of two could subtract itself."""
    parts = stored.parts(folder, edition=EDITION.code, schooljaar=Schooljaar(2026))[:2]
    real = [replace(part, school=replace(part.school, simulated=False)) for part in parts]
    monkeypatch.setattr(stored, "parts", lambda *_, **__: real)
    done = run(folder, tmp_path / "a.csv", "--schooljaar", "2026-2027")
    assert done.exit_code == 2
    assert "2026-2027: 2 school(s); put at least 3 together" in done.output
    assert not (tmp_path / "a.csv").exists()


def test_notebooks_read_the_store_itself(folder, monkeypatch):
    """The last schooljaar, with classes: it does not leave this machine."""
    monkeypatch.setenv(research_file.VARIABLE, str(folder))
    data = research_file.load()
    assert (data.n_respondents, data.dated) == (48, date(2026, 10, 9))
    assert data.classes.nunique() == 12
