"""`weerglas rapport` as a user runs it: one school, every school, and every reason not to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from export.account import simulation
from export.results.served import Served
from instrument import editions
from instrument.school import Schooljaar
from instrument.store import client
from instrument.store.data_folder import DataFolder
from tests.report.pdf_text import pages
from tests.simulated_school import EDITION
from weerglas import main

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Weerglas = Callable[..., subprocess.CompletedProcess[str]]

PUPILS = 40
CLOSED, ALSO_CLOSED, OPEN, WITHOUT = (school.vestigingsnummer for school in simulation.simulated_schools(4))
YEAR = ("--schooljaar", "2026-2027")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four schools: two with a closed afname, one with an open one, one with none."""
    data = DataFolder.create(tmp_path_factory.mktemp("rapport") / "data", simulated=True)
    answers = simulation.simulated_answers(EDITION, n_schools=2, pupils_per_school=PUPILS, seed=3)
    with client.operator(data, release=Served()) as operator:
        for school in simulation.simulated_schools(4):
            operator.add_school(school)
            if school.vestigingsnummer == WITHOUT:
                continue
            afname = operator.open_afname(
                vestigingsnummer=school.vestigingsnummer,
                schooljaar=Schooljaar(2026),
                edition=EDITION.code,
                fingerprint=editions.fingerprint(EDITION),
                stamgroepen=simulation.simulated_stamgroepen(EDITION, n_pupils=PUPILS),
                opened_on=date(2026, 11, 3),
            )
            if school.vestigingsnummer == OPEN:
                continue
            own = answers[answers["vestigingsnummer"] == school.vestigingsnummer]
            operator.add_responses(afname.afname_id, simulation.response_rows(own))
            operator.close_afname(school.vestigingsnummer, on=date(2026, 11, 20))
    return data.path


def test_every_school_with_a_closed_afname_gets_its_own(weerglas: Weerglas, folder: Path, tmp_path: Path):
    """The open one and the one without are left out; asked for alone, a school gets the same bytes."""
    done = weerglas("rapport", "--data", folder, "--alle", *YEAR, "--out", tmp_path / "all")
    assert done.returncode == 0, done.stderr
    assert "10 files of 2 schools" in done.stdout
    written = {path.name: path for path in (tmp_path / "all").iterdir()}
    assert sorted(written) == sorted([*_names(CLOSED), *_names(ALSO_CLOSED)])
    assert {oct(path.stat().st_mode & 0o777) for path in written.values()} == {"0o600"}
    names = {school.vestigingsnummer: school.name for school in simulation.simulated_schools(4)}
    for one in (CLOSED, ALSO_CLOSED):
        text = pages(written[f"rapport-team-{one}-2026-2027.pdf"].read_bytes())
        assert names[one] in text[0]
        assert {page.count("GESIMULEERD") for page in text} == {1}

    team = ("--vestiging", CLOSED, "--variant", "team")
    again = weerglas("rapport", "--data", folder, *team, *YEAR, "--out", tmp_path / "one")
    assert [Path(line).name for line in again.stdout.splitlines()[-3:]] == _names(CLOSED)[2:]
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == written[path.name].read_bytes()


def _names(vestigingsnummer: str) -> list[str]:
    variants = ("leerlingen", "pdf"), ("ouders", "pdf"), ("team", "csv"), ("team", "pdf"), ("team", "xlsx")
    return [f"rapport-{name}-{vestigingsnummer}-2026-2027.{form}" for name, form in variants]


@pytest.mark.parametrize(
    ("arguments", "reasons"),
    [
        ((), ["name either --vestiging or --alle"]),
        (("--alle", "--vestiging", CLOSED), ["name either --vestiging or --alle"]),
        (("--vestiging", OPEN, *YEAR), [OPEN, "still open", "close it first"]),
        (("--vestiging", WITHOUT, *YEAR), [WITHOUT, "weerglas afname open"]),
        (("--vestiging", "02QZ00", *YEAR), ["02QZ00", "weerglas school list"]),
        (
            ("--alle", "--schooljaar", "2030-2031"),
            [CLOSED, ALSO_CLOSED, OPEN, WITHOUT, "has no afname in 2030-2031"],
        ),
    ],
)
def test_a_refusal_names_every_reason_and_writes_nothing(
    folder: Path, tmp_path: Path, arguments: tuple[str, ...], reasons: list[str]
):
    command = ["rapport", "--data", str(folder), *arguments, "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 2
    assert [reason for reason in reasons if reason not in done.output] == []
    assert not (tmp_path / "out").exists()
