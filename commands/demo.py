"""`weerglas demo`: simulated schools, one open afname, served on this machine."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from commands.options import PORT
from commands.serve import ADDRESS, check_port, run
from instrument import catalogue, editions
from instrument.school import School, Schooljaar, today
from instrument.store.accounts import roles
from instrument.store.data_folder import DataFolder
from instrument.store.operator_client import Operator, operator

if TYPE_CHECKING:
    import pandas as pd

    from instrument.afname import Afname

EDITION: Final = "po_bovenbouw_2026"
MODULES: Final = ("waar_en_wanneer", "wie_helpt")
"""With them the demo shows follow-up questions; the simulated pupils answered the scales only."""
N_SCHOOLS: Final = 12
SEED: Final = 2026
LOGIN: Final = "coordinator"
BOARD: Final = "99999"
OF_BOARD: Final = 3
"""The first schools belong to one simulated bevoegd gezag."""
SLIPS: Final = "demo.json"
"""What a real school prints on slips; kept only here, where every school is simulated."""


@click.command()
@PORT
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("weerglas-demo"),
    show_default=True,
    help="Where the simulated schools are kept; a folder that is there already is served again.",
)
@click.option(
    "--pupils",
    type=click.IntRange(12, 500),
    default=60,
    show_default=True,
    help="Pupils in each school. In the open afname all but one of each leerjaar have answered.",
)
def demo(port: int, data: Path, pupils: int) -> None:
    """Fill a folder with simulated schools, open an afname, and serve it.

    \b
    Example: weerglas demo --port 8866 --pupils 60
    """
    check_port(port)
    if not data.exists():
        _fill(data, pupils)
    folder = DataFolder(data)
    _tell(folder, _slips(folder), port)
    run(folder, port)


def _fill(data: Path, pupils: int) -> None:
    """Make the folder and its schools; the first school's afname stays open."""
    from export.account import simulation  # noqa: PLC0415 - pandas, needed only here

    edition, schooljaar = catalogue.edition(EDITION), Schooljaar.of(today())
    answers = simulation.simulated_answers(
        edition, n_schools=N_SCHOOLS, pupils_per_school=pupils, seed=SEED, schooljaar=schooljaar
    )
    stamgroepen = simulation.simulated_stamgroepen(edition, n_pupils=pupils)
    schools = [
        replace(school, bevoegd_gezag_nummer=BOARD if number < OF_BOARD else None)
        for number, school in enumerate(simulation.simulated_schools(N_SCHOOLS))
    ]
    folder = DataFolder.create(data, simulated=True)
    with operator(folder) as broker, click.progressbar(schools, label="Simulating schools") as bar:
        for school in bar:
            broker.add_school(school)
            opened = broker.open_afname(
                vestigingsnummer=school.vestigingsnummer,
                schooljaar=schooljaar,
                edition=edition.code,
                fingerprint=editions.fingerprint(edition),
                stamgroepen=stamgroepen,
                opened_on=today(),
                modules=MODULES,
            )
            of_school = answers[answers["vestigingsnummer"] == school.vestigingsnummer]
            if school is schools[0]:
                _leave_open(folder, broker, school, opened, of_school)
            else:
                broker.add_responses(opened.afname_id, simulation.response_rows(of_school))
                broker.close_afname(school.vestigingsnummer, on=opened.opened_on)


def _leave_open(
    folder: DataFolder, broker: Operator, school: School, opened: Afname, answers: pd.DataFrame
) -> None:
    """Let all pupils answer but one of each leerjaar, whose codes are handed out."""
    from export.account import simulation  # noqa: PLC0415 - pandas, needed only here

    waiting = answers.groupby("leerjaar").head(1)
    broker.add_responses(opened.afname_id, simulation.response_rows(answers.drop(waiting.index)))
    codes = [
        broker.issue_codes(opened.afname_id, stamgroep=group, number=1)[0] for group in waiting["stamgroep"]
    ]
    password = secrets.token_urlsafe(12)
    for name, of in _logins(school).items():
        broker.add_account(name=name, password=password, **of)
    slips = {
        "school": school.name,
        "vestiging": school.vestigingsnummer,
        "codes": codes,
        "password": password,
    }
    _keep(folder.path / SLIPS, slips)


def _logins(school: School) -> dict[str, dict[str, str]]:
    """Return a login of each role, by name; all of one password, for every school here is simulated."""
    return {
        LOGIN: {"role": roles.COORDINATOR, "vestigingsnummer": school.vestigingsnummer},
        "bestuur": {"role": roles.BESTUUR, "bevoegd_gezag_nummer": BOARD},
        "aanbieder": {"role": roles.AANBIEDER},
        "onderzoeker": {"role": roles.ONDERZOEKER},
    }


def _keep(file: Path, slips: dict[str, Any]) -> None:
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(slips, out, indent=2)


def _slips(folder: DataFolder) -> dict[str, Any]:
    file = folder.path / SLIPS
    if not folder.simulated or not file.is_file():
        raise click.UsageError(
            f"{folder.path} is no demo; serve it with: weerglas serve --data {folder.path}"
        )
    slips: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return slips


def _tell(folder: DataFolder, slips: dict[str, Any], port: int) -> None:
    address = f"http://{ADDRESS}:{port}"
    codes = "\n".join(f"                {code}" for code in slips["codes"])
    click.echo(
        f"""
SIMULATED schools only: every answer in {folder.path} was made by a computer, or by you.

  Pupils        {address}/
  deelnamecodes, each serves once:
{codes}

  Coordinator   {address}/school
  login         {LOGIN}
  password      {slips["password"]}
  of            {slips["school"]}, vestiging {slips["vestiging"]}

  Others        bestuur, aanbieder and onderzoeker log in there too, with the same password

  Stop with Ctrl-C; start again with the same command, and it goes on where it was.
  Start anew with another folder: weerglas demo --data ANOTHER
"""
    )
