"""`weerglas levering` as somebody runs it: from toestemming to receipt, and back in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from instrument.school import Schooljaar, today
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import operator
from tests.levering.office import BOARD, closed_afname, schools
from weerglas import main

if TYPE_CHECKING:
    from pathlib import Path

FORM = (
    "--naam", "J. Jansen", "--functie", "directeur", "--akkoord-naam", "A. de Boer",
    "--afnamewijze", "klassikaal", "--toezicht", "leerkracht", "--voorgelezen", "nee", "--medium", "digitaal",
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Give a folder with a school whose afname is closed, in the schooljaar that is running."""
    folder = DataFolder.create(tmp_path_factory.mktemp("commands") / "data", simulated=True)
    with operator(folder) as broker:
        closed_afname(broker, schools(1)[0], on=today())
    return folder


def test_from_toestemming_to_receipt_and_back_in_time(served: DataFolder, tmp_path: Path) -> None:
    """One school, all commands; each says what to do next, or why not."""
    data = ("--data", served.path)
    at = (*data, "--vestiging", "99AA00")

    def run(*arguments: object) -> str:
        done = weerglas(*arguments)
        assert done.exit_code == 0, done.output
        return str(done.stdout)

    assert run("run", *data, "--dry-run") == "Nothing is due.\n"
    run("rapport", *at, "--out", tmp_path / "controle")
    checked = json.loads(next((tmp_path / "controle").glob("*.json")).read_text("utf-8"))
    assert checked["status"] == "ter_controle"
    late = ("--herstel",) if _is_late() else ()
    assert "Recorded (gegeven)" in run("toestemming", *at, *FORM, *late)
    assert "would deliver" in run("run", *data, "--dry-run")
    said = run("run", *data)
    assert "begun" in said
    assert "delivered" in said
    assert weerglas("intrekken", *at).exit_code == 2


def test_the_head_of_a_mail_and_the_state_of_any_day(served: DataFolder) -> None:
    """After the levering above: a whole chain, a tail that is said to be cut off, and yesterday."""
    data = ("--data", served.path)

    def run(*arguments: object) -> str:
        return str(weerglas(*arguments).stdout)

    head = run("verify", *data).split("Head: ")[1].strip()
    assert weerglas("verify", *data, "--kop", head).exit_code == 0
    refused = weerglas("verify", *data, "--kop", f"99:{head.partition(':')[2]}")
    assert (refused.exit_code, "its tail was cut off" in refused.stderr) == (2, True)
    assert weerglas("verify", *data, "--kop", "nonsense").exit_code == 2
    assert '"99AA00";"School 0 (gesimuleerd)";"geleverd' in run("overzicht", *data, "--bestuur", BOARD)
    assert "School 0" not in run("overzicht", *data, "--bestuur", "99999")
    yesterday = (today() - timedelta(days=1)).isoformat()
    assert '"nog geen toestemming"' in run("toestand", *data, "--op", yesterday)


def weerglas(*arguments: object) -> Any:
    """Run the command in this process: starting Python fourteen times tests nothing of ours."""
    return CliRunner().invoke(main, ["levering", *map(str, arguments)])


def _is_late() -> bool:
    from export.levering import termijn  # noqa: PLC0415 - only here

    return today() > termijn.deadline(Schooljaar.of(today()))
